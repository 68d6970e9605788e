"""The tables that compare representations: scores over seeds, and differences, as CSV and LaTeX.

Both CSV files have one row per estimate::

    dataset, representation, split, k, score, n_seeds, mean, sd, low, high
    dataset, representation, reference, split, k, score, n_seeds, mean, sd, low, high

`low` and `high` are the ends of the 95 % interval; with one seed they and `sd` are empty. Where
there are clusterers beside K-Means, a column `clusterer` stands behind the representation.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.comparison.competitors import KMEANS, named, parts_of
from aecluster.comparison.latex import latex_tables
from aecluster.comparison.scores import read_scores
from aecluster.comparison.statistics import (
    Difference,
    Estimate,
    Row,
    Summary,
    differences,
    group_of,
    stability,
    summarize,
)
from aecluster.store import read_clustering

_ESTIMATE = [field.name for field in fields(Estimate)]


def compare(
    scores: str | os.PathLike[str],
    clusterings: Iterable[str | os.PathLike[str]],
    *,
    summary: str | os.PathLike[str],
    differences_table: str | os.PathLike[str],
    latex: str | os.PathLike[str],
) -> None:
    """Write the tables that compare the representations of a table of scores.

    Parameters
    ----------
    scores : path-like
        The table of scores, one row per variant.
    clusterings : iterable of path-like
        Labels of the variants, in the order of the rows.
    summary, differences_table : path-like
        CSV files to make, see the module's docstring.
    latex : path-like
        LaTeX file to make, see `latex_tables`.

    Raises
    ------
    StoreError
        If a clustering is missing or cannot be read.
    """
    rows = read_scores(scores)
    found = summarize(rows, _stabilities(rows, clusterings))
    _write(summary, Summary, found)
    _write(differences_table, Difference, differences(rows))
    with atomic_write(latex) as temporary:
        temporary.write_text(latex_tables(found, rows))


def read_summary(path: str | os.PathLike[str]) -> list[Summary]:
    """Return the scores over seeds that `compare` wrote."""
    return _read(path, Summary)


def read_differences(path: str | os.PathLike[str]) -> list[Difference]:
    """Return the differences that `compare` wrote."""
    return _read(path, Difference)


def _stabilities(
    rows: Iterable[Row], clusterings: Iterable[str | os.PathLike[str]]
) -> dict[tuple[str, str, str, int], float]:
    by_group = defaultdict(list)
    for row, path in zip(rows, clusterings, strict=True):
        by_group[group_of(row)].append(path)
    found = {}
    for key, paths in by_group.items():
        if len(paths) > 1:
            found[key] = stability([read_clustering(path)[0] for path in paths])
    return found


def _write(path: str | os.PathLike[str], kind: type, rows: Iterable[Summary | Difference]) -> None:
    rows = list(rows)
    columns = [field.name for field in fields(kind) if field.name != "estimate"] + _ESTIMATE
    has_clusterers = any(parts_of(row.representation)[1] != KMEANS for row in rows)
    if has_clusterers:
        columns.insert(columns.index("representation") + 1, "clusterer")
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            values = asdict(row)
            estimated = values.pop("estimate")
            if has_clusterers:
                parts = parts_of(row.representation)
                values["representation"], values["clusterer"] = parts
            writer.writerow(values | estimated)


def _read(path: str | os.PathLike[str], kind: type) -> list:
    found = []
    with Path(path).open(newline="") as file:
        for row in csv.DictReader(file):
            n_seeds, *values = (row.pop(name) for name in _ESTIMATE)
            numbers = (float(value) if value else None for value in values)
            name = named(row["representation"], row.pop("clusterer", None))
            subject = row | {"representation": name, "k": int(row["k"])}
            found.append(kind(**subject, estimate=Estimate(int(n_seeds), *numbers)))
    return found
