import os
import signal
import socket
import subprocess
import sys

import pytest

from aecluster.atomic import atomic_write


def test_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("whole")
        there_meanwhile = path.exists()

    assert not there_meanwhile
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_error_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with atomic_write(path) as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_name_keeps_its_suffix_and_is_hidden(tmp_path):
    with atomic_write(tmp_path / "a.h5") as temporary:
        temporary.touch()

    assert temporary.suffix == ".h5"
    assert temporary.name.startswith(f".partial-{os.getpid()}@")


# Says the name of its temporary file, and then waits to be killed.
WRITER = """
import sys, time
from aecluster.atomic import atomic_write
with atomic_write(sys.argv[1]) as temporary:
    temporary.touch()
    print(temporary, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def writer(tmp_path):
    """A process that is about to write a file, and the name under which it does."""
    command = [sys.executable, "-c", WRITER, tmp_path / "a.h5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process, tmp_path / process.stdout.readline().strip()
        process.kill()


def test_next_writer_of_a_file_removes_what_a_killed_one_left(tmp_path, writer):
    process, left = writer
    process.send_signal(signal.SIGKILL)
    process.wait()
    of_another_file = left.with_name(left.name.replace("a.h5", "aa.h5"))
    of_another_host = left.with_name(left.name.replace(socket.gethostname(), "elsewhere"))
    for path in (of_another_file, of_another_host):
        path.touch()

    with atomic_write(tmp_path / "a.h5") as temporary:
        temporary.touch()

    assert sorted(tmp_path.iterdir()) == sorted(
        [tmp_path / "a.h5", of_another_file, of_another_host]
    )


def test_file_of_another_writer_that_lives_is_left_alone(tmp_path, writer):
    _, other = writer
    with atomic_write(tmp_path / "a.h5") as temporary:
        temporary.touch()

    assert other.exists()
    assert other != temporary
