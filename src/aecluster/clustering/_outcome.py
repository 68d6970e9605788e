"""What all restarts of a fit came to, and which of them is the best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._distances import inertia
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

# Sums of squares less what the clusters explain are an inertia, if it is no small difference of
# large numbers. The squares of few rows themselves cost nothing.
MIN_UNEXPLAINED = 1 / 8
MIN_ROWS = 1000
MAX_LOST = 1e-10


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


def best_run(team: Team, rows: Rows, outcome: Outcome, scatter: float) -> tuple[int, Run]:
    """Return the restart of lowest inertia; of the same clustering under other names the first."""
    best, lowest = 0, None
    # Rounding of large sums could hide a difference of small inertias.
    slack = 1e-9 * scatter
    for restart in np.flatnonzero(outcome.explained >= outcome.explained.max() - slack):
        if lowest is not None and _is_same_partition(outcome, restart, best):
            continue
        labels, centers = outcome.labels[restart], outcome.centers[restart].copy()
        if not outcome.is_mean[restart] and not _has_fine_sums(rows):
            centers = refined(rows, centers, *cluster_sums(team, rows, labels, len(centers)))
        found = scatter - float(outcome.explained[restart])
        if not is_told(rows, found, scatter):
            found = whole_inertia(team, rows, centers, labels)
        if lowest is None or found < lowest.inertia:
            best, lowest = restart, Run(labels, centers, found, int(outcome.n_iter[restart]))
    return int(best), lowest


def refined(rows: Rows, centers: np.ndarray, sums: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Return centroids without the rounding of a chain of differences.

    Where clusters are empty, others may stand for copies of one point, which they equal exactly and
    a mean may not: what rounding alone would change stays.

    Parameters
    ----------
    rows : Rows
    centers : ndarray of shape (..., n_clusters, n_features), float64
        To which the points were assigned.
    sums : ndarray of shape (..., n_clusters, n_features), float64
    mass : ndarray of shape (..., n_clusters), float64
    """
    is_filled = mass[..., None] > 0
    means = sums / np.where(is_filled, mass[..., None], 1)
    if is_filled.all():
        return means
    rounding = (rows.n_samples + 16) * np.finfo(np.float64).eps * np.abs(centers)
    return np.where(is_filled & (np.abs(means - centers) > rounding), means, centers)


def is_told(rows: Rows, inertia: float, scatter: float) -> bool:
    """Tell whether an inertia is good that is `scatter` less what the clusters explain."""
    weight = rows.weight.sum()
    spread = np.sqrt(scatter / weight)
    # Sums are those of rows as they are, which may be far from the origin.
    away = np.sqrt(np.square(rows.origin, dtype=np.float64).sum()) + spread
    lost = 64 * np.finfo(np.float64).eps * weight * spread * away
    is_large = inertia > max(MIN_UNEXPLAINED * scatter, lost / MAX_LOST)
    return rows.n_samples >= MIN_ROWS and bool(is_large)


def whole_inertia(team: Team, rows: Rows, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the inertia, to which each worker adds that of its share of the rows."""
    own = inertia(rows, team.share(rows.n_samples), centers, labels)
    return float(team.add(np.array([own]))[0])


def cluster_sums(
    team: Team, rows: Rows, labels: np.ndarray, n_clusters: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted sums and the masses of clusters, not by a chain of differences."""
    from aecluster.clustering._compiled import join

    sums, mass = np.zeros((n_clusters, rows.n_features)), np.zeros(n_clusters)
    for part, block in rows.blocks(team.share(rows.n_samples)):
        join(block, rows.weight[part], labels[part], sums, mass)
    return team.add(sums), team.add(mass)


def _has_fine_sums(rows: Rows) -> bool:
    """Tell whether sums of differences are off by less than centroids in float32 are."""
    if rows.fast_dtype != np.float32:
        return False
    # Each point joins and leaves a few times; each time rounds the sum that it joins or leaves.
    lost = 8 * rows.n_samples * np.finfo(np.float64).eps * np.sqrt(rows.reach_sq.max())
    typical = np.sqrt(rows.scatter / rows.weight.sum())
    return bool(lost <= np.finfo(np.float32).eps * typical)


def _is_same_partition(outcome: Outcome, one: int, other: int) -> bool:
    a, b = outcome.labels[one], outcome.labels[other]
    n_clusters = outcome.centers.shape[1]
    pairs = np.count_nonzero(np.bincount(a * n_clusters + b, minlength=n_clusters**2))
    return pairs == np.count_nonzero(np.bincount(a)) == np.count_nonzero(np.bincount(b))
