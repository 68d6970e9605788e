"""What all restarts of a fit came to, and which of them is the best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._distances import inertia
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

# Sums of squares less what the clusters explain are an inertia, to a millionth if it is no small
# difference of large numbers and the rounding of many rows averages out.
MIN_UNEXPLAINED = 1 / 8
MIN_AVERAGED_ROWS = 1000


class Run(NamedTuple):
    """What the best restart came to; the centroids are float64."""

    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    n_iter: int


class Outcome(NamedTuple):
    """What all restarts came to, in memory that the workers share.

    Attributes
    ----------
    labels : ndarray of shape (n_restarts, n_samples), intp
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    explained : ndarray of shape (n_restarts,), float64
        Sums of squares less inertias.
    n_iter : ndarray of shape (n_restarts,), intp
    is_mean : ndarray of shape (n_restarts,), bool
        Whether the centroids are as exact as they need be. Those of a restart at rest may be off
        from the means of its labels by the rounding of a chain of differences.
    """

    labels: np.ndarray
    centers: np.ndarray
    explained: np.ndarray
    n_iter: np.ndarray
    is_mean: np.ndarray


def best_run(team: Team, rows: Rows, outcome: Outcome, scatter: float) -> Run:
    """Return the restart of lowest inertia; of the same clustering under other names the first."""
    best, lowest = 0, None
    # Rounding of large sums could hide a difference of small inertias.
    slack = 1e-9 * scatter
    for restart in np.flatnonzero(outcome.explained >= outcome.explained.max() - slack):
        if lowest is not None and _is_same_partition(outcome, restart, best):
            continue
        centers = outcome.centers[restart].copy()
        if not outcome.is_mean[restart] and not _has_fine_sums(rows):
            centers = _means(team, rows, outcome.labels[restart], centers)
        found = scatter - float(outcome.explained[restart])
        if found < MIN_UNEXPLAINED * scatter or rows.n_samples < MIN_AVERAGED_ROWS:
            share = team.share(rows.n_samples)
            own = inertia(rows, share, centers, outcome.labels[restart])
            found = float(team.add(np.array([own]))[0])
        if lowest is None or found < lowest.inertia:
            best = restart
            lowest = Run(outcome.labels[best], centers, found, int(outcome.n_iter[best]))
    return lowest


def _has_fine_sums(rows: Rows) -> bool:
    """Tell whether sums of differences are off by less than centroids in float32 are."""
    if rows.fast_dtype != np.float32:
        return False
    # Each point joins and leaves a few times; each time rounds the sum that it joins or leaves.
    lost = 8 * rows.n_samples * np.finfo(np.float64).eps * np.sqrt(rows.reach_sq.max())
    typical = np.sqrt(rows.scatter / rows.weight.sum())
    return bool(lost <= np.finfo(np.float32).eps * typical)


def _means(team: Team, rows: Rows, labels: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return the means of labels without the rounding of a chain of differences.

    Empty clusters stay at `centers`.
    """
    from aecluster.clustering._compiled import join

    sums, mass = np.zeros(centers.shape), np.zeros(len(centers))
    for part, block in rows.blocks(team.share(rows.n_samples)):
        join(block, rows.weight[part], labels[part], sums, mass)
    sums, mass = team.add(sums), team.add(mass)
    is_filled = mass > 0
    centers[is_filled] = sums[is_filled] / mass[is_filled, None]
    return centers


def _is_same_partition(outcome: Outcome, one: int, other: int) -> bool:
    a, b = outcome.labels[one], outcome.labels[other]
    n_clusters = outcome.centers.shape[1]
    pairs = np.count_nonzero(np.bincount(a * n_clusters + b, minlength=n_clusters**2))
    return pairs == np.count_nonzero(np.bincount(a)) == np.count_nonzero(np.bincount(b))
