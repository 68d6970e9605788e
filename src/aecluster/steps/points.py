"""The table beside a clustering: one row per image, for a spreadsheet or a plain reader of CSV.

::

    split, row      which image: its row in that split of the store, from 0
    name            what it is called in its source; empty where it has no name there
    class           empty where classes are not known
    cluster         row of the centroid
    distance        to that centroid, in the space that was clustered
    silhouette      in the same space; empty where it is not among the sampled ones
"""

import csv
import os
from collections.abc import Iterator
from itertools import repeat

import numpy as np

from aecluster.atomic import atomic_write
from aecluster.store import Split, Store, read_clustering
from aecluster.store.writer import PARTS, WHOLE

COLUMNS = ("split", "row", "name", "class", "cluster", "distance", "silhouette")


def write_points(
    path: str | os.PathLike[str],
    store: str | os.PathLike[str],
    clustering: str | os.PathLike[str],
    split: str,
    silhouettes: np.ndarray,
) -> None:
    """Write one row per image of a clustering; the vectors are read block by block.

    Parameters
    ----------
    path : path-like
        The CSV file to make.
    store : path-like
        Store of the representation that was clustered.
    clustering : path-like
        Its labels and centroids.
    split : str
        `train`, `test` or `all`.
    silhouettes : ndarray of shape (n,)
        Silhouette of each point; NaN where it is not known.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    with (
        Store(store) as opened,
        atomic_write(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        start = 0
        for part in PARTS if split == WHOLE else (split,):
            rows = opened[part]
            of_part = slice(start, start + len(rows))
            start += len(rows)
            found = labels[of_part]
            writer.writerows(
                zip(
                    repeat(part),
                    range(len(rows)),
                    names_of(rows),
                    classes_of(rows),
                    found,
                    in_digits(own_distances(rows, found, centroids)),
                    in_digits(silhouettes[of_part]),
                    # Endless: the name of the split, and names and classes that are not known.
                    strict=False,
                )
            )


def names_of(rows: Split) -> Iterator[str]:
    """Yield what each row is called in its source, for ever nothing where it has no names there."""
    names = rows.names
    return repeat("") if names is None else iter(names)


def classes_of(rows: Split) -> Iterator[str]:
    """Yield the name of each row's class, for ever nothing where classes are not known."""
    if rows.y is None:
        return repeat("")
    return (rows.class_names[label] if label >= 0 else "" for label in rows.y)


def own_distances(rows: Split, labels: np.ndarray, centroids: np.ndarray) -> Iterator[float]:
    """Yield the distance of each row to the centroid of its cluster, computed in float64."""
    start = 0
    for block in rows.blocks():
        own = centroids[labels[start : start + len(block)]]
        yield from np.linalg.norm(np.subtract(block, own, dtype=np.float64), axis=1).tolist()
        start += len(block)


def in_digits(values: Iterator[float] | np.ndarray) -> Iterator[str]:
    """Yield numbers in six significant digits, and nothing for NaN."""
    return ("" if value != value else f"{value:.6g}" for value in values)
