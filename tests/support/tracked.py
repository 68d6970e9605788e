"""A toy project that is tracked once, and a tracking server of MLflow."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from aecluster.tracking import track
from toy import ToyProject, free_port


@dataclass(frozen=True)
class Tracked:
    """A project that was tracked once, for tests that only look.

    Attributes
    ----------
    folder : Path
        That of the project.
    uri : str
        Where it was tracked.
    records : dict
        Its records by their paths.
    receipt : dict
        What `track` returned.
    """

    folder: Path
    uri: str
    records: dict
    receipt: dict


def track_toy(folder, uri):
    """Leave a toy project in a folder and track it."""
    with contextlib.chdir(folder):
        records = ToyProject().all().records
        return Tracked(folder, uri, records, track("exp", records, uri=uri))


# MLflow's own app for users and passwords; everybody may read, as it is by default. A password is
# kept for a minute once it was hashed, which takes a good part of a second per request.
_USERS = """\
[mlflow]
default_permission = READ
database_uri = sqlite:///{folder}/users.db
admin_username = admin
admin_password = {password}
auth_cache_ttl_seconds = 60
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""


class Server:
    """A tracking server of MLflow on loopback; with a password only for `admin` and others."""

    def __init__(self, folder, store, *, password=None):
        self._folder = folder
        self._store = store
        self._app = ["--app-name", "basic-auth"] if password else []
        self._environment = {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        if password:
            users = folder / "users.ini"
            users.write_text(_USERS.format(folder=folder, password=password))
            self._environment["MLFLOW_AUTH_CONFIG_PATH"] = str(users)
            self._environment["MLFLOW_FLASK_SERVER_SECRET_KEY"] = secrets.token_hex()
        self._port = str(free_port())
        self.uri = f"http://127.0.0.1:{self._port}"

    def start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", self._port,
             "--workers", "1", *self._app, "--backend-store-uri", self._store,
             "--artifacts-destination", str(self._folder / "served")],
            env=os.environ | self._environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 180
        while True:
            try:
                urllib.request.urlopen(f"{self.uri}/health").close()  # noqa: S310 - loopback
                return self
            except OSError:
                if time.monotonic() > deadline:
                    self.end()
                    raise
                time.sleep(0.2)

    def end(self, sign=signal.SIGTERM):
        if self._process.poll() is None:
            os.killpg(self._process.pid, sign)
            self._process.wait()
