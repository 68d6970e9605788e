"""Every representation and clusterer of several experiments in one table, beside published rows."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aecluster.comparison.competitors import CHOSEN
from aecluster.comparison.costs import Cost, costs_of
from aecluster.comparison.order import AGAINST_CLASSES, best_first
from aecluster.comparison.published import Published, published_of
from aecluster.comparison.statistics import Estimate, Summary, score_named
from aecluster.comparison.tables import read_summary
from aecluster.comparison.text import decimals_for, in_text
from aecluster.errors import AeclusterError, RecordError
from aecluster.records.record import read_record

# Of images without classes, what else compares.
_WITHOUT_CLASSES = ("silhouette_in_pixels", "stability")


@dataclass(frozen=True)
class _Entry:
    """A row: what it is of, its scores by name, and what it costs; or what somebody reports."""

    name: str
    k: int
    scores: Mapping[str, Estimate]
    cost: Cost | None = None
    published: Published | None = None


def leaderboard(results: str | os.PathLike[str], experiments: Sequence[str] = ()) -> str:
    """Return a table in Markdown per data set and split, best first.

    Parameters
    ----------
    results : path-like
        Folder of the results.
    experiments : sequence of str, optional
        Names of experiments; by default all that have a summary.

    Returns
    -------
    str
        One row per representation and clusterer: scores against the classes as means over seeds
        with half the width of their 95 % interval, minutes of a clustering with all that led to it
        on so many cores, and the most memory that one of its steps took. Where another experiment
        has the same with more seeds, that counts. Of several k it is the number of classes if
        that is among them, else the first. Rows in italics are published, with their sources below.

    Raises
    ------
    AeclusterError
        If there are no results.
    """
    results = Path(results)
    summaries = [found for path in _folders(results, experiments) for found in _read(path)]
    if not summaries:
        raise AeclusterError(
            f"{results}: no summaries, expected those of `make demo` or `make run`"
        )
    costs = costs_of(results)
    places = dict.fromkeys((found.dataset, found.split) for found in summaries)
    return "\n\n".join(
        _table(
            results,
            *place,
            [found for found in summaries if (found.dataset, found.split) == place],
            costs,
        )
        for place in places
    )


def _folders(results: Path, experiments: Sequence[str]) -> list[Path]:
    if experiments:
        return [results / name for name in experiments]
    return sorted(path.parent for path in results.glob("*/summary.csv"))


def _read(folder: Path) -> list[Summary]:
    try:
        return read_summary(folder / "summary.csv")
    except OSError as error:
        raise AeclusterError(
            f"{error.filename}: {error.strerror}, expected a finished run"
        ) from None


def _table(
    results: Path,
    dataset: str,
    split: str,
    summaries: Sequence[Summary],
    costs: Mapping[tuple[str, str, int], Cost],
) -> str:
    classes, n = _images(results, dataset, split)
    ks = [found.k for found in summaries if found.k != CHOSEN] or [CHOSEN]
    k = len(classes) if len(classes) in ks else ks[0]
    entries = _entries([found for found in summaries if found.k in (k, CHOSEN)], costs)
    if k == len(classes):
        entries += [_as_entry(found, k) for found in published_of(classes)]
    scores = [
        name
        for name in (*AGAINST_CLASSES, *_WITHOUT_CLASSES)
        if any(name in entry.scores for entry in entries)
    ]
    if any(name in AGAINST_CLASSES for name in scores):
        scores = [name for name in scores if name in AGAINST_CLASSES]
    entries = best_first(
        entries, lambda entry: {name: of.mean for name, of in entry.scores.items()}
    )
    sources = list(dict.fromkeys(entry.published.source for entry in entries if entry.published))
    labels = [
        f"{score_named(name).label} {'↑' if score_named(name).greater_is_better else '↓'}"
        for name in scores
    ]
    head = [f"{dataset}, {n}k = {k}", *labels, "seeds", "minutes", "cores", "MB"]
    head += ["source"] if sources else []
    decimals = {
        name: decimals_for(entry.scores[name] for entry in entries if name in entry.scores)
        for name in scores
    }
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [_cells(entry, scores, decimals, sources) for entry in entries]
    notes = [f"[{place}] {source}." for place, source in enumerate(sources, start=1)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return "\n\n".join([table, *notes])


def _entries(
    summaries: Iterable[Summary], costs: Mapping[tuple[str, str, int], Cost]
) -> list[_Entry]:
    found: dict[tuple[str, str, int], dict[str, Estimate]] = {}
    for summary in summaries:
        scores = found.setdefault((summary.dataset, summary.representation, summary.k), {})
        known = scores.get(summary.score)
        if known is None or summary.estimate.n_seeds > known.n_seeds:
            scores[summary.score] = summary.estimate
    return [
        _Entry(name, k, scores, costs.get((dataset, name, k)))
        for (dataset, name, k), scores in found.items()
    ]


def _as_entry(found: Published, k: int) -> _Entry:
    values = {"nmi": found.nmi, "accuracy": found.accuracy, "ari": found.ari}
    return _Entry(
        found.method, k, {name: Estimate(1, value) for name, value in values.items()},
        published=found,
    )  # fmt: skip


def _cells(
    entry: _Entry, scores: Sequence[str], decimals: Mapping[str, int], sources: Sequence[str]
) -> list[str]:
    if entry.published:
        values = [f"*{entry.scores[name].mean:.3f}*" if name in entry.scores else ""
                  for name in scores]  # fmt: skip
        place = sources.index(entry.published.source) + 1
        return [f"*{entry.name}*", *values, "", "", "", "", f"[{place}], {entry.published.how}"]
    name = f"`{entry.name}`" + (", k chosen" if entry.k == CHOSEN else "")
    values = [
        in_text(entry.scores[score], decimals[score]) if score in entry.scores else ""
        for score in scores
    ]
    n_seeds = max(of.n_seeds for of in entry.scores.values())
    cost = entry.cost
    costs = ["", "", ""]
    if cost is not None:
        costs = [f"{cost.wall_s / 60:,.1f}", str(cost.threads), f"{cost.peak_mem_mb:,.0f}"]
    return [name, *values, str(n_seeds), *costs, *([""] if sources else [])]


def _images(results: Path, dataset: str, split: str) -> tuple[list[str], str]:
    """Return the classes of a data set, and the number of clustered images in words."""
    try:
        details = read_record(results / dataset / "pixels" / "store.json").details
    except RecordError:
        return [], ""
    counts = details.get("n") or {}
    n = sum(counts.values()) if split == "all" else counts.get(split)
    return list(details.get("class_names") or ()), "" if n is None else f"{n:,} images, "
