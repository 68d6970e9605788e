"""The same on PostgreSQL, with a password that nobody sees."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from mlflow import MlflowClient

from aecluster.tracking import TrackingError, track
from toy import all_runs, free_port

pytest.importorskip("psycopg2", reason="the driver of PostgreSQL is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.servers]

PASSWORD = "geheim"  # noqa: S105 - of nobody


@pytest.fixture(scope="module")
def postgresql():
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    # Its server refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp())
    (folder / "password").write_text(PASSWORD)
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, "postgres")

    def run(program, *arguments):
        command = [*user, programs[-1] / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    port = free_port()
    run("initdb", "-U", "me", f"--pwfile={folder}/password", "-A", "scram-sha-256", "--no-sync")
    run(
        "pg_ctl",
        "-w",
        "-o",
        f"-p {port} -h 127.0.0.1 -k {folder} -F",
        "-l",
        folder / "log",
        "start",
    )
    yield f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/postgres"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def test_changed_parameters_and_two_experiments_on_postgresql(project, postgresql):
    first = track("exp", project.records, uri=postgresql)
    again = track("exp", project.records, uri=postgresql)
    track("other", project.records, uri=postgresql)
    project.train(epochs=7)
    project.cluster("sparse_ae")
    second = track("exp", project.records, uri=postgresql)

    client = MlflowClient(postgresql)
    name = "sparse_ae k=10 seed=0"
    old, new = (client.get_run(receipt["variants"][name]) for receipt in (first, second))
    assert (first["added"], again["added"], second["added"]) == (9, 0, 5)
    assert (old.data.tags["status"], old.data.params["epochs"]) == ("superseded", "5")
    assert (new.data.tags["status"], new.data.params["epochs"]) == ("current", "7")
    assert len(all_runs(postgresql, "other")) == 2
    assert PASSWORD not in str(first)


def test_wrong_password_is_one_line_that_names_none(project, postgresql):
    wrong = postgresql.replace(PASSWORD, "falsch")

    with pytest.raises(TrackingError) as error:
        track("exp", project.records, uri=wrong)

    assert "password authentication failed" in str(error.value)
    assert "falsch" not in str(error.value)
    assert "\n" not in str(error.value)
