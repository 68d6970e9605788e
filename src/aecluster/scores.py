"""The table of scores: one row a variant, from the records of K-Means and evaluation."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.record import SUBJECT, read_record

# What people lean on; further metrics come behind. Without labels the last three are empty.
COLUMNS = (
    *SUBJECT,
    "n",
    "d",
    "silhouette",
    "dunn",
    "inertia",
    "n_iter",
    "nmi",
    "ari",
    "accuracy",
)


def write_scores(
    path: str | os.PathLike[str],
    clusterings: Iterable[str | os.PathLike[str]],
    scores: Iterable[str | os.PathLike[str]],
) -> None:
    """Write one row a variant, in the order given.

    Parameters
    ----------
    path : path-like
        The CSV file to make.
    clusterings, scores : iterable of path-like
        Records of `kmeans` and of `evaluate`, variant by variant in the same order.

    Raises
    ------
    RecordError
        If a record is missing or cannot be read.
    """
    rows = [_row(*pair) for pair in zip(clusterings, scores, strict=True)]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_scores(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Return the rows of a table of scores, as text."""
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def _row(clustering: str | os.PathLike[str], scores: str | os.PathLike[str]) -> dict[str, object]:
    fitted, scored = read_record(clustering), read_record(scores)
    known = {
        **{name: getattr(scored, name) for name in SUBJECT},
        "n": scored.details["n"],
        "d": scored.details["d"],
        "n_iter": int(fitted.metrics["n_iter"]),
        **scored.metrics,
    }
    return {column: known.get(column) for column in dict.fromkeys((*COLUMNS, *scored.metrics))}
