"""The experiments that the tests of the workflow start from."""

import copy

import pytest

from once import once
from project import DIGITS, ON_ONE_THREAD, Project
from zoo import OWN, ZOO, stripes, write_stripes

# Every Python process leaves the names of what it imported.
_WITNESS = """
import atexit, json, os, sys
from pathlib import Path

def tell():
    path = Path(os.environ["IMPORTS"]) / f"{Path(sys.argv[0]).name}.{os.getpid()}"
    path.write_text(json.dumps(sorted(name for name in sys.modules if "." not in name)))

if "IMPORTS" in os.environ:
    atexit.register(tell)
"""


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The digits experiment, run to its end; not to be changed."""

    def make(folder):
        project = Project.create(folder, DIGITS)
        for name in ("witness", "imports"):
            (folder / name).mkdir()
        (folder / "witness" / "sitecustomize.py").write_text(_WITNESS)
        (folder / "said.txt").write_text(project.make(IMPORTS=str(folder / "imports")))

    return Project(once(tmp_path_factory, "finished", make))


@pytest.fixture(scope="session")
def zoo(tmp_path_factory) -> Project:
    """An experiment with every kind of representation, run to its end; not to be changed."""

    def make(folder):
        project = Project.create(folder, ZOO)
        write_stripes(project, stripes()[1])
        (folder / "own.py").write_text(OWN)
        project.make(*ON_ONE_THREAD)

    return Project(once(tmp_path_factory, "zoo", make))


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """The finished experiment in a folder of its own, to change."""
    return finished.copy(tmp_path / "project")


@pytest.fixture
def experiment() -> dict:
    """What the finished experiment's file says, to change."""
    return copy.deepcopy(DIGITS)


@pytest.fixture
def menagerie(zoo, tmp_path) -> Project:
    """The experiment with every kind of representation in a folder of its own, to change."""
    return zoo.copy(tmp_path / "menagerie")
