import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from aecluster.errors import AeclusterError
from aecluster.workflow.holder import hold, holder_of

_RUN = """
import sys
from aecluster.workflow.holder import hold
hold(sys.argv[1:])
print("started", flush=True)
sys.stdin.read()
"""


@contextmanager
def run(*folders):
    """A run that holds folders, and is killed at the end."""
    command = [sys.executable, "-c", _RUN, *folders]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"started\n"
        yield process.pid
        process.kill()


def test_folder_that_a_run_holds_is_refused_by_the_name_of_the_holder(tmp_path):
    with run(tmp_path / "digits") as pid, pytest.raises(AeclusterError) as error:
        hold([tmp_path / "demo", tmp_path / "digits"])

    said = str(error.value)
    assert said.startswith(f"{tmp_path}/digits: held by another run, process {pid} of ")
    assert f" in {os.getcwd()}, since " in said  # noqa: PTH109
    assert "\n" not in said


def test_folder_is_free_when_its_holder_is_killed(tmp_path):
    with run(tmp_path):
        pass

    assert holder_of([tmp_path]) is None
    hold([tmp_path])


def test_folder_behind_a_link_is_the_same_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to(tmp_path / "a")

    with run(tmp_path / "a") as pid:
        assert f"process {pid} of " in holder_of([tmp_path / "b"])


def test_run_that_ends_leaves_nothing(tmp_path):
    command = [sys.executable, "-c", _RUN, tmp_path]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    assert list(tmp_path.iterdir()) == []


def test_looking_for_a_holder_leaves_nothing(tmp_path):
    assert holder_of([tmp_path, tmp_path / "missing"]) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_to_is_named(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(AeclusterError, match="expected a folder that can be written to"):
        hold([tmp_path / "digits"])
