"""Greedy k-means++ on large data, for all restarts in one go."""

from __future__ import annotations

import numpy as np

from aecluster.clustering._compiled import RowsNear, Targets, closer
from aecluster.clustering._distances import multiply
from aecluster.clustering._projection import BOUND_ELEMENTS, Projection
from aecluster.clustering._rounding import rounding
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import draw, drawn_by
from aecluster.clustering._workers import Team


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
    order = rows.order()
    chosen, uniform = draw(order, rows.weight, n_clusters, n_restarts, random)
    share = team.share(rows.n_samples)
    restarts = np.arange(n_restarts)
    n_trials = uniform.shape[2]
    found = np.empty((n_restarts * n_trials, share.stop - share.start), closest.dtype)
    closest[:, share] = np.inf
    _look(rows, share, None, chosen[:, 0], closest, found[:n_restarts])
    closest[:, share] = found[:n_restarts]
    for cluster in range(1, n_clusters):
        team.wait()
        candidates = np.zeros((n_restarts, n_trials))
        for restart in restarts[team.rank :: team.size]:
            candidates[restart] = drawn_by(
                uniform[restart, cluster - 1], order, closest[restart], rows.weight
            )
        candidates = team.add(candidates).astype(np.intp)
        gains = _look(rows, share, projection, candidates.ravel(), closest, found)
        best = team.add(gains).reshape(candidates.shape).argmax(axis=1)
        chosen[:, cluster] = candidates[restarts, best]
        closest[:, share] = found[restarts * n_trials + best]
    return chosen


def _look(
    rows: Rows,
    share: slice,
    projection: Projection | None,
    candidates: np.ndarray,
    closest: np.ndarray,
    found: np.ndarray,
) -> np.ndarray:
    """Compute the squared distances to the closest seed if candidates were seeds.

    Parameters
    ----------
    rows : Rows
    share : slice
        The rows to look at.
    projection : Projection or None
    candidates : ndarray of shape (n_candidates,), intp
        As many for each restart, one restart after the other.
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Squared distances to the closest seed so far.
    found : ndarray of shape (n_candidates, n), fast dtype
        Takes the result for the rows of the share.

    Returns
    -------
    ndarray of shape (n_candidates,), float64
        By how much the weighted sums of the result are less than those of `closest`.
    """
    exact = rows.take(candidates)
    near = exact - rows.origin
    norms_sq = np.einsum("ij,ij->i", near, near)
    constants = norms_sq if rows.is_centred else norms_sq + 2 * (near @ rows.origin)
    dtype = rows.fast_dtype
    relative = dtype.type(100 * rounding(rows.n_features, dtype))
    targets = Targets(
        exact,
        (-2 * near).astype(dtype),
        constants.astype(dtype),
        (relative * norms_sq).astype(dtype),
        relative,
    )
    of_rows = RowsNear(rows.subtracted, rows.weight, rows.norms_sq, rows.reach_sq)
    if projection is not None:
        factors = projection.factors_of_least(near.astype(dtype))
        share_of_norms = 1 - projection.slack
    gains = np.zeros(len(candidates))
    # Bounds leave most rows unread, which then need not stay in the cache.
    is_read = projection is None
    n_columns = len(candidates)
    step = rows.block_rows(n_columns) if is_read else max(1, BOUND_ELEMENTS // n_columns)
    for start in range(share.start, share.stop, step):
        part = slice(start, min(start + step, share.stop))
        block = rows.read(part)
        values = np.empty((len(candidates), len(block)), dtype)
        if is_read:
            multiply(targets.factors, rows.factors(block), values)
        else:
            multiply(factors, projection.points[part], values)
            values += rows.norms_sq[part] * share_of_norms
        closer(
            block, start, start - share.start, of_rows, targets,
            values, not is_read, closest, found, gains,
        )  # fmt: skip
    return gains
