"""Who tracks at the end of a run waits for nobody of a lower priority."""

import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from aecluster.tracking.one_writer import sweep, writing

# As the process beside the workflow does: holds the lock, for a minute if it is let.
HOLDER = """
import signal, sys, time
from aecluster.tracking.one_writer import GiveWay, writing
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
try:
    with writing(sys.argv[1], gives_way=sys.argv[2] == "gives way"):
        print("holds", flush=True)
        time.sleep(float(sys.argv[3]))
    print("done")
except GiveWay:
    print("gave way")
"""


@pytest.fixture
def store(tmp_path):
    return f"sqlite:///{tmp_path}/mlflow.db"


@pytest.fixture
def hold(store):
    started = []

    def start(manner, seconds):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, store, manner, str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "holds\n"
        return process

    yield start
    for process in started:
        with closing(process.stdout):
            process.kill()
            process.wait()


def test_follower_gives_way_at_once_and_no_lock_is_left(store, hold, tmp_path):
    follower = hold("gives way", 60)
    begun = time.monotonic()

    with writing(store):
        waited = time.monotonic() - begun

    assert follower.communicate()[0] == "gave way\n"
    assert waited < 10
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_give_way_is_waited_for(store, hold, tmp_path):
    other = hold("stays", 1)

    with writing(store):
        assert other.communicate()[0] == "done\n"

    assert list(tmp_path.iterdir()) == []


def test_followers_wait_for_each_other(store, hold):
    other = hold("gives way", 1)

    with writing(store, gives_way=True):
        assert other.communicate()[0] == "done\n"


def test_lock_that_a_killed_process_left_is_swept_and_one_that_is_held_stays(store, hold, tmp_path):
    follower = hold("gives way", 60)
    sweep(store)
    held = [path.name for path in tmp_path.iterdir()]
    follower.send_signal(signal.SIGKILL)
    follower.wait()

    sweep(store)

    assert held == ["mlflow.db.lock"]
    assert list(tmp_path.iterdir()) == []
