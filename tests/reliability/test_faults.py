"""A choice of the faults, and some kills; `faults_table.py` does all of them."""

import random

import pytest

from faults import COMMAND, EXPERIMENT, FAULTS, again, outcome, untouched
from faults_table import everything, kill_until_finished
from once import once
from project import Project

pytestmark = pytest.mark.workflow

TO_WHAT_IS_FINISHED = (
    "an output is cut short",
    "a record is empty, as after a power cut",
    "the clock was a year ahead",
    "the project is moved to another folder",
    "the images' archive is damaged",
)
TO_WHAT_RUNS = (
    "a power cut, as far as a process can tell",
    "everything is killed between two outputs of a step",
    "a step is killed",
    "Ctrl-C",
    "two runs at once in one folder",
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Project:
    """The experiment, run to its end; not to be changed."""
    return Project(
        once(tmp_path_factory, "faults", lambda folder: again(Project.create(folder, EXPERIMENT)))
    )


def named(title):
    [fault] = [fault for fault in FAULTS if fault.title == title]
    return fault


def test_same_command_mends_one_fault_after_the_other(finished, tmp_path):
    project = finished.copy(tmp_path / "project")

    for title in TO_WHAT_IS_FINISHED:
        named(title).inflict(project)

        assert outcome(project) == outcome(finished), title
    untouched(project)


@pytest.mark.parametrize("title", TO_WHAT_RUNS)
def test_same_command_goes_on_to_the_same_labels_and_scores(finished, tmp_path, title):
    project = finished.copy(tmp_path / "project")

    named(title).inflict(project)
    again(project)

    assert outcome(project) == outcome(finished)


def test_kills_at_random_moments_change_no_label_and_no_score(finished, tmp_path):
    project = finished.copy(tmp_path / "project")
    drawn = random.Random(0)  # noqa: S311

    moments = (drawn.uniform(1, 4) for _ in range(4))
    killed = kill_until_finished(project, moments, [*COMMAND, "--no-hooks"])

    assert killed
    assert everything(project) == everything(finished)
