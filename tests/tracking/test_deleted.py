"""What a person deletes or renames in MLflow's pages stays so, and nothing is doubled by it."""

import pytest
from mlflow import MlflowClient

from aecluster.tracking import track
from toy import ToyProject, all_runs, runs_of

pytestmark = pytest.mark.slow

FIVE = "pixels k=5 seed=0"
TEN = "pixels k=10 seed=0"


@pytest.fixture
def project(folder):
    project = ToyProject()
    project.preprocess()
    project.cluster(k=5)
    project.cluster(k=10)
    return project


@pytest.fixture
def client(uri):
    return MlflowClient(uri)


@pytest.fixture
def first(project, uri):
    """The receipt of a tracking."""
    return track("exp", project.records, uri=uri)


def test_deleted_runs_stay_deleted_until_their_result_changes(project, uri, client, first):
    client.delete_run(first["variants"][TEN])
    client.delete_run(first["steps"]["preprocess toy"])

    again = track("exp", project.records, uri=uri)

    assert (again["added"], again["completed"], again["deleted"]) == (0, 0, 2)
    assert list(runs_of(uri, "exp")) == list(again["variants"]) == [FIVE]

    project.cluster(k=10, max_iter=500)
    changed = track("exp", project.records, uri=uri)

    # Those of `kmeans` and of `evaluate`; the variant that was superseded is deleted.
    assert (changed["deleted"], changed["superseded"]) == (1, 2)
    assert runs_of(uri, "exp")[TEN].data.params["max_iter"] == "500"
    assert len(all_runs(uri, "exp")) == 2


def test_deleted_experiment_stays_deleted_until_a_result_changes(project, uri, client, first):
    client.delete_experiment(first["experiment_ids"]["variants"])

    again = track("exp", project.records, uri=uri)

    assert client.get_experiment_by_name("exp").lifecycle_stage == "deleted"
    assert (again["added"], again["deleted"]) == (0, 2)

    project.cluster(k=10, max_iter=500)
    track("exp", project.records, uri=uri)

    shown = sorted((run.info.run_name, run.data.tags["status"]) for run in all_runs(uri, "exp"))
    assert client.get_experiment_by_name("exp").lifecycle_stage == "active"
    assert shown == [(TEN, "current"), (TEN, "superseded"), (FIVE, "current")]


def test_renamed_experiment_keeps_its_runs_and_gets_the_new_ones(project, uri, client, first):
    client.rename_experiment(first["experiment_ids"]["variants"], "our digits")

    again = track("exp", project.records, uri=uri)
    project.cluster(k=7)
    more = track("exp", project.records, uri=uri)

    assert again["added"] == 0
    assert more["experiment_ids"] == first["experiment_ids"]
    assert client.get_experiment_by_name("exp") is None
    assert len(all_runs(uri, "our digits")) == 3
