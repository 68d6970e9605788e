"""The time that each step took, from the files that Snakemake's `benchmark:` leaves.

Unlike the time in a record, theirs begins with the process: loading TensorFlow counts.
"""

import csv
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

from aecluster.comparison.competitors import stem_of
from aecluster.comparison.scores import read_scores
from aecluster.errors import AeclusterError
from aecluster.workflow.dry_run import Step

# Times of a step from which its mean is told well enough.
MOST_FOR_A_MEAN = 50


def seconds_of_steps(
    results: str | os.PathLike[str],
    is_wanted: Callable[[str], bool] = lambda job: True,
    *,
    most: int | None = None,
) -> dict[str, list[float]]:
    """Return what the jobs of each step took.

    Parameters
    ----------
    results : path-like
        Folder of the results, with `benchmarks/<step>/*.tsv` in it.
    is_wanted : callable, optional
        Says of the name of a job, as `digits.pixels.test.k10-s0`, whether to count it.
    most : int, optional
        How many jobs of a step to read, spread evenly over their names: a sweep has thousands.

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
    return {
        step: [_seconds(path) for path in _spread(paths, most)]
        for step, paths in files.items()
        if paths
    }


def _spread(paths: Sequence[Path], most: int | None) -> Sequence[Path]:
    n = len(paths)
    if most is None or n <= most:
        return paths
    return [paths[place * n // most] for place in range(most)]


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
    paths = sorted(folder.glob(f"{dataset}.*.tsv"))
    return mean(map(_seconds, _spread(paths, MOST_FOR_A_MEAN))) if paths else None


def table_of_times(results: str | os.PathLike[str], experiment: str | None = None) -> str:
    """Return how many jobs each step had, their time, and the step's share of all of it.

    Parameters
    ----------
    results : path-like
        Folder of the results, with `benchmarks/<step>/*.tsv` in it.
    experiment : str, optional
        Only of the variants in its table of scores, what they were made of, and what sums them up.

    Returns
    -------
    str
        A table in Markdown, the longest step first. Jobs may have run side by side, and a job
        that ran again counts once, with its last time.

    Raises
    ------
    AeclusterError
        If there are no times, a file of them is none, or there is no such experiment.
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
    """Return whether a job is of an experiment: what made its variants, and what sums them up."""
    path = results / experiment / "scores.csv"
    if not path.is_file():
        raise AeclusterError(f"{path}: no such file, expected that of an experiment that has run")
    jobs = {experiment}
    for row in read_scores(path):
        made = f"{row['dataset']}.{row['representation']}"
        jobs |= {row["dataset"], f"{made}.s{row['seed']}"}
        jobs |= {f"{made}.{row['split']}", f"{made}.{row['split']}.{stem_of(row)}"}
    return jobs.__contains__


def _seconds(path: Path) -> float:
    try:
        with path.open(newline="") as file:
            return float(next(csv.DictReader(file, delimiter="\t"))["s"])
    except (OSError, StopIteration, KeyError, TypeError, ValueError):
        raise AeclusterError(f"{path}: expected the times of a job, delete it") from None
