"""What is expensive is made once per run of the tests, whichever worker asks for it first."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that all workers share; it is not to be changed.

    Parameters
    ----------
    factory : pytest.TempPathFactory
        The fixture `tmp_path_factory`.
    name : str
        Name of the folder.
    make : callable
        Fills it: called with its path, which does not exist.
    """
    base = factory.getbasetemp()
    # Each worker has a folder of its own in that of the run.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, made = shared / name, shared / f"{name}.made"
    with FileLock(shared / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            made.touch()
    return folder
