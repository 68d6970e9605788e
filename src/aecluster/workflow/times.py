"""The time that each step took, from the files that Snakemake's `benchmark:` leaves.

Unlike the time in a record, theirs begins with the process: loading TensorFlow counts.
"""

import csv
import functools
import os
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from aecluster.comparison.scores import read_scores
from aecluster.errors import AeclusterError
from aecluster.workflow.dry_run import Step


def seconds_of_steps(
    results: str | os.PathLike[str], is_wanted: Callable[[str], bool] = lambda job: True
) -> dict[str, list[float]]:
    """Return what the jobs of each step took.

    Parameters
    ----------
    results : path-like
        Folder of the results, with `benchmarks/<step>/*.tsv` in it.
    is_wanted : callable, optional
        Says of the name of a job, as `digits.pixels.test.k10-s0`, whether to count it.

    Returns
    -------
    dict of str to list of float
        Seconds per job, by step. A job that ran again counts once, with its last time.

    Raises
    ------
    AeclusterError
        If a file holds no time.
    """
    files = {
        folder.name: [path for path in sorted(folder.glob("*.tsv")) if is_wanted(path.stem)]
        for folder in sorted(Path(results, "benchmarks").glob("*/"))
    }
    return {step: [_seconds(path) for path in paths] for step, paths in files.items() if paths}


def expected_seconds(step: Step, cores: int) -> float | None:
    """Return what a step adds to the time of a run, by its own last time or by those like it.

    Parameters
    ----------
    step : Step
        As a dry run names it.
    cores : int
        How many the run may use; steps with fewer threads run side by side.

    Returns
    -------
    float or None
        Seconds; None where no step of the rule was run on the same data.
    """
    path = Path(step.benchmark)
    if not step.benchmark:
        return None
    dataset = path.name.partition(".")[0]
    taken = _seconds(path) if path.exists() else _mean_seconds(path.parent, dataset)
    return None if taken is None else taken * min(step.threads, cores) / cores


@functools.cache  # of a sweep, thousands of steps ask for the same
def _mean_seconds(folder: Path, dataset: str) -> float | None:
    taken = [_seconds(path) for path in folder.glob(f"{dataset}.*.tsv")]
    return mean(taken) if taken else None


def table_of_times(results: str | os.PathLike[str], experiment: str | None = None) -> str:
    """Return how many jobs each step had, their time, and the step's share of all of it.

    Parameters
    ----------
    results : path-like
        Folder of the results, with `benchmarks/<step>/*.tsv` in it.
    experiment : str, optional
        Only of the representations in its table of scores, and of what sums it up.

    Returns
    -------
    str
        A table in Markdown, the longest step first. Jobs may have run side by side, and a job
        that ran again counts once, with its last time.

    Raises
    ------
    AeclusterError
        If there are no times, or a file of them is none.
    """
    is_wanted = _is_of(Path(results), experiment) if experiment else lambda job: True
    seconds = seconds_of_steps(results, is_wanted)
    steps = sorted(seconds.items(), key=lambda step: -sum(step[1]))
    total = sum(map(sum, seconds.values()))
    if not total:
        raise AeclusterError(
            f"{results}: no times yet, expected those of `make demo` or `make run`"
        )
    rows = [("step", "jobs", "s", "share"), ("---",) * 4]
    rows += [
        (name, str(len(jobs)), f"{sum(jobs):.1f}", f"{sum(jobs) / total:.0%}")
        for name, jobs in [*steps, ("all", [s for jobs in seconds.values() for s in jobs])]
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _is_of(results: Path, experiment: str) -> Callable[[str], bool]:
    rows = read_scores(results / experiment / "scores.csv")
    whole = {experiment, *(row["dataset"] for row in rows)}
    parts = tuple({f"{row['dataset']}.{row['representation']}." for row in rows})
    return lambda job: job in whole or job.startswith(parts)


def _seconds(path: Path) -> float:
    try:
        with path.open(newline="") as file:
            return float(next(csv.DictReader(file, delimiter="\t"))["s"])
    except (OSError, StopIteration, KeyError, TypeError, ValueError):
        raise AeclusterError(f"{path}: expected the times of a job, delete it") from None
