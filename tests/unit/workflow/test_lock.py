import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from aecluster.workflow.lock import release_stale

_RUN = """
import socket, sys
from aecluster.workflow.lock import release_stale
socket.gethostname = lambda: sys.argv[2]
release_stale(sys.argv[1])
print("started", flush=True)
sys.stdin.read()
"""


@contextmanager
def run(notes: Path, host: str = socket.gethostname()):
    """A run that has locked a file, and is killed at the end."""
    command = [sys.executable, "-c", _RUN, notes, host]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"started\n"
        lock_file(notes).parent.mkdir()
        lock_file(notes).write_text("results/a.h5\n")
        yield
        process.kill()


def lock_file(notes: Path) -> Path:
    return notes / "locks" / "0.output.lock"


def test_folder_without_locks_needs_no_word(tmp_path):
    assert release_stale(tmp_path / ".snakemake") == []


def test_lock_of_a_living_run_stays(tmp_path):
    with run(tmp_path):
        [line] = release_stale(tmp_path)

    assert line.startswith("Another run is at work in this folder")
    assert lock_file(tmp_path).exists()


def test_lock_of_a_killed_run_is_removed(tmp_path):
    with run(tmp_path):
        pass

    [line] = release_stale(tmp_path)

    assert line.startswith("The last run in this folder was killed")
    assert not lock_file(tmp_path).exists()


def test_lock_that_another_machine_left_stays(tmp_path):
    with run(tmp_path, host="elsewhere"):
        pass

    assert release_stale(tmp_path) == []
    assert lock_file(tmp_path).exists()
