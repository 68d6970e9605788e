"""A choice of the faults, and three kills; `table.py` does all of them."""

import random

import pytest
from faults import EXPERIMENT, FAULTS, again, outcome
from project import Project
from table import kill_and_rerun

pytestmark = pytest.mark.workflow

QUICK = (
    "an output is cut short",
    "a record is empty, as after a power cut",
    "the clock was a year ahead",
    "the project is moved to another folder",
    "everything is killed at once",
    "a step is killed",
    "Ctrl-C",
    "two runs at once in one folder",
    "the images' archive is damaged",
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Project:
    """The experiment, run to its end; not to be changed."""
    project = Project.create(tmp_path_factory.mktemp("faults") / "finished", EXPERIMENT)
    again(project)
    return project


@pytest.mark.parametrize("title", QUICK)
def test_same_command_goes_on_to_the_same_labels_and_scores(finished, tmp_path, title):
    [fault] = [fault for fault in FAULTS if fault.title == title]
    project = finished.copy(tmp_path / "project")

    fault.inflict(project)
    again(project)

    assert outcome(project) == outcome(finished)


@pytest.mark.parametrize("seed", range(3))
def test_kill_at_a_random_moment_changes_no_label_and_no_score(finished, tmp_path, seed):
    project = finished.copy(tmp_path / "project")

    kill_and_rerun(project, random.Random(seed).uniform(0, 8))  # noqa: S311

    assert outcome(project) == outcome(finished)
