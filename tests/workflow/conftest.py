"""The experiment that the tests of the workflow start from."""

import copy

import pytest

from project import DIGITS, Project

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
    project = Project.create(tmp_path_factory.mktemp("workflow") / "finished", DIGITS)
    for folder in ("witness", "imports"):
        (project.folder / folder).mkdir()
    (project.folder / "witness" / "sitecustomize.py").write_text(_WITNESS)
    (project.folder / "said.txt").write_text(project.make(IMPORTS=str(project.folder / "imports")))
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """The finished experiment in a folder of its own, to change."""
    return finished.copy(tmp_path / "project")


@pytest.fixture
def experiment() -> dict:
    """What the finished experiment's file says, to change."""
    return copy.deepcopy(DIGITS)
