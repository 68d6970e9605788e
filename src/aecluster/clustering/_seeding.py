"""Where the centroids start: greedy k-means++ and random rows, for all restarts in one go.

Rows are drawn in an order that depends on their content alone. So the clusters do not depend on
the order in which samples are given, and a weight of 2 is the same as giving a sample twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from aecluster.clustering._distances import squared_distances
from aecluster.clustering._projection import Projection
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

# A block of rows is multiplied in half of the time that it takes to gather it first.
MAX_PRUNED = 0.6


class _Blank(ISeedSequence):
    """A state that is seeded later."""

    def generate_state(self, n_words: int, dtype: type = np.uint32) -> np.ndarray:
        return np.zeros(n_words, dtype)


def seeded(seed: int) -> np.random.RandomState:
    """Return ``RandomState(seed)``, without the 70 us for a first state that the seed replaces."""
    random = np.random.RandomState(np.random.MT19937(_Blank()))
    random.seed(seed)
    return random


def random_rows(
    order: np.ndarray,
    weight: np.ndarray,
    n_clusters: int,
    n_restarts: int,
    random: np.random.RandomState,
) -> np.ndarray:
    """Draw `n_clusters` different rows for each restart, with probability as their weight.

    Parameters
    ----------
    order : ndarray of shape (n_samples,), intp
        Of the rows; see `Rows.order`.
    weight : ndarray of shape (n_samples,), float64
    n_clusters, n_restarts : int
    random : RandomState

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters), intp
    """
    share = weight[order] / weight.sum()
    draws = [
        random.choice(order, size=n_clusters, replace=False, p=share) for _ in range(n_restarts)
    ]
    return np.stack(draws)


def draw(
    order: np.ndarray,
    weight: np.ndarray,
    n_clusters: int,
    n_restarts: int,
    random: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw what k-means++ needs: parameters as in `random_rows`.

    Returns
    -------
    chosen : ndarray of shape (n_restarts, n_clusters), intp
        The first row of each restart, and room for the others.
    uniform : ndarray of shape (n_restarts, n_clusters - 1, n_trials)
        For `drawn_by`: ``2 + log(k)`` candidates for each of the others.
    """
    n_trials = 2 + int(np.log(n_clusters))
    chosen = np.empty((n_restarts, n_clusters), np.intp)
    uniform = np.empty((n_restarts, n_clusters - 1, n_trials))
    cumulated = np.cumsum(weight[order])
    for restart in range(n_restarts):
        drawn = random.uniform() * cumulated[-1]
        chosen[restart, 0] = order[cumulated.searchsorted(drawn, side="right")]
        uniform[restart] = random.uniform(size=uniform.shape[1:])
    return chosen, uniform


def drawn_by(
    uniform: np.ndarray, order: np.ndarray, closest: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Return the rows that numbers from [0, 1) stand for, where squared distances are shares."""
    cumulated = np.cumsum((closest * weight).take(order), dtype=np.float64)
    return order[np.searchsorted(cumulated, uniform * cumulated[-1])]


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
    closest[:, share] = np.inf
    for update in _closer(rows, share, None, chosen[:, :1], closest):
        closest[:, update.part] = update.closer[:, 0]
    for cluster in range(1, n_clusters):
        team.wait()
        candidates = np.zeros((n_restarts, uniform.shape[2]))
        for restart in restarts[team.rank :: team.size]:
            candidates[restart] = drawn_by(
                uniform[restart, cluster - 1], order, closest[restart], rows.weight
            )
        candidates = team.add(candidates).astype(np.intp)
        left = np.zeros(candidates.shape)
        updates = []
        for update in _closer(rows, share, projection, candidates, closest):
            updates.append(update)
            # In float64: the same to the last digits however rows are shared out.
            left += update.closer @ rows.weight[update.part]
        best = team.add(left).argmin(axis=1)
        chosen[:, cluster] = candidates[restarts, best]
        for update in updates:
            closest[:, update.part] = update.closer[restarts, best]
    return chosen


class _Update(NamedTuple):
    """Squared distances to the closest seed if candidates were seeds.

    Attributes
    ----------
    part : slice or ndarray of int
        Of which rows.
    closer : ndarray of shape (n_restarts, n_trials, n), fast dtype
    """

    part: slice | np.ndarray
    closer: np.ndarray


def _closer(
    rows: Rows,
    share: slice,
    projection: Projection | None,
    candidates: np.ndarray,
    closest: np.ndarray,
) -> Iterator[_Update]:
    """Yield, block by block, what candidates change.

    Parameters
    ----------
    rows : Rows
    share : slice
        The rows to look at.
    projection : Projection or None
    candidates : ndarray of shape (n_restarts, n_trials), intp
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Squared distances to the closest seed so far.
    """
    targets = rows.take(candidates.ravel())
    # Candidates of many restarts are near to most points, which one product takes up together.
    if projection is not None and len(candidates) == 1:
        near = (targets - rows.origin).astype(rows.fast_dtype)
        least = projection.at_least(share, near, rows.norms_sq)
        open_ = share.start + np.flatnonzero((least < closest[:, share]).any(axis=0))
        is_pruned = len(open_) < MAX_PRUNED * (share.stop - share.start)
    else:
        is_pruned = False
    size = rows.block_rows(columns=candidates.size)
    whole = len(open_) if is_pruned else share.stop
    for start in range(0 if is_pruned else share.start, whole, size):
        part = slice(start, min(start + size, whole))
        if is_pruned:
            part = open_[part]
            points = rows.factors_at(part)
        else:
            points = rows.factors(rows.read(part))
        distance = squared_distances(rows, part, points, targets)
        distance = distance.reshape(*candidates.shape, -1)
        yield _Update(part, np.minimum(distance, closest[:, None, part]))
