"""From the table of scores over seeds to the picture of scores against k."""

import os

from aecluster.comparison.competitors import CHOSEN
from aecluster.comparison.statistics import Summary, score_named
from aecluster.comparison.tables import read_summary
from aecluster.figures.scores import Panel, draw_scores


def draw_score_curves(path: str | os.PathLike[str], summary: str | os.PathLike[str]) -> None:
    """Draw every score against k, with its interval over seeds.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    summary : path-like
        The CSV file that `aecluster.comparison.tables.compare` wrote.
    """
    summaries = read_summary(summary)
    n_seeds = max(found.estimate.n_seeds for found in summaries)
    draw_scores(path, panels_of(summaries), n_seeds)


def panels_of(summaries: list[Summary]) -> list[Panel]:
    """Return what `draw_scores` draws: one panel per data set and score."""
    datasets = list(dict.fromkeys(found.dataset for found in summaries))
    panels = []
    for dataset in datasets:
        lines: dict[str, dict[str, list[tuple[int, float, float | None]]]] = {}
        for found in summaries:
            is_of_k = score_named(found.score).is_of_clusters and found.k != CHOSEN
            if found.dataset == dataset and is_of_k:
                line = lines.setdefault(found.score, {}).setdefault(found.representation, [])
                line.append((found.k, found.estimate.mean, found.estimate.half_width))
        subject = f"{dataset}: " if len(datasets) > 1 else ""
        scores = [score_named(name) for name in lines]
        for score in sorted(scores, key=lambda score: (not score.is_comparable, score.space or "")):
            title = f"{subject}{score.label} {'↑' if score.greater_is_better else '↓'}"
            panels.append(Panel(title, score.is_comparable, lines[score.name]))
    return panels
