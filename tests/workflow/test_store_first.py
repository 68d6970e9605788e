"""A store that can take no runs is told before anything is computed, by what named it."""

import pytest

pytestmark = pytest.mark.workflow


def test_no_lock_is_left_by_a_run(finished):
    assert (finished.folder / "mlflow.db").exists()
    assert not (finished.folder / "mlflow.db.lock").exists()


def test_environment_is_blamed_and_nothing_runs(finished):
    refused = finished.run(
        "--cores", "1", "--configfile", "experiment.yaml", MLFLOW_TRACKING_URI="./mlruns"
    )

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(
        "MLFLOW_TRACKING_URI: found './mlruns', a folder of files, which MLflow refuses from 3.13"
    )
    assert not (finished.folder / "results" / ".run.lock").exists()


def test_command_line_is_blamed_for_what_it_says(finished):
    given = ("--configfile", "experiment.yaml", "--config", "tracking={uri: databricks}")

    refused = finished.run("--dry-run", *given)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(
        "--config: tracking.uri: found 'databricks'; expected a database or a server"
    )


def test_null_as_a_text_is_the_default(finished):
    assert finished.schedule("--config", "tracking={uri: null}").rules == {}
