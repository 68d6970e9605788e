"""A choice of the faults, and some kills; `faults_table.py` does all of them."""

import random

import pytest

from faults import EXPERIMENT, FAULTS, again, outcome
from faults_table import everything, kill_until_finished
from project import Project

pytestmark = pytest.mark.workflow

QUICK = (
    "an output is cut short",
    "a record is empty, as after a power cut",
    "the clock was a year ahead",
    "the project is moved to another folder",
    "a power cut, as far as a process can tell",
    "everything is killed between two outputs of a step",
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


def test_kills_at_random_moments_change_no_label_and_no_score(finished, tmp_path):
    project = finished.copy(tmp_path / "project")
    drawn = random.Random(0)  # noqa: S311

    killed = kill_until_finished(project, (drawn.uniform(1, 4) for _ in range(4)))

    assert killed
    assert everything(project) == everything(finished)
