"""The process that tracks while the workflow runs: what it shows, and that it ends."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.workflow

RUNNING_POINTS = """
SELECT count(*) FROM metrics JOIN runs USING (run_uuid)
WHERE status = 'RUNNING' AND name = 'train sparse_ae seed=0' AND key = 'train/loss'
"""


def wait_until(condition, limit):
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def followers(folder):
    """Return the processes that track what runs in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_one = b"aecluster.tracking.follow" in (process / "cmdline").read_bytes()
            if is_one and (process / "cwd").resolve() == folder.resolve():
                found.append(process)
        except OSError:
            continue
    return found


def epochs_seen(folder):
    """Return the number of epochs that MLflow has of a training that still runs."""
    with closing(sqlite3.connect(f"file:{folder}/mlflow.db?mode=ro", uri=True)) as database:
        return database.execute(RUNNING_POINTS).fetchone()[0]


def test_dry_run_tracks_nothing(project):
    log = project.folder / "logs/track/demo.live.log"
    log.unlink()

    scheduled = project.schedule("--forceall")

    assert scheduled.rules["train"] == 1
    assert not log.exists()


# A workflow that is killed by `kill -9`: tests/tracking/test_live.py.
def test_epochs_are_seen_and_no_process_stays_behind_after_ctrl_c(project, experiment):
    experiment["representations"]["sparse_ae"]["epochs"] = 10_000
    project.write(experiment)
    workflow = subprocess.Popen(
        [Path(sys.executable).with_name("snakemake"), "--cores", "2", "--configfile",
         "experiment.yaml"],
        cwd=project.folder, start_new_session=True, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(project.folder / "src")},
    )  # fmt: skip
    try:
        wait_until(lambda: epochs_seen(project.folder) > 1, limit=900)
        [_] = followers(project.folder)

        os.killpg(workflow.pid, signal.SIGINT)
        workflow.wait()

        wait_until(lambda: not followers(project.folder), limit=30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(workflow.pid, signal.SIGKILL)
