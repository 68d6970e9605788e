"""Assign points to centroids, of which those that are near each other are looked at together.

For every point stand how far its own centroid is at most, and how far the others of each group are
at least. A centroid that moves comes no nearer than it moves, so both hold on when the longest way
of each group is taken into account (Yinyang). Groups that may hold a nearer centroid are computed
from all features, for four points at a time, and what rounding could decide in float64.

References
----------
Ding et al., Yinyang k-means: a drop-in replacement of the classic k-means with consistent speedup,
International Conference on Machine Learning 2015.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._bounds import Changes, centroids_of, points_of
from aecluster.clustering._compiled import (
    GROUP,
    TILE_FEATURES,
    Groups,
    Known,
    assign_by_groups,
)
from aecluster.clustering._distances import Codebook, product_limit
from aecluster.clustering._rows import Rows

POWER_ITERATIONS = 3


class Grouping:
    """Labels of all restarts for one share of the rows, where there are few features.

    Parameters
    ----------
    rows : Rows
        In memory, of at most `MAX_TERMS` features.
    share : slice
        The rows to assign.
    labels : ndarray of shape (n_restarts, n_samples), intp
        Written in place at `share`; -1 where there is none yet.
    n_clusters : int
    """

    def __init__(self, rows: Rows, share: slice, labels: np.ndarray, n_clusters: int):
        self._labels = labels[:, share]
        n_restarts, n = self._labels.shape
        self._own = np.full((n_restarts, n), np.inf)
        self._others = np.zeros((n_restarts, -(-n_clusters // GROUP), n), rows.fast_dtype)
        self._members: dict[int, np.ndarray] = {}
        self._points = points_of(rows, share)

    def move(
        self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: list[Changes]
    ) -> int:
        """Relabel the points after centroids moved: see `Assignment.move`."""
        return sum(
            self._move(i, restart, book, shift[i], changes[i]) for i, restart in enumerate(active)
        )

    def review(self, book: Codebook, n_computed: float) -> None:
        """Do nothing: what to look at is decided for each point."""

    def _move(
        self, i: int, restart: int, book: Codebook, ways: np.ndarray, changes: Changes
    ) -> int:
        if restart not in self._members:
            self._members[restart] = _neighbours(book.centers[i])
        known = Known(
            self._labels[restart],
            self._own[restart],
            self._others[restart],
            changes.sums,
            changes.mass,
        )
        ways = ways * (1 + 1e-9)  # more than a norm in float64 is off
        groups = _groups(book, i, self._members[restart], ways)
        measured, changed = assign_by_groups(
            self._points, groups, ways, centroids_of(book, i), known
        )
        changes.count[0] += changed
        return measured


def _groups(book: Codebook, i: int, members: np.ndarray, ways: np.ndarray) -> Groups:
    """Lay out the centroids of a restart for `assign_by_groups`."""
    near, is_there = book.near[i], members >= 0
    present = members[is_there]
    dtype, (n_clusters, n_features) = near.dtype, near.shape
    factors = np.zeros((len(members), -(-n_features // TILE_FEATURES) * TILE_FEATURES), dtype)
    factors[is_there, :n_features] = near[present]
    factors = factors.reshape(-1, GROUP, factors.shape[1]).swapaxes(1, 2)
    offsets = np.full(len(members), np.inf, dtype)
    offsets[is_there] = book.offsets[i][present]
    places = np.empty(n_clusters, np.intp)
    places[present] = np.flatnonzero(is_there)
    longest = np.where(is_there, ways[members], 0).reshape(-1, GROUP).max(axis=1)
    longest = np.nextafter(longest.astype(dtype), dtype.type(np.inf))
    return Groups(members, places, factors.ravel(), offsets, longest, product_limit(book, i))


def _neighbours(centers: np.ndarray) -> np.ndarray:
    """Return centroids in groups of `GROUP` that are near each other, -1 where one is not full."""
    parts = [np.arange(len(centers))]
    while max(map(len, parts)) > GROUP:
        halves = []
        for part in parts:
            if len(part) <= GROUP:
                halves.append(part)
                continue
            order = part[np.argsort(_along(centers[part]), kind="stable")]
            n_first = -(-len(part) // GROUP) // 2 * GROUP
            halves += [order[:n_first], order[n_first:]]
        parts = halves
    members = np.full((len(parts), GROUP), -1)
    for group, part in zip(members, parts, strict=True):
        group[: len(part)] = np.sort(part)
    return members.ravel()


def _along(vectors: np.ndarray) -> np.ndarray:
    """Return how far vectors are along a direction in which they vary much."""
    vectors = vectors - vectors.mean(axis=0)
    direction = vectors[np.square(vectors).sum(axis=1).argmax()]
    for _ in range(POWER_ITERATIONS):
        direction = (vectors @ direction) @ vectors
        largest = np.abs(direction).max()
        direction = direction / largest if largest else direction
    return vectors @ direction
