"""The comparison in short, for a README: one table as Markdown, and one picture."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from aecluster.comparison.competitors import CHOSEN, is_of_kmeans, partition_notes
from aecluster.comparison.costs import Cost, costs_of
from aecluster.comparison.curves import panels_of
from aecluster.comparison.order import SHOWN_OF_REPRESENTATIONS, best_first
from aecluster.comparison.scores import read_scores
from aecluster.comparison.statistics import (
    Estimate,
    Row,
    Summary,
    best_of,
    score_named,
    summarize,
    variants_of,
)
from aecluster.comparison.tables import read_summary
from aecluster.comparison.text import decimals_for, in_text, table_of
from aecluster.errors import AeclusterError
from aecluster.figures.scores import draw_scores


def summarize_in_markdown(
    folder: str | os.PathLike[str], picture: str | os.PathLike[str] | None = None
) -> str:
    """Return a table of an experiment's scores that compare; draw them against k if asked.

    Parameters
    ----------
    folder : path-like
        `results/<experiment>`, with `summary.csv` and `controls.csv`; the records of the steps lie
        in the folders beside it.
    picture : path-like, optional
        The PNG file to make.

    Returns
    -------
    str
        One table per data set. It has one row per representation and clusterer, by falling score,
        and one of random labels: mean and half the width of the 95 % interval over seeds. In a
        column, bold is what is better than every other one by the interval of their difference.
        Then what a clustering costs: seconds, mean over seeds, and weights.

    Raises
    ------
    AeclusterError
        If there are no such results.
    """
    folder = Path(folder)
    try:
        summaries = read_summary(folder / "summary.csv")
        rows = read_scores(folder / "scores.csv")
        controls = [
            row for row in read_scores(folder / "controls.csv") if row["control"] == "random"
        ]
    except OSError as error:
        raise AeclusterError(
            f"{error.filename}: {error.strerror}, expected a finished run"
        ) from None
    shown = [found for found in summaries if found.score in SHOWN_OF_REPRESENTATIONS]
    k = summaries[0].k  # the first of the experiment
    if not any(found.k == k for found in shown):
        raise AeclusterError(f"{folder}: no scores that compare for k = {k}")
    if picture is not None:
        draw_scores(picture, panels_of(shown), max(found.estimate.n_seeds for found in shown))
    costs = costs_of(folder.parent)
    random = summarize([row for row in controls if int(row["k"]) == k and is_of_kmeans(row)])
    datasets = list(dict.fromkeys(found.dataset for found in shown))
    tables = []
    for dataset in datasets:
        members, labels = (
            [found for found in summary if found.dataset == dataset and found.k in (k, CHOSEN)]
            for summary in (shown, random)
        )
        lines = [f"**{dataset}**", ""] if len(datasets) > 1 else []
        split = members[0].split
        variants = [row for of in (k, CHOSEN) for row in variants_of(rows, dataset, split, of)]
        lines += _table(members, variants, _mean_of(labels), costs)
        notes = [f"- {note}." for note in partition_notes(variants)]
        tables.append("\n".join([*lines, *(["", *notes] if notes else [])]))
    return "\n\n".join(tables)


def _table(
    members: Sequence[Summary],
    variants: Sequence[Row],
    random: Mapping[str, float],
    costs: Mapping[tuple[str, str, int], Cost],
) -> list[str]:
    table = table_of(members)
    scores = [name for name in SHOWN_OF_REPRESENTATIONS if name in table]
    names = best_first(
        dict.fromkeys(found.representation for found in members),
        lambda name: {score: table[score][name].mean for score in scores if name in table[score]},
    )
    labels = [
        f"{score_named(name).label} {'↑' if score_named(name).greater_is_better else '↓'}"
        for name in scores
    ]
    labels += ["seconds", "weights"]
    n_seeds = members[0].estimate.n_seeds
    lines = [
        f"| k = {members[0].k}, {n_seeds} seed{'s' * (n_seeds > 1)} | {' | '.join(labels)} |",
        f"| --- |{' ---: |' * len(labels)}",
    ]
    for name in names:
        cells = [_cell(table[score], name, best_of(variants, score)) for score in scores]
        of_k = next(found.k for found in members if found.representation == name)
        cost = costs.get((members[0].dataset, name, of_k))
        cells += ["", ""] if cost is None else [_seconds(cost.wall_s), f"{cost.n_params:,}"]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    if random:
        cells = [f"{random[score]:.4f}" if score in random else "" for score in scores]
        lines.append(f"| random labels | {' | '.join([*cells, '', ''])} |")
    return lines


def _cell(estimates: Mapping[str, Estimate], name: str, best: str | None) -> str:
    if name not in estimates:
        return ""
    text = in_text(estimates[name], decimals_for(estimates.values()))
    return f"**{text}**" if name == best else text


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 10 else f"{seconds:.1f}"


def _mean_of(summaries: Sequence[Summary]) -> dict[str, float]:
    """Return what random labels score against the classes, over all representations.

    In the space of the pixels, random labels are those of the pixels' own clusterings.
    """
    means: dict[str, list[float]] = {}
    for found in summaries:
        if score_named(found.score).is_comparable:
            means.setdefault(found.score, []).append(found.estimate.mean)
        elif found.representation == "pixels":
            means.setdefault(f"{found.score}_in_pixels", []).append(found.estimate.mean)
    return {name: sum(values) / len(values) for name, values in means.items()}
