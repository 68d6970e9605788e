"""Assign points to moving centroids, looking only at points whose label could have changed.

For every point stands a *gap*: how much farther than its own centroid any other one is at least.

1. Drift (Hamerly): centroids that move narrow a gap by no more than they move. While it is
   positive, the point is not looked at.
2. Projection: all scores were computed when the centroids stood at an *anchor*. What the way from
   there changes is known from a few coordinates to within a bound.
3. Product: what is left is computed from all features; what rounding could decide, in float64.

When much is left, all points are computed again for all restarts, by one product that is several
times as fast as those for some points of one restart; that is the next anchor.

References
----------
Hamerly, Making k-means even faster, SIAM International Conference on Data Mining 2010.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._centroids import Changes
from aecluster.clustering._distances import (
    Codebook,
    candidates,
    gap,
    multiply,
    nearest,
    scores,
    settle,
    two_smallest,
)
from aecluster.clustering._projection import Projection
from aecluster.clustering._rounding import packing, rounding
from aecluster.clustering._rows import Rows

# Scores that are bounded at a time: half a megabyte in float32.
BOUND_ELEMENTS = 2**17
MIN_POINTS = 256


class _Anchor(NamedTuple):
    """Where the centroids of one restart stood when all scores were computed."""

    near: np.ndarray
    half_norms_sq: np.ndarray
    slack_per_norm: float
    slack: float


class Assignment:
    """Labels of all restarts for one share of the rows.

    Parameters
    ----------
    rows : Rows
    share : slice
        The rows to assign.
    labels : ndarray of shape (n_restarts, n_samples), intp
        Written in place at `share`; -1 where there is none yet.
    n_clusters : int
    projection : Projection or None
        Of all rows.
    """

    def __init__(
        self,
        rows: Rows,
        share: slice,
        labels: np.ndarray,
        n_clusters: int,
        projection: Projection | None,
    ):
        self._rows = rows
        self._share = share
        self._labels = labels[:, share]
        self._norms, self._reach = rows.norms(share), rows.reach(share)
        self._gap = np.zeros(self._labels.shape)
        self._projection = projection
        if projection is not None:
            self._coordinates = projection.points[share]
        self._anchors: dict[int, _Anchor] = {}
        n_restarts, n = self._labels.shape
        if projection is not None:
            self._scores = np.empty((n_restarts, n_clusters, n), rows.fast_dtype)
        # Rows computed since the anchor, by all workers: they must refresh it in the same iteration
        # or wait for each other. None: not even the first steps, which are wide, were made.
        is_new = bool((self._labels < 0).any())
        self._n_computed: float | None = None if is_new else 0
        self._is_anchor_due = True

    def move(self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: Changes) -> int:
        """Relabel the points after centroids moved.

        Parameters
        ----------
        active : ndarray of int
            The restarts that moved.
        book : Codebook
            Where their centroids are now.
        shift : ndarray of shape (n_active, n_clusters)
            How far they moved.
        changes : Changes
            Takes what changed.

        Returns
        -------
        int
            Number of rows, once a restart, that were computed from all features.
        """
        self._open = [[] for _ in active]
        if self._rows.is_streamed or self._is_anchor_due:
            n_left = len(active) * self._gap.shape[1]
            self._all(active, book, changes)
        else:
            n_left = self._open_ones(active, book, shift, changes)
        self._settle(active, book, changes)
        return n_left

    def review(self, book: Codebook, n_computed: float) -> None:
        """Decide whether to compute all rows in the next iteration.

        Parameters
        ----------
        book : Codebook
            Of this iteration.
        n_computed : float
            What `move` returned to all workers.
        """
        if self._projection is None:
            self._is_anchor_due = False  # `move` sees for itself
        elif not self._is_anchor_due:
            self._n_computed += n_computed
            # The next iteration will need about as many.
            expected = self._n_computed + n_computed
            self._is_anchor_due = expected > self._worth(book) * self._rows.n_samples
        elif self._n_computed is None:
            self._n_computed = 0
        else:
            self._n_computed, self._is_anchor_due = 0, False

    def _open_ones(
        self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: Changes
    ) -> int:
        left = []
        for i, restart in enumerate(active):
            self._narrow(restart, shift[i])
            left.append(np.flatnonzero(self._gap[restart] <= 0))
        if self._projection is not None:
            left = [
                self._by_projection(i, restart, points, book, changes)
                for i, (restart, points) in enumerate(zip(active, left, strict=True))
            ]
        n_left = sum(map(len, left))
        if self._projection is None and n_left > self._worth(book) * self._gap.shape[1]:
            self._all(active, book, changes)
        else:
            for i, (restart, points) in enumerate(zip(active, left, strict=True)):
                if len(points):
                    self._some(i, restart, points, book, changes)
        return n_left

    def _worth(self, book: Codebook) -> float:
        """Return for how many times all points the time suffices that a pass over all takes.

        Measured: a row is gathered and centred in the time in which 22 products with centroids
        are formed; a pass over all rows centres each once, for all restarts, in that of 10.
        """
        n_clusters, n_restarts, _ = book.near.shape
        return (n_clusters * n_restarts + 10) / (n_clusters + 22)

    def _narrow(self, restart: int, shift: np.ndarray) -> None:
        shift = shift * (1 + 1e-9)  # more than a norm in float64 is off
        farthest = shift.argmax()
        others = np.full(len(shift), shift[farthest])
        others[farthest] = np.delete(shift, farthest).max(initial=0.0)
        self._gap[restart] -= (shift + others)[self._labels[restart]]

    def _by_projection(
        self, i: int, restart: int, points: np.ndarray, book: Codebook, changes: Changes
    ) -> np.ndarray:
        """Settle what the coordinates settle; return the points that they leave open."""
        anchor = self._anchors[restart]
        near, half_norms_sq = book.near[:, i], book.half_norms_sq[:, i]
        way = near - anchor.near
        along, missed = self._projection.split(way)
        # The lower bounds of the scores, as one product with coordinates, rest and 1.
        factors = np.column_stack([-along, -missed, half_norms_sq - anchor.half_norms_sq])
        # Rounding: of the anchor's scores, of the new centroids, and of the way.
        relative = rounding(way.shape[1], way.dtype)
        farthest = np.sqrt(np.einsum("ij,ij->i", way, way).max())
        per_norm = anchor.slack_per_norm + book.slack_per_norm[i] / 8
        per_norm += (4 * relative + packing(len(near), way.dtype)) * farthest
        slack = anchor.slack + book.slack[i]
        left = []
        step = max(MIN_POINTS, BOUND_ELEMENTS // len(near))
        for start in range(0, len(points), step):
            part = points[start : start + step]
            coordinates = self._coordinates[part]
            lower = np.empty((len(near), len(part)), near.dtype)
            multiply(factors, coordinates, lower)
            lower += np.take(self._scores[restart], part, axis=1)
            label, smallest, second = two_smallest(lower)
            # The upper bound of a score lies above the lower one by 2 |x_rest| |way_rest|.
            smallest = smallest + 2 * missed[label] * coordinates[:, -2]
            error = per_norm * self._reach[part] + slack
            distance = gap(smallest, second, error, self._norms[part])
            certain = distance > 0
            self._set(i, restart, part[certain], label[certain], distance[certain], changes)
            left.append(part[~certain])
        return np.concatenate(left) if left else points

    def _some(
        self, i: int, restart: int, points: np.ndarray, book: Codebook, changes: Changes
    ) -> None:
        """Assign some points of one restart."""
        of_restart = book.of(i)
        step = self._rows.block_rows(columns=len(book.near))
        for start in range(0, len(points), step):
            part = points[start : start + step]
            score = scores(of_restart, self._rows.factors_at(self._share.start + part))
            label, distance = nearest(self._norms[part], self._reach[part], score, of_restart)
            label, distance = label[0], distance[0]
            certain = distance > 0
            if not certain.all():
                self._leave_open(i, part, np.flatnonzero(~certain), score[:, 0], book)
                part, label, distance = part[certain], label[certain], distance[certain]
            self._set(i, restart, part, label, distance, changes)

    def _all(self, active: np.ndarray, book: Codebook, changes: Changes) -> None:
        """Assign all points of all active restarts, and make this the anchor."""
        start = self._share.start
        n_columns = book.half_norms_sq.size
        is_read_once = not self._rows.is_centred
        for part, block in self._rows.blocks(self._share, n_columns, is_read_once=is_read_once):
            here = slice(part.start - start, part.stop - start)
            score = scores(book, self._rows.factors(block))
            if self._projection is not None:
                for i, restart in enumerate(active):
                    self._scores[restart, :, here] = score[:, i]
            label, distance = nearest(self._norms[here], self._reach[here], score, book)
            old = self._labels[active, here]
            if not distance.all():
                points = np.arange(here.start, here.stop)
                for i, row in enumerate(distance):
                    open_ = np.flatnonzero(row == 0)
                    self._leave_open(i, points, open_, score[:, i], book)
                    if old[i, 0] >= 0:
                        label[i, open_] = old[i, open_]  # until it is settled
            if self._rows.is_streamed or old[0, 0] < 0:
                changes.add_block(part, block, old, label)  # while the rows are at hand
            else:
                changes.note_block(part, old, label)
            self._labels[active, here] = label
            self._gap[active, here] = distance
        for i, restart in enumerate(active):
            self._anchors[restart] = _Anchor(
                book.near[:, i].copy(),
                book.half_norms_sq[:, i],
                book.slack_per_norm[i],
                book.slack[i],
            )

    def _leave_open(self, i, points, open_, scores, book) -> None:
        """Put those of the points aside whose scores leave several centroids to choose from."""
        points = points[open_]
        among = candidates(
            self._reach[points], scores[:, open_], book.slack_per_norm[i], book.slack[i]
        )
        self._open[i].append((points, among))

    def _settle(self, active: np.ndarray, book: Codebook, changes: Changes) -> None:
        """Assign the points that were put aside, in float64."""
        for i, restart in enumerate(active):
            if self._open[i]:
                points, among = map(np.concatenate, zip(*self._open[i], strict=True))
                label = settle(self._rows, self._share.start + points, book.centers[i], among)
                self._set(i, restart, points, label, 0, changes)

    def _set(self, i, restart, points, label, distance, changes) -> None:
        old = self._labels[restart, points]
        changed = np.flatnonzero(label != old)
        changes.note(i, self._share.start + points[changed], old[changed], label[changed])
        self._labels[restart, points] = label
        self._gap[restart, points] = distance
