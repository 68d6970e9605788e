"""An empty MLflow store, a project to track, one that is tracked, a tracking server."""

import shutil

import pytest
from mlflow import MlflowClient

from once import once
from toy import ToyProject
from tracked import Server, track_toy


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty SQLite store with its tables: making them takes seconds."""

    def make(folder):
        folder.mkdir()
        MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()

    return once(tmp_path_factory, "mlflow", make) / "mlflow.db"


@pytest.fixture
def folder(tmp_path, monkeypatch, migrated):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copyfile(migrated, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture
def uri(folder):
    # MLflow keeps an engine a URI in a process: relative ones would mix the tests' stores.
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def project(folder):
    return ToyProject().all()


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, migrated):
    """A tracked project; not to be changed."""
    folder = tmp_path_factory.mktemp("tracked")
    shutil.copyfile(migrated, folder / "mlflow.db")
    return track_toy(folder, f"sqlite:///{folder}/mlflow.db")


@pytest.fixture
def server(folder):
    server = Server(folder, f"sqlite:///{folder}/mlflow.db").start()
    yield server
    server.end()
