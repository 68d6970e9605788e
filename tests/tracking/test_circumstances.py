"""What the environment and the numbers may be, and the runs are still right."""

import json
import math

import pytest
from mlflow import MlflowClient

from aecluster.tracking import track
from toy import ToyProject, all_runs

pytestmark = pytest.mark.slow


@pytest.fixture
def odd(folder):
    """A project with a score that is no number, and with 200 seeds in a parameter."""
    project = ToyProject()
    project.preprocess()
    project.step(
        "summary",
        "results/toy/summary.json",
        params={"seeds": list(range(1000, 1200))},
        metrics={"nmi": math.nan, "dunn": math.inf, "worst": -math.inf},
    )
    return project


def test_variables_for_other_programs_lead_no_run_astray(odd, uri, monkeypatch):
    client = MlflowClient(uri)
    other = client.create_experiment("of another program")
    run = client.create_run(other).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", run)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", other)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "of another program")

    track("exp", odd.records, uri=uri)

    assert client.get_run(run).data.metrics == client.get_run(run).data.params == {}
    assert len(all_runs(uri, "of another program")) == 1
    assert len(all_runs(uri, "exp.steps")) == 2


def test_scores_that_are_no_numbers_and_long_parameters_arrive_once(odd, uri):
    receipt = track("exp", odd.records, uri=uri)
    again = track("exp", odd.records, uri=uri)

    [run] = [run for run in all_runs(uri, "exp.steps") if run.info.run_name.startswith("summary")]
    metrics = run.data.metrics
    assert math.isnan(metrics["nmi"])
    # MLflow keeps infinities as the greatest numbers that a database takes.
    assert metrics["dunn"] > 1e308
    assert metrics["worst"] < -1e308
    small, large = (
        MlflowClient(uri).search_runs([run.info.experiment_id], f"metrics.dunn {asked}")
        for asked in ("< 1e300", "> 1e300")
    )
    assert small == []
    assert [found.info.run_id for found in large] == [run.info.run_id]
    assert json.loads(run.data.params["seeds"]) == list(range(1000, 1200))
    assert (receipt["added"], again["added"], again["completed"]) == (2, 0, 0)
