"""The variants of a results folder as a table for the terminal, without MLflow."""

import math
import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from aecluster.comparison.competitors import is_of_kmeans
from aecluster.comparison.order import SHOWN, best_first
from aecluster.comparison.scores import read_scores
from aecluster.comparison.text import aligned
from aecluster.errors import RecordError
from aecluster.records.lineage import Lineage, lineage_in
from aecluster.records.record import SUBJECT, read_record
from aecluster.records.versions import side_by_side
from aecluster.tracking.runs import WantedRun, variant_records, variant_runs

# What stands in the table already.
_NAMED = {"dataset", "representation", "clusterer", "k", "seed"}
# With what the names of functions of this package begin, which no experiment file has.
_INTERNAL = f"{__name__.partition('.')[0]}."


def compare_variants(results: str | os.PathLike[str]) -> str:
    """Return every variant of all experiments with its scores, and what sets each apart.

    Parameters
    ----------
    results : path-like
        Folder of the results; its records are read, wherever they lie in it.

    Returns
    -------
    str
        Best first: by falling NMI, or by falling silhouette where classes are not known. Beside
        a variant stand the experiments whose tables of scores have it; behind the scores the
        parameters that it and the variant above have both, with different values. Below stands
        which tables are of other results than are there, and what was made by several versions,
        or by code of several states.

    Raises
    ------
    RecordError
        If a record is cut short or not a record.
    """
    lineage = lineage_in(results)
    runs = sorted(variant_runs(lineage), key=_among_equals)
    runs = best_first(runs, lambda run: run.metrics)
    if not runs:
        return f"{results}: no scored clusterings yet, expected those of `make demo` or `make run`"
    scores = [name for name in SHOWN if any(name in run.metrics for run in runs)]
    experiments, outdated = _experiments(Path(results), lineage)
    rows = [["variant", "dataset", "experiment", *scores]]
    rows += [
        [
            *(
                run.name,
                run.params["dataset"],
                ", ".join(experiments.get(_subject(run.params), [])),
            ),
            *(_score(run.metrics, name) for name in scores),
        ]
        for run in runs
    ]
    notes = ["differs from the one above in", *_differences(runs)]
    lines = [
        f"{line}  {note}".rstrip()
        for line, note in zip(aligned(rows, n_left=3), notes, strict=True)
    ]
    if outdated:
        lines += [
            "",
            *(f"{name}: of other results than are there, run it again" for name in outdated),
        ]
    if several := side_by_side(variant_records(lineage)):
        lines += ["", "Not all of these were made by the same (number of results in brackets):"]
        lines += [f"  {text}" for text in several]
    return "\n".join(lines)


def _experiments(
    results: Path, lineage: Lineage
) -> tuple[dict[tuple[str | None, ...], list[str]], list[Path]]:
    """Return the names of the experiments that have a variant in their tables, by its subject.

    Tables that were made of other records than are there are named beside them.
    """
    found: dict[tuple[str | None, ...], list[str]] = {}
    outdated = []
    for path in sorted(results.glob("*/scores.csv")):
        try:
            stands = lineage.has(read_record(path.with_suffix(".json")).inputs.values())
        except RecordError:
            stands = False
        if not stands:
            outdated.append(path)
            continue
        for row in read_scores(path):
            found.setdefault(_subject(row), []).append(path.parent.name)
    return found, outdated


def _subject(values: Mapping[str, str]) -> tuple[str | None, ...]:
    clusterer = None if is_of_kmeans(values) else values["clusterer"]
    return (*(values.get(name) for name in SUBJECT), clusterer)


def _among_equals(run: WantedRun) -> tuple[float, str]:
    return -run.metrics.get("silhouette", -math.inf), run.name


def _score(metrics: Mapping[str, float], name: str) -> str:
    return f"{metrics[name]:.4f}" if name in metrics else ""


def _differences(runs: list[WantedRun]) -> list[str]:
    """Return in what each run differs from the one above, as far as both have the parameter."""
    texts = [""]
    for above, run in pairwise(runs):
        names = [name for name in run.params if name in above.params and name not in _NAMED]
        texts.append(
            ", ".join(
                f"{name} {above.params[name]} -> {run.params[name]}"
                for name in names
                if above.params[name] != run.params[name]
                and not run.params[name].startswith(_INTERNAL)
            )
        )
    return texts
