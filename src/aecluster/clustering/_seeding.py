"""Where the centroids start: greedy k-means++ and random rows, for all restarts in one go.

Rows are drawn in an order that depends on their content alone. So the clusters do not depend on
the order in which samples are given, and a weight of 2 is the same as giving a sample twice.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._distances import squared_distances
from aecluster.clustering._rows import Rows


def random_rows(
    rows: Rows, n_clusters: int, n_restarts: int, random: np.random.RandomState
) -> np.ndarray:
    """Draw `n_clusters` different rows for each restart, with probability as their weight.

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters), intp
    """
    order = rows.order()
    share = rows.weight[order] / rows.weight.sum()
    draws = [
        random.choice(order, size=n_clusters, replace=False, p=share) for _ in range(n_restarts)
    ]
    return np.stack(draws)


def plus_plus(
    rows: Rows, n_clusters: int, n_restarts: int, random: np.random.RandomState
) -> np.ndarray:
    """Draw rows for each restart by k-means++, each the best of ``2 + log(n_clusters)`` candidates.

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters), intp

    References
    ----------
    Arthur and Vassilvitskii, k-means++: The advantages of careful seeding, SODA 2007.
    """
    n_trials = 2 + int(np.log(n_clusters))
    order = rows.order()
    share = rows.weight[order] / rows.weight.sum()
    chosen = np.empty((n_restarts, n_clusters), np.intp)
    uniform = np.empty((n_restarts, n_clusters - 1, n_trials))
    for restart in range(n_restarts):
        chosen[restart, 0] = random.choice(order, p=share)
        uniform[restart] = random.uniform(size=uniform.shape[1:])

    restarts = np.arange(n_restarts)
    unlimited = np.full((n_restarts, rows.n_samples), np.inf, rows.fast_dtype)
    closest, potential = _closest(rows, chosen[:, :1], unlimited)
    closest, potential = closest[:, 0], potential[:, 0]
    for cluster in range(1, n_clusters):
        drawn = uniform[:, cluster - 1] * potential[:, None]
        cumulated = np.cumsum((closest * rows.weight)[:, order], axis=1)
        positions = [np.searchsorted(c, d) for c, d in zip(cumulated, drawn, strict=True)]
        # The sum of all may exceed the last cumulated sum by rounding.
        candidates = order[np.minimum(positions, rows.n_samples - 1)]
        closer, potentials = _closest(rows, candidates, closest)
        best = potentials.argmin(axis=1)
        chosen[:, cluster] = candidates[restarts, best]
        closest, potential = closer[restarts, best], potentials[restarts, best]
    return chosen


def _closest(
    rows: Rows, candidates: np.ndarray, closest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each candidate what the distances to the closest seed, and their sum, would be.

    Parameters
    ----------
    candidates : ndarray of shape (n_restarts, n_trials), intp
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Squared distances to the closest seed so far.

    Returns
    -------
    closer : ndarray of shape (n_restarts, n_trials, n_samples), fast dtype
    potential : ndarray of shape (n_restarts, n_trials), float64
    """
    closer = np.empty((*candidates.shape, rows.n_samples), rows.fast_dtype)
    potential = np.zeros(candidates.shape)
    for part, points in rows.fast_blocks(columns=candidates.size):
        distance = squared_distances(rows, part, points, candidates.ravel())
        block = closer[:, :, part]
        np.minimum(distance.reshape(block.shape), closest[:, None, part], out=block)
        potential += block @ rows.weight[part]
    return closer, potential
