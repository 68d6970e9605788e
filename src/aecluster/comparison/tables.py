"""The tables that compare representations: scores over seeds, and differences, as CSV and LaTeX.

Both CSV files have one row an estimate::

    dataset, representation, split, k, score, n_seeds, mean, sd, low, high
    dataset, representation, reference, split, k, score, n_seeds, mean, sd, low, high

`low` and `high` are the ends of the 95 % interval; with one seed they and `sd` are empty.
"""

import csv
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.comparison.scores import read_scores, sampling_note
from aecluster.comparison.statistics import (
    Difference,
    Estimate,
    Row,
    Summary,
    best_of,
    differences,
    score_named,
    stability,
    summarize,
)
from aecluster.records.record import read_record
from aecluster.store import read_clustering

_ESTIMATE = [field.name for field in fields(Estimate)]
_LATEX_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"}


def compare(
    scores: str | os.PathLike[str],
    clusterings: Iterable[str | os.PathLike[str]],
    records: Iterable[str | os.PathLike[str]],
    *,
    summary: str | os.PathLike[str],
    differences_table: str | os.PathLike[str],
    latex: str | os.PathLike[str],
) -> None:
    """Write the tables that compare the representations of a table of scores.

    Parameters
    ----------
    scores : path-like
        The table of scores, one row a variant.
    clusterings, records : iterable of path-like
        Labels and records of `kmeans`, variant by variant in the same order.
    summary, differences_table : path-like
        CSV files to make, see the module's docstring.
    latex : path-like
        LaTeX file to make, see `latex_tables`.

    Raises
    ------
    StoreError, RecordError
        If a clustering or a record is missing or cannot be read.
    """
    rows = read_scores(scores)
    found = summarize(rows, _stabilities(clusterings, records))
    _write(summary, Summary, found)
    _write(differences_table, Difference, differences(rows))
    with atomic_write(latex) as temporary:
        temporary.write_text(latex_tables(found, _notes(rows)))


def read_summary(path: str | os.PathLike[str]) -> list[Summary]:
    """Return the scores over seeds that `compare` wrote."""
    return _read(path, Summary)


def read_differences(path: str | os.PathLike[str]) -> list[Difference]:
    """Return the differences that `compare` wrote."""
    return _read(path, Difference)


def table_of(summaries: Iterable[Summary]) -> dict[str, dict[str, Estimate]]:
    """Return the estimates of one k by score and representation, in the order given."""
    table: dict[str, dict[str, Estimate]] = defaultdict(dict)
    for found in summaries:
        table[found.score][found.representation] = found.estimate
    return dict(table)


def decimals_for(estimates: Iterable[Estimate]) -> int:
    """Return how many decimals show all of these: four below ten, one fewer for every digit more.

    Examples
    --------
    >>> decimals_for([Estimate(1, 0.25)]), decimals_for([Estimate(1, 0.25), Estimate(1, 312.0)])
    (4, 2)
    """
    largest = max((abs(e.mean) for e in estimates if math.isfinite(e.mean)), default=0)
    return max(0, 4 - math.floor(math.log10(max(largest, 1))))


def in_text(found: Estimate, decimals: int, plus_minus: str = " ± ") -> str:
    """Return a mean with half the width of its interval, if there is one.

    Examples
    --------
    >>> in_text(Estimate(3, 0.5, 0.1, 0.4, 0.6), 2)
    '0.50 ± 0.10'
    >>> in_text(Estimate(1, 0.5), 2)
    '0.50'
    """
    text = f"{found.mean:.{decimals}f}"
    if found.half_width is None:
        return text
    return f"{text}{plus_minus}{found.half_width:.{decimals}f}"


def latex_tables(summaries: Sequence[Summary], notes: Sequence[str] = ()) -> str:
    r"""Return a `tabular` of package booktabs for each k: a row a score, a column a representation.

    The best of a row is bold, where its scores compare between representations. An arrow says
    which way is better.

    Parameters
    ----------
    summaries : sequence of Summary
    notes : sequence of str, optional
        What is not exact in them, for comments at the head.

    Returns
    -------
    str
        LaTeX to `\input` into a `table`.
    """
    parts = ["% \\usepackage{booktabs}; mean and half width of the 95 % interval over seeds"]
    parts += [f"% {note}" for note in notes]
    groups: dict[tuple[str, str, int], list[Summary]] = defaultdict(list)
    for found in summaries:
        groups[found.dataset, found.split, found.k].append(found)
    for (dataset, split, k), members in groups.items():
        names = list(dict.fromkeys(found.representation for found in members))
        parts += [
            f"% {dataset}, {split}, k = {k}",
            f"\\begin{{tabular}}{{l{'r' * len(names)}}}",
            "\\toprule",
            " & ".join(["", *map(_escaped, names)]) + " \\\\",
            "\\midrule",
            *(_latex_row(score, of, names, members) for score, of in table_of(members).items()),
            "\\bottomrule",
            "\\end{tabular}",
        ]
    return "\n".join(parts) + "\n"


def _notes(rows: Sequence[Row]) -> list[str]:
    """Return what is not exact, a sentence a data set; each has its own sizes."""
    datasets = dict.fromkeys(row["dataset"] for row in rows)
    notes = {
        dataset: sampling_note(row for row in rows if row["dataset"] == dataset)
        for dataset in datasets
    }
    return [
        f"{dataset}: {note}" if len(datasets) > 1 else note
        for dataset, note in notes.items()
        if note
    ]


def _latex_row(
    score: str, estimates: Mapping[str, Estimate], names: Sequence[str], members: Sequence[Summary]
) -> str:
    known = score_named(score)
    arrow = "\\uparrow" if known.greater_is_better else "\\downarrow"
    decimals, best = decimals_for(estimates.values()), best_of(members, score)
    cells = [f"{_escaped(known.label)} ${arrow}$"]
    for name in names:
        text = in_text(estimates[name], decimals, " \\pm ") if name in estimates else ""
        text = text.replace("inf", "\\infty")
        cells.append(f"$\\mathbf{{{text}}}$" if name in best else text and f"${text}$")
    return " & ".join(cells) + " \\\\"


def _escaped(text: str) -> str:
    return "".join(_LATEX_SPECIAL.get(character, character) for character in text)


def _stabilities(
    clusterings: Iterable[str | os.PathLike[str]], records: Iterable[str | os.PathLike[str]]
) -> dict[tuple[str, str, str, int], float]:
    by_group = defaultdict(list)
    for path, record_path in zip(clusterings, records, strict=True):
        record = read_record(record_path)
        key = (record.dataset, record.representation, record.split, record.k)
        by_group[key].append(path)
    found = {}
    for key, paths in by_group.items():
        if len(paths) > 1:
            found[key] = stability([read_clustering(path)[0] for path in paths])
    return found


def _write(path: str | os.PathLike[str], kind: type, rows: Iterable[Summary | Difference]) -> None:
    columns = [field.name for field in fields(kind) if field.name != "estimate"] + _ESTIMATE
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            values = asdict(row)
            estimated = values.pop("estimate")
            writer.writerow(values | estimated)


def _read(path: str | os.PathLike[str], kind: type) -> list:
    found = []
    with Path(path).open(newline="") as file:
        for row in csv.DictReader(file):
            n_seeds, *values = (row.pop(name) for name in _ESTIMATE)
            numbers = (float(value) if value else None for value in values)
            subject = row | {"k": int(row["k"])}
            found.append(kind(**subject, estimate=Estimate(int(n_seeds), *numbers)))
    return found
