"""Where the centroids start: greedy k-means++ and random rows, for all restarts in one go.

Rows are drawn in an order that depends on their content alone. So the clusters do not depend on
the order in which samples are given, and a weight of 2 is the same as giving a sample twice.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._distances import squared_distances
from aecluster.clustering._projection import Projection
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team


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
    team: Team,
    rows: Rows,
    n_clusters: int,
    random: np.random.RandomState,
    closest: np.ndarray,
    projection: Projection | None,
) -> np.ndarray:
    """Draw rows for each restart by k-means++, each the best of ``2 + log(k)`` candidates.

    Parameters
    ----------
    team : Team
    rows : Rows
        Surveyed.
    n_clusters : int
    random : RandomState
        In the same state in all workers.
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Memory that the workers share.
    projection : Projection or None

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters), intp

    References
    ----------
    Arthur and Vassilvitskii, k-means++: The advantages of careful seeding, SODA 2007.
    """
    n_restarts = len(closest)
    n_trials = 2 + int(np.log(n_clusters))
    order = rows.order()
    weight = rows.weight[order]
    chosen = np.empty((n_restarts, n_clusters), np.intp)
    uniform = np.empty((n_restarts, n_clusters - 1, n_trials))
    for restart in range(n_restarts):
        chosen[restart, 0] = random.choice(order, p=weight / weight.sum())
        uniform[restart] = random.uniform(size=uniform.shape[1:])

    share = team.share(rows.n_samples)
    restarts = np.arange(n_restarts)
    closest[:, share] = np.inf
    closer, potential = _closest(team, rows, projection, chosen[:, :1], closest)
    closest[:, share], potential = closer[:, 0], potential[:, 0]
    for cluster in range(1, n_clusters):
        team.wait()
        candidates = np.zeros((n_restarts, n_trials))
        for restart in restarts[team.rank :: team.size]:
            cumulated = np.cumsum(closest[restart].take(order) * weight)
            drawn = uniform[restart, cluster - 1] * potential[restart]
            # The sum of all may exceed the last cumulated sum by rounding.
            position = np.minimum(np.searchsorted(cumulated, drawn), rows.n_samples - 1)
            candidates[restart] = order[position]
        candidates = team.add(candidates).astype(np.intp)
        closer, potentials = _closest(team, rows, projection, candidates, closest)
        best = potentials.argmin(axis=1)
        chosen[:, cluster] = candidates[restarts, best]
        closest[:, share], potential = closer[restarts, best], potentials[restarts, best]
    return chosen


def _closest(
    team: Team,
    rows: Rows,
    projection: Projection | None,
    candidates: np.ndarray,
    closest: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each candidate what the distances to the closest seed, and their sum, would be.

    Parameters
    ----------
    team : Team
    rows : Rows
    projection : Projection or None
    candidates : ndarray of shape (n_restarts, n_trials), intp
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Squared distances to the closest seed so far.

    Returns
    -------
    closer : ndarray of shape (n_restarts, n_trials, n), fast dtype
        For the worker's share of the samples.
    potential : ndarray of shape (n_restarts, n_trials), float64
        For all samples.
    """
    share = team.share(rows.n_samples)
    closer = np.empty((*candidates.shape, share.stop - share.start), rows.fast_dtype)
    potential = np.zeros(candidates.shape)
    targets = rows.take(candidates.ravel())
    # Candidates of many restarts are near to most points, which one product takes up together.
    is_pruned = projection is not None and len(candidates) == 1
    fill = _fill_pruned if is_pruned else _fill
    for part in rows.parts(share, columns=candidates.size):
        block = closer[:, :, part.start - share.start : part.stop - share.start]
        fill(rows, part, targets, closest[:, part], block, projection)
        potential += block @ rows.weight[part]
    return closer, team.add(potential)


def _fill(rows, part, targets, closest, closer, projection) -> None:
    distance = squared_distances(rows, part, rows.near(part), targets)
    np.minimum(distance.reshape(closer.shape), closest[:, None], out=closer)


def _fill_pruned(rows, part, targets, closest, closer, projection) -> None:
    """Compute distances only of points that may be closer to a target than to a seed."""
    near = (targets - rows.origin).astype(rows.fast_dtype)
    open_ = np.flatnonzero((projection.at_least(part, near, rows.norms_sq) < closest).any(axis=0))
    closer[:] = closest
    indices = part.start + open_
    distance = squared_distances(rows, indices, rows.fast(indices), targets)
    closer[0, :, open_] = np.minimum(distance, closest[:, open_]).T
