"""Data from its source to the table of scores: a tiny CIFAR-10, through kills."""

import csv
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aecluster.data import SOURCES
from cifar_files import LABEL_NAMES, official_files, write_archive
from project import Project

pytestmark = pytest.mark.workflow

ARCHIVE = "cifar-10-python.tar.gz"
EXPERIMENT = {
    "experiment": "demo",
    "dataset": {"name": "tiny", "source": "cifar10"},
    "representations": {
        "pixels": {"method": "pixels"},
        "sparse_ae": {"method": "autoencoder", "epochs": 1},
    },
    "clustering": {"k": [3]},
}


class Mirror(BaseHTTPRequestHandler):
    """Sends half of the content to the first who asks, and then nothing; the rest to the next."""

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
        self.server.starts.append(start)
        content = self.server.content
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:] if start else content[: len(content) // 2])
        if not start:
            self.server.stopped.wait()

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.starts, server.stopped = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()


def kill_when(project, condition, *arguments):
    """Start the workflow and kill all its processes as soon as a condition holds."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("snakemake"), "--cores", "2", "--no-hooks", *arguments],
        cwd=project.folder, start_new_session=True, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(project.folder / "src")},
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # A step that was just writing to the disk is there until that is done.
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.01)
    assert project.run("--unlock", "--configfile", "experiment.yaml").returncode == 0


def test_killed_download_is_continued_and_its_images_are_clustered_and_scored(tmp_path, mirror):
    mirror.content = write_archive(tmp_path / ARCHIVE, official_files(10)).read_bytes()
    url = f"http://127.0.0.1:{mirror.server_port}/{ARCHIVE}"
    dataset = EXPERIMENT["dataset"] | {"mirrors": [url]}
    project = Project.create(tmp_path / "project", EXPERIMENT | {"dataset": dataset})
    official = SOURCES["cifar10"].archive
    digest = hashlib.sha256(mirror.content).hexdigest()
    project.change("src/aecluster/data/sources.py", official.sha256, digest)
    project.change(
        "src/aecluster/data/sources.py", f"{official.n_bytes:_}", str(len(mirror.content))
    )
    partial = project.folder / f"resources/.partial-{ARCHIVE}"

    kill_when(
        project,
        lambda: partial.exists() and partial.stat().st_size > 0,
        "--configfile", "experiment.yaml",
    )  # fmt: skip

    n_had = partial.stat().st_size
    assert not (project.folder / "resources" / ARCHIVE).exists()

    project.make("--no-hooks", "--until", "collect_scores")

    assert mirror.starts == [0, n_had]
    assert (project.folder / "resources" / ARCHIVE).read_bytes() == mirror.content
    record = project.record("results/tiny/pixels/store.json")
    assert record["details"]["n"] == {"train": 50, "test": 10}
    assert record["details"]["class_names"] == LABEL_NAMES
    assert record["details"]["source_digest"] == digest
    with (project.folder / "results/demo/scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["representation"], row["n"]) for row in rows] == [
        ("pixels", "10"), ("sparse_ae", "10"),
    ]  # fmt: skip
    assert all(0 <= float(row["accuracy"]) <= 1 for row in rows)


def test_killed_preprocessing_starts_over_and_ends_with_the_same_store(tmp_path):
    path = str(write_archive(tmp_path / ARCHIVE, official_files(100)))
    # Enlarging takes long enough to be killed in.
    dataset = EXPERIMENT["dataset"] | {"path": path, "size": 256}
    unbroken = Project.create(tmp_path / "unbroken", EXPERIMENT | {"dataset": dataset})
    unbroken.make("--no-hooks", "--until", "preprocess")
    killed = Project.create(tmp_path / "killed", EXPERIMENT | {"dataset": dataset})
    folder = killed.folder / "results/tiny/pixels"

    for _ in range(10):
        kill_when(
            killed,
            lambda: list(folder.glob(".partial-*")),
            "--configfile", "experiment.yaml", "--until", "preprocess",
        )  # fmt: skip
        if not (folder / "store.h5").exists():
            break
        # On a busy machine the step came to its end before it was killed.
        shutil.rmtree(killed.folder / "results")

    assert not (folder / "store.h5").exists()

    killed.make("--no-hooks", "--until", "preprocess")

    store = "results/tiny/pixels/store.h5"
    assert (killed.folder / store).read_bytes() == (unbroken.folder / store).read_bytes()
    assert list(folder.glob(".partial-*")) == []
