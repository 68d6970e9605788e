"""What all tests rely on: their marks, their order, and what is made once for all of them."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# A shell's background jobs ignore Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Else every process that a test starts, a thousand, compiles anew each module that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Digits are compared that a GPU would not compute by itself, in other processes too.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

# No test is timed: on a busy machine the first example may take longer than Hypothesis allows.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TESTS = Path(__file__).parent

# Longest first, so that no worker is left with a long one at the end.
ORDER = (
    *("cluster", "workflow", "reliability", "tracking"),
    *("unit/autoencoder", "unit/contrastive", "unit/networks", "unit/clustering", "unit"),
)

# Long files whose tests share no more than what is made once for all workers.
DEALT_OUT = (
    *("reliability/test_faults.py", "workflow/test_archive.py", "workflow/test_follower.py"),
    *("workflow/test_outdated.py", "workflow/test_rebuild.py", "workflow/test_run.py"),
)

# What only a test that is marked for it may start: programs, and modules by `python -m`.
MARKS_TO_START = {
    "snakemake": "slow",
    **dict.fromkeys(
        (
            *("mlflow", "chromium", "google-chrome", "chromedriver", "postgres", "pg_ctl"),
            *("initdb", "munged", "slurmctld", "slurmd"),
        ),
        "servers",
    ),
}
_running: list[pytest.Item] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs Snakemake as slow, and put what takes longest first."""
    for item in items:
        if item.get_closest_marker("workflow"):
            item.add_marker("slow")
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    name = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
    folder = next((n for n, part in enumerate(ORDER) if name.startswith(f"{part}/")), len(ORDER))
    # Of one folder, what stays together comes first: it is as long as all its tests.
    return folder, name in DEALT_OUT


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Give the tests of a file to one worker, those of some files one by one to whichever is free.

    The groups of pytest-xdist 3.8 come to nothing with pytest 9.2: it writes them into the names of
    tests by an attribute that is read no more.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.removeprefix("tests/") in DEALT_OUT else file

    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Know which test runs, for what may be started in it."""
    _running.append(item)
    try:
        return (yield)
    finally:
        _running.remove(item)


def _check_marks(event: str, arguments: tuple) -> None:
    """Fail a test that starts a program without the mark that says so."""
    if event != "subprocess.Popen" or not _running:
        return
    _, command, *_ = arguments
    for mark in {MARKS_TO_START[name] for name in _programs(command) & MARKS_TO_START.keys()}:
        if not _running[-1].get_closest_marker(mark):
            raise RuntimeError(f"{_running[-1].nodeid} starts {command}: mark it `{mark}`")


def _programs(command: str | bytes | Sequence) -> set[str]:
    words = [command] if isinstance(command, str | bytes) else command
    names = [Path(os.fsdecode(word)).name for word in words]
    at = names.index("-m") + 1 if "-m" in names else len(names)
    # With `runuser -u postgres --`, the program stands behind it.
    behind = names.index("--") + 1 if names[0] == "runuser" and "--" in names else 0
    return {names[behind], *names[at : at + 1]}


sys.addaudithook(_check_marks)
