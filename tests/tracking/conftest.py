"""An empty MLflow store, a project to track, a tracking server."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from mlflow import MlflowClient

from toy import ToyProject, free_port


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty SQLite store with its tables: making them takes seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


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


class Server:
    """A tracking server of MLflow on loopback."""

    def __init__(self, folder, store):
        self._folder = folder
        self._store = store
        self._port = str(free_port())
        self.uri = f"http://127.0.0.1:{self._port}"

    def start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", self._port,
             "--workers", "1", "--backend-store-uri", self._store,
             "--artifacts-destination", str(self._folder / "served")],
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.uri}/health").close()  # noqa: S310 - loopback
                return self
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)

    def end(self, sign=signal.SIGTERM):
        if self._process.poll() is None:
            os.killpg(self._process.pid, sign)
            self._process.wait()


@pytest.fixture
def server(folder):
    server = Server(folder, f"sqlite:///{folder}/mlflow.db").start()
    yield server
    server.end()
