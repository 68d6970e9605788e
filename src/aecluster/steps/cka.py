"""From the stores of an experiment to the table of how alike their spaces are."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from aecluster.atomic import atomic_write
from aecluster.errors import DataError
from aecluster.probes.vectors import LEAST_COMPARED, centred_gram, linear_cka
from aecluster.store import Store

# Of so many images two spaces are as alike as of more, to about a hundredth.
_N_COMPARED = 2000
_COLUMNS = ("dataset", "representation", "other", "cka")


def compare_spaces(path: str | os.PathLike[str], stores: Iterable[str | os.PathLike[str]]) -> None:
    """Write the linear CKA of every two spaces of the same images, as one row per ordered pair.

    Parameters
    ----------
    path : path-like
        The CSV file to make, with the columns ``dataset, representation, other, cka``.
    stores : iterable of path-like
        One per data set and representation. Evenly spread test images of each are compared, fewer
        than 4,000.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    DataError
        If there are fewer than four test images.
    """
    grams: dict[str, dict[str, np.ndarray]] = defaultdict(dict)
    for store in stores:
        with Store(store) as opened:
            test = opened["test"]
            if len(test) < LEAST_COMPARED:
                raise DataError(
                    f"{os.fspath(store)}: found {len(test)} test images, expected at least "
                    f"{LEAST_COMPARED} to say how alike two spaces are, for `evaluation.probe`"
                )
            every = max(1, len(test) // _N_COMPARED)
            vectors = test.matrix_of(slice(None, None, every))
            grams[opened.dataset][opened.representation] = centred_gram(vectors)
    rows = [
        (dataset, name, other, linear_cka(gram, members[other]))
        for dataset, members in grams.items()
        for name, gram in members.items()
        for other in members
    ]
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([_COLUMNS, *rows])


def read_similarities(
    path: str | os.PathLike[str],
) -> dict[str, dict[tuple[str, str], float]]:
    """Return by data set the CKA of each ordered pair, as `compare_spaces` wrote it."""
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    with Path(path).open(newline="") as file:
        for row in csv.DictReader(file):
            found[row["dataset"]][row["representation"], row["other"]] = float(row["cka"])
    return dict(found)
