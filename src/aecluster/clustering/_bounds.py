"""Assign points to moving centroids, looking only at points whose label could have changed.

For every point stands a *gap*: how much farther than its own centroid any other one is at least.

1. Drift (Hamerly): centroids that move narrow a gap by no more than they move. While it is
   positive, the point is not looked at.
2. Projection: all scores were computed when the centroids stood at an *anchor*. What the way from
   there changes is known from a few coordinates to within a bound.
3. Product: what is left is computed from all features, for those centroids that the bounds leave
   open; what rounding could decide, in float64.

When much is left, all points are computed again for all restarts, by one product of matrices; that
is the next anchor.

References
----------
Hamerly, Making k-means even faster, SIAM International Conference on Data Mining 2010.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from aecluster.clustering._compiled import (
    Centroids,
    Points,
    State,
    Way,
    add_changes,
    assign_by_products,
    assign_by_way,
    move_to_means,
    narrow,
    norms_of_sums,
)
from aecluster.clustering._distances import Codebook, codebook, multiply, products
from aecluster.clustering._lloyd import Restarts
from aecluster.clustering._outcome import cluster_sums
from aecluster.clustering._projection import BOUND_ELEMENTS, Projection
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

MIN_POINTS = 256


class Memory(NamedTuple):
    """What the workers share of centroids, beside the labels.

    Attributes
    ----------
    centers, sums : ndarray of shape (n_restarts, n_clusters, n_features), float64
        As in `Restarts`.
    changes : ndarray of shape (n_workers, n_restarts, n_clusters, n_features), float64
        What each worker adds to the sums; zeros between iterations.
    """

    centers: np.ndarray
    sums: np.ndarray
    changes: np.ndarray

    def of(self, restarts: slice) -> Memory:
        """Return the memory of some restarts."""
        return Memory(self.centers[restarts], self.sums[restarts], self.changes[:, restarts])


class BoundedRestarts(Restarts):
    """Restarts that look only at points whose label could have changed.

    Each worker adds up and moves some of the centroids, which all of them read.

    Parameters
    ----------
    team, rows, labels, starts
        As in `Restarts`; the rows are surveyed.
    memory : Memory
        Of these restarts; the same for the workers of the team.
    assigned_by : callable
        Given the share of this worker and the labels, returns what labels it.
    """

    def __init__(
        self,
        team: Team,
        rows: Rows,
        labels: np.ndarray,
        starts: np.ndarray,
        memory: Memory,
        assigned_by: Callable[[slice, np.ndarray], Assignment],
    ):
        super().__init__(team, rows, labels, starts, rows.scatter, memory.centers, memory.sums)
        self._share = team.share(rows.n_samples)
        self._clusters = team.share(starts.shape[1])
        self._changes = memory.changes
        self._assignment = assigned_by(self._share, labels)
        # Differences of whole numbers are exact, if not too large.
        is_whole = np.all(rows.weight == np.floor(rows.weight))
        self._has_whole_weights = bool(is_whole and rows.weight.sum() < 2**53)

    def take_over(self, restarts: BoundedRestarts, own: slice) -> None:
        """Go on together from where the restarts of each worker have come to.

        Parameters
        ----------
        restarts : BoundedRestarts
            Those of this worker, in the same memory.
        own : slice
            Which these are of all.
        """
        for name in ("n_iter", "is_at_rest", "_mass"):
            ours = getattr(self, name)
            part = np.zeros(ours.shape)
            part[own] = getattr(restarts, name)
            ours[:] = self.team.add(part)

    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""
        n_restarts, n_clusters = len(active), self.centers.shape[1]
        # Of each restart the mass, and how many points changed and were computed.
        delta = np.zeros((n_restarts, n_clusters + 2))
        mass, counts = np.split(delta, [n_clusters], axis=1)
        book = codebook(self._rows, self.centers[self._own(active)])
        sums = self._changes[self.team.rank if self.team.size > 1 else 0]
        changes = [Changes(sums[r], mass[i], counts[i]) for i, r in enumerate(active)]
        counts[0, 1] = self._assignment.move(active, book, self._shift[active], changes)
        if not self._has_whole_weights:
            weight = self._rows.weight[self._share]
            for i, restart in enumerate(active):
                own = self._labels[restart, self._share]
                mass[i] = np.bincount(own, weight, n_clusters)
            self._mass[active] = 0
        total = self.team.add(delta)
        mass, counts = np.split(total, [n_clusters], axis=1)
        for restart in active:
            for found in self._changes:
                add_changes(self._sums[restart], found[restart], *self._some_clusters)
        self.team.wait()
        self._mass[active] += mass
        self.is_at_rest[active] = counts[:, 0] == 0
        self._assignment.review(book, counts[0, 1])

    def update(self, active: np.ndarray) -> np.ndarray:
        """Move the centroids to the means: see `Restarts.update`."""
        mass = self._mass[active]
        if not mass.all() or self.is_at_rest[active].any():
            return super().update(active)
        norms = np.zeros(mass.shape)
        for i, restart in enumerate(active):
            norms_of_sums(self._sums[restart], norms[i], *self._some_clusters)
        has_shrunk = self._has_shrunk(self._own(active), self.team.add(norms))
        if has_shrunk.any():
            self.sum_anew(active[has_shrunk])
            mass = self._mass[active]
        ways = np.zeros(mass.shape)
        for i, restart in enumerate(active):
            sums, centers = self._sums[restart], self.centers[restart]
            move_to_means(sums, mass[i], centers, ways[i], *self._some_clusters)
        ways = self.team.add(ways)
        self._shift[active] = ways
        return np.square(ways).sum(axis=1)

    def sum_anew(self, active: np.ndarray) -> None:
        """Make the sums of some restarts from all points."""
        n_clusters = self.centers.shape[1]
        for restart in active:
            found = cluster_sums(self.team, self._rows, self._labels[restart], n_clusters)
            self._sums[restart], self._mass[restart] = found

    @property
    def _some_clusters(self) -> tuple[int, int]:
        return self._clusters.start, self._clusters.stop


class Changes(NamedTuple):
    """What points that leave and join clusters of a restart change.

    Attributes
    ----------
    sums : ndarray of shape (n_clusters, n_features), float64
        Of the clusters' weighted points.
    mass : ndarray of shape (n_clusters,), float64
        Of their weights.
    count : ndarray of shape (n,), float64
        The first is the number of points that change.
    """

    sums: np.ndarray
    mass: np.ndarray
    count: np.ndarray


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
        n_restarts, n = self._labels.shape
        if projection is not None:
            self._coordinates = projection.points[share]
            self._scores = np.empty((n_restarts, n_clusters, n), rows.fast_dtype)
        if not rows.is_streamed:
            self._points = self._points_of(slice(0, n), rows.read(share))
        self._anchors: dict[int, _Anchor] = {}
        # Rows computed since the anchor, by all workers: they must refresh it in the same iteration
        # or wait for each other. None: not even the first steps, which are wide, were made.
        is_new = bool((self._labels < 0).any())
        self._n_computed: float | None = None if is_new else 0
        self._is_anchor_due = True

    def move(
        self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: list[Changes]
    ) -> int:
        """Relabel the points after centroids moved.

        Parameters
        ----------
        active : ndarray of int
            The restarts that moved.
        book : Codebook
            Where their centroids are now.
        shift : ndarray of shape (n_active, n_clusters)
            How far they moved.
        changes : list of Changes
            Takes what changed, of each of them.

        Returns
        -------
        int
            Number of rows, once per restart, that were computed from all features.
        """
        if self._rows.is_streamed:
            # To read a file takes longer than anything else.
            left = [
                narrow(self._labels[restart], self._gap[restart], _drift(shift[i]))
                for i, restart in enumerate(active)
            ]
            return self._all(active, book, changes) if any(map(len, left)) else 0
        is_anchored = self._projection is None or self._anchors.keys() >= set(active)
        if self._is_anchor_due or not is_anchored:
            return self._all(active, book, changes)
        return self._open_ones(active, book, shift, changes)

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
        self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: list[Changes]
    ) -> int:
        left = [
            narrow(self._labels[restart], self._gap[restart], _drift(shift[i]))
            for i, restart in enumerate(active)
        ]
        n_left = sum(map(len, left))
        if self._projection is None and n_left > self._worth(book) * self._gap.shape[1]:
            return self._all(active, book, changes)
        look = self._by_products if self._projection is None else self._by_way
        return sum(
            look(i, restart, index, book, changes)
            for i, (restart, index) in enumerate(zip(active, left, strict=True))
        )

    def _worth(self, book: Codebook) -> float:
        """Return for how many times all points the time suffices that a pass over all takes."""
        n_restarts, n_clusters, _ = book.near.shape
        if self._projection is None:
            # Measured: a row is gathered in the time in which 22 products with centroids are
            # formed; a pass over all rows reads each once, for all restarts, in that of 10.
            return (n_clusters * n_restarts + 10) / (n_clusters + 22)
        # Measured: a row is computed, for the few centroids that may be the nearest, in the time in
        # which a pass forms 20 products; the pass reads each row once in that of 16.
        return (n_clusters * n_restarts + 16) / 20

    def _by_way(
        self, i: int, restart: int, index: np.ndarray, book: Codebook, changes: list[Changes]
    ) -> int:
        """Assign some points of one restart by what the projection tells of them."""
        anchor = self._anchors[restart]
        near, half_norms_sq = book.near[i], book.half_norms_sq[i]
        difference = near - anchor.near
        along, missed = self._projection.split(difference)
        # The lower bounds of the scores, as one product with coordinates, rest and 1.
        factors = np.column_stack([-along, -missed, half_norms_sq - anchor.half_norms_sq])
        # Rounding: of the anchor's scores, of the new centroids, and of the way.
        lost = self._projection.product_error
        farthest = np.sqrt(np.einsum("ij,ij->i", difference, difference).max())
        per_norm = anchor.slack_per_norm + book.slack_per_norm[i] / 8 + lost * farthest
        slack = anchor.slack + book.slack[i]
        # The upper bound of a score lies above the lower one by 2 |x_rest| |way_rest|.
        way = Way(self._scores[restart], 2 * missed, float(per_norm), float(slack))
        centroids, state = centroids_of(book, i), self._state(i, restart, changes)
        n_computed = 0
        step = max(MIN_POINTS, BOUND_ELEMENTS // len(near))
        for start in range(0, len(index), step):
            part = index[start : start + step]
            coordinates = np.take(self._coordinates, part, axis=0)
            change = np.empty((len(near), len(part)), near.dtype)
            multiply(factors, coordinates, change)
            computed, changed = assign_by_way(
                self._points, part, change, coordinates, way, centroids, state
            )
            n_computed += computed
            changes[i].count[0] += changed
        return n_computed

    def _by_products(
        self, i: int, restart: int, index: np.ndarray, book: Codebook, changes: list[Changes]
    ) -> int:
        """Assign some points of one restart."""
        centroids, state = centroids_of(book, i), self._state(i, restart, changes)
        step = self._rows.block_rows(columns=len(centroids.near))
        for start in range(0, len(index), step):
            part = index[start : start + step]
            product = np.empty((len(centroids.near), len(part)), centroids.near.dtype)
            multiply(centroids.near, self._rows.factors_at(self._share.start + part), product)
            changes[i].count[0] += assign_by_products(self._points, part, product, centroids, state)
        return len(index)

    def _all(self, active: np.ndarray, book: Codebook, changes: list[Changes]) -> int:
        """Assign all points of all active restarts, and make this the anchor."""
        start, n_columns = self._share.start, book.offsets.size
        is_read_once = not self._rows.is_centred
        centroids = [centroids_of(book, i) for i in range(len(active))]
        for part, block in self._rows.blocks(self._share, n_columns, is_read_once=is_read_once):
            here = slice(part.start - start, part.stop - start)
            index = np.arange(part.stop - part.start)
            points = self._points_of(here, block)
            product = products(book, self._rows.factors(block))
            for i, restart in enumerate(active):
                state = self._state(i, restart, changes, here)
                changes[i].count[0] += assign_by_products(
                    points, index, product[i], centroids[i], state
                )
                if self._projection is not None:
                    self._scores[restart, :, here] = product[i]
        for i, restart in enumerate(active):
            self._anchors[restart] = _Anchor(
                book.near[i].copy(),
                book.half_norms_sq[i],
                book.slack_per_norm[i],
                book.slack[i],
            )
        return len(active) * self._gap.shape[1]

    def _points_of(self, here: slice, data: np.ndarray) -> Points:
        """Return rows of the share for compiled functions."""
        part = slice(self._share.start + here.start, self._share.start + here.stop)
        weight = self._rows.weight[part]
        return Points(data, self._rows.subtracted, weight, self._norms[here], self._reach[here])

    def _state(
        self, i: int, restart: int, changes: list[Changes], here: slice = slice(None)
    ) -> State:
        return State(
            self._labels[restart, here], self._gap[restart, here], changes[i].sums, changes[i].mass
        )


def points_of(rows: Rows, share: slice) -> Points:
    """Return the rows of a share for compiled functions."""
    return Points(
        rows.read(share), rows.subtracted, rows.weight[share], rows.norms(share), rows.reach(share)
    )


def centroids_of(book: Codebook, i: int) -> Centroids:
    """Return the centroids of one restart for compiled functions."""
    return Centroids(
        book.centers[i],
        book.near[i],
        book.offsets[i],
        float(book.slack_per_norm[i]),
        float(book.slack[i]),
        book.tie,
    )


def _drift(shift: np.ndarray) -> np.ndarray:
    """Return by how much centroids that moved narrow the gaps of the points of each at most."""
    shift = shift * (1 + 1e-9)  # more than a norm in float64 is off
    farthest = shift.argmax()
    others = np.full(len(shift), shift[farthest])
    others[farthest] = np.delete(shift, farthest).max(initial=0.0)
    return shift + others
