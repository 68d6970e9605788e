"""The time that each step took, from the files that Snakemake's `benchmark:` leaves.

Unlike the time in a record, theirs begins with the process: loading TensorFlow counts.
"""

import csv
import os
from pathlib import Path

from aecluster.errors import AeclusterError


def table_of_times(results: str | os.PathLike[str]) -> str:
    """Return how many jobs each step had, their time, and the step's share of all of it.

    Parameters
    ----------
    results : path-like
        Folder of the results, with `benchmarks/<step>/*.tsv` in it.

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
    seconds = {
        folder.name: [_seconds(path) for path in sorted(folder.glob("*.tsv"))]
        for folder in sorted(Path(results, "benchmarks").glob("*/"))
    }
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
        if jobs
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _seconds(path: Path) -> float:
    try:
        with path.open(newline="") as file:
            return float(next(csv.DictReader(file, delimiter="\t"))["s"])
    except (OSError, StopIteration, KeyError, TypeError, ValueError):
        raise AeclusterError(f"{path}: expected the times of a job, delete it") from None
