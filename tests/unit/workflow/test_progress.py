import pytest

from aecluster.workflow.progress import Progress


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def progress(clock):
    made = Progress(clock)
    made.plan({"train": 1, "kmeans": 2})
    return made


def test_every_step_has_a_line_with_the_number_of_those_before(progress, clock):
    first = progress.start(1, "train", "Training")
    clock.now += 30
    said_at_its_end = progress.finish(1)
    second = progress.start(2, "kmeans", "K-Means, k=2")

    assert first.endswith("  0/3  Training")
    assert said_at_its_end is None
    assert second.endswith("  1/3  K-Means, k=2")


def test_first_line_about_a_rule_says_for_what_one_waits(progress):
    progress.warn({"kmeans": "it loads first"})

    assert progress.start(1, "train", "Training").endswith("  Training")
    assert progress.start(2, "kmeans", "K-Means, k=2").endswith("  K-Means, k=2 (it loads first)")
    assert progress.start(3, "kmeans", "K-Means, k=3").endswith("  K-Means, k=3")


def test_time_left_is_known_where_all_steps_to_come_were_run_before(progress, clock):
    progress.expect({"train": 100.0})
    unknown = progress.seconds_left()
    progress.expect({"train": 100.0, "kmeans": 10.0})

    assert unknown is None
    assert progress.seconds_left() == 120
    assert progress.start(1, "train", "Training").endswith("2 min 0 s left    Training")
    clock.now += 40
    assert progress.seconds_left() == pytest.approx(80)


def test_what_steps_took_in_this_run_counts_more_than_earlier_runs(progress, clock):
    progress.expect({"train": 100.0, "kmeans": 10.0})
    progress.start(1, "kmeans", "")
    clock.now += 50
    progress.finish(1)

    assert progress.seconds_left() == pytest.approx(150)


def test_steps_side_by_side_take_less(clock):
    progress = Progress(clock)
    progress.plan({"kmeans": 8})
    for job in (1, 2):
        progress.start(job, "kmeans", "")
    clock.now += 10
    for job in (1, 2):
        progress.finish(job)

    assert progress.seconds_left() == pytest.approx(30)


def test_step_that_takes_longer_than_before_has_no_time_left_to_say(progress, clock):
    progress.expect({"train": 1.0, "kmeans": 0.0})
    progress.start(1, "train", "Training")
    clock.now += 60

    assert progress.seconds_left() == 0
    assert progress.status() == "0/3  1 min 0 s  Training"


def test_sweep_says_a_line_for_every_tenth(clock):
    progress = Progress(clock)
    progress.plan({"kmeans": 665, "evaluate": 665, "report": 1})
    lines = []
    for rule, first in (("kmeans", 0), ("evaluate", 665)):
        for job in range(first, first + 665):
            lines += [progress.start(job, rule, f"Job {job}"), progress.finish(job)]
    lines.append(progress.start(2_000, "report", "Writing the report"))

    said = [line for line in lines if line]

    assert [line.split()[-2] for line in said[:-1]] == [f"{n}0%" for n in range(1, 10)]
    assert said[-1].endswith("  1330/1331  Writing the report")


def test_status_names_one_running_step_and_counts_the_others(progress):
    progress.start(1, "train", "Training")
    progress.start(2, "kmeans", "K-Means, k=2")

    assert progress.status() == "0/3  0 s  Training and 1 more"
