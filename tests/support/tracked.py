"""A toy project that is tracked once, and a tracking server of MLflow."""

import contextlib
import os
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
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true",
                 "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}, start_new_session=True,
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
