"""MLflow's own server with users and passwords, and what each of them may do."""

import pytest
import requests
from mlflow import MlflowClient

from aecluster.tracking import TrackingError, check_store, track
from toy import SCORES
from tracked import Server

pytest.importorskip("flask_wtf", reason="no Flask-WTF, which MLflow's users and passwords need")
pytestmark = [pytest.mark.slow, pytest.mark.servers]

ADMIN, READER = ("admin", "geheim, aber lang"), ("reader", "lesen und sonst nichts")
NAMES = ("exp", "exp.steps")


@pytest.fixture
def server(folder):
    server = Server(folder, f"sqlite:///{folder}/mlflow.db", password=ADMIN[1]).start()
    yield server
    server.end()


@pytest.fixture
def log_in(monkeypatch, folder):
    def log_in(user, password):
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)

    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return log_in


def refusal(uri, names=NAMES):
    with pytest.raises(TrackingError) as error:
        check_store(uri, experiments=names)
    return str(error.value)


def test_server_with_users_gets_the_same_as_a_database_or_one_line_before_the_run(
    project, server, folder, log_in, monkeypatch
):
    def as_admin(path, **content):
        address = f"{server.uri}/api/{path}"
        requests.post(address, json=content, auth=ADMIN, timeout=30).raise_for_status()

    asks = refusal(server.uri)
    log_in(*ADMIN)
    before = check_store(server.uri, experiments=NAMES)
    first = track("exp", project.records, uri=server.uri)
    again = track("exp", project.records, uri=server.uri)
    as_admin("2.0/mlflow/users/create", username=READER[0], password=READER[1])
    named = server.uri.replace("http://", "http://reader:lesen%20und%20sonst%20nichts@")
    client = MlflowClient(server.uri)
    run = client.get_run(first["variants"]["sparse_ae k=10 seed=0"])
    train = client.get_run(first["steps"]["train sparse_ae seed=0"])
    pictures = client.list_artifacts(run.info.run_id, "figures")
    identity = client.get_experiment_by_name("exp").tags["aecluster_experiment"]

    assert before == check_store(server.uri, experiments=NAMES) == []
    assert run.data.metrics["silhouette"] == SCORES["silhouette"]
    assert len(pictures) == 2
    assert len(train.outputs.model_outputs) == len(train.inputs.dataset_inputs) == 1
    assert len(list((folder / "served").rglob("model.keras"))) == 1
    assert (first["added"], again["added"], identity) == (len([*project.records]) - 1, 0, "exp")

    here = f"MLflow at {server.uri}: "
    assert asks == (
        f"{here}asks for a user and a password, found none; "
        "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    )
    log_in(ADMIN[0], "wrong")
    assert refusal(server.uri) == (
        f"{here}user 'admin' is not let in with this password; "
        "see MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD"
    )
    with pytest.raises(TrackingError, match="no result is lost"):
        track("exp", project.records, uri=server.uri)
    log_in(*READER)
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    may_not = "user 'reader' may not write to the experiment 'exp', which takes EDIT; the server "
    assert refusal(named) == f"{here}{may_not}says: Permission denied"
    assert check_store(named, experiments=["of nobody"]) == []
    (folder / ".mlflow").mkdir()
    (folder / ".mlflow" / "credentials").write_text(
        f"[mlflow]\nmlflow_tracking_username = {READER[0]}\n"
    )
    assert refusal(server.uri) == f"{here}{may_not}says: Permission denied"
    for experiment in first["experiment_ids"].values():
        as_admin(
            "3.0/mlflow/users/permissions/grant", username=READER[0], permission="EDIT",
            resource_type="experiment", resource_id=experiment,
        )  # fmt: skip
    log_in(*READER)
    assert check_store(server.uri, experiments=NAMES) == []
    project.cluster("pixels", k=5)
    assert track("exp", project.records, uri=server.uri)["added"] == 3
