"""K-Means as the textbook has it, for data so small that calls cost more than numbers.

Every iteration computes all scores anew, for all restarts at once, by one matrix product, and the
sums of the clusters by another one.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._distances import multiply, settle
from aecluster.clustering._lloyd import Restarts
from aecluster.clustering._outcome import Outcome, refined
from aecluster.clustering._rounding import equal_within, rounding, underflow
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import draw, drawn_by, random_rows
from aecluster.clustering._workers import Team

SINGLE_RANGE = 1e-24, 1e24  # of squared norms, so that their squares do not leave it either
# Of so few rows a product takes less time than to cut it into parts.
MAX_TINY_ELEMENTS = 2**15
# Sums are made anew where that takes less time than to find the points that changed.
MIN_CHANGED_ELEMENTS = 2**14
MAX_CHANGED_SHARE = 1 / 4


class Table:
    """All rows, laid out for products.

    Parameters
    ----------
    rows : Rows
    starts : ndarray of shape (..., n_features), optional
        Centroids that the products must have room for besides the rows and their means.

    Attributes
    ----------
    exact : ndarray of shape (n_samples, n_features), float64
        The rows as they are.
    near : ndarray of shape (n_samples, n_features), float32 or float64
        The rows about the origin.
    norms_sq : ndarray of shape (n_samples,), float64
        Squared distances from the origin.
    farthest_sq : float
        The largest of them, those of the starts included.
    relative : float
        Bound of the relative error of a product.
    is_weighted : bool
        Whether the rows count differently.
    scatter, variance : float
        As in `Rows`.
    """

    def __init__(self, rows: Rows, starts: np.ndarray | None = None):
        self.rows = rows
        self.exact = rows.read(slice(0, rows.n_samples)).astype(np.float64, copy=False)
        near = self.exact - rows.origin
        self.norms_sq = np.einsum("ij,ij->i", near, near)
        self.farthest_sq = float(self.norms_sq.max())
        if starts is not None:
            start = starts - rows.origin
            self.farthest_sq = max(self.farthest_sq, np.square(start).sum(axis=-1).max())
        self.is_weighted = not (rows.weight == 1).all()
        # None where all rows count; 0 times infinity is not 0.
        self._counts = None if rows.weight.all() else rows.weight > 0
        counts = slice(None) if self._counts is None else self._counts
        weight = rows.weight.sum()
        self.scatter = float(rows.weight[counts] @ self.norms_sq[counts])
        mean = rows.weight @ near / weight
        self.variance = float(self.scatter / weight - mean @ mean) / rows.n_features
        self.near = near.astype(_product_dtype(self.farthest_sq), copy=False)
        self._near_sq = self.norms_sq.astype(self.near.dtype, copy=False)
        self.relative = rounding(rows.n_features, self.near.dtype)

    def products(self, near: np.ndarray) -> np.ndarray:
        """Return the products of vectors about the origin (n, n_features) with all rows."""
        near = near.astype(self.near.dtype, copy=False)
        if self.near.size <= MAX_TINY_ELEMENTS:
            return near @ self.near.T
        product = np.empty((len(near), len(self.near)), self.near.dtype)
        multiply(near, self.near, product)
        return product

    def squared_distances(self, indices: np.ndarray) -> np.ndarray:
        """Return squared distances of all rows to those at `indices`; 0 for equal ones."""
        distance = self.products(-2 * self.near[indices])
        distance += self._near_sq[indices, None]
        distance += self._near_sq
        # Below this, rounding may be more than a hundredth of the distance.
        doubtful = ~(distance.ravel() > 200 * self.relative * self.farthest_sq)
        target, point = divmod(np.flatnonzero(doubtful), distance.shape[1])
        difference = self.exact[indices[target]] - self.exact[point]
        distance[target, point] = np.einsum("ij,ij->i", difference, difference)
        if self._counts is not None:
            distance[:, ~self._counts] = 0
        return distance

    def starts(
        self, init: str, n_clusters: int, n_restarts: int, random: np.random.RandomState
    ) -> np.ndarray:
        """Return rows drawn at "random", or else by "k-means++", as `_seeding` draws them."""
        order, weight = self.rows.order_of(self.exact), self.rows.weight
        if init == "random":
            return self.exact[random_rows(order, weight, n_clusters, n_restarts, random)]
        chosen, uniform = draw(order, weight, n_clusters, n_restarts, random)
        restarts = np.arange(n_restarts)
        closest = self.squared_distances(chosen[:, 0])
        for cluster in range(1, n_clusters):
            candidates = np.stack(
                [
                    drawn_by(uniform[restart, cluster - 1], order, closest[restart], weight)
                    for restart in restarts
                ]
            )
            closer = self.squared_distances(candidates.ravel()).reshape(*candidates.shape, -1)
            np.minimum(closer, closest[:, None], out=closer)
            best = (closer @ weight).argmin(axis=1)
            chosen[:, cluster] = candidates[restarts, best]
            closest = closer[restarts, best]
        return self.exact[chosen]


class PlainRestarts(Restarts):
    """All restarts on small data.

    Parameters
    ----------
    table : Table
    labels : ndarray of shape (n_restarts, n_samples), intp
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64
    """

    def __init__(self, table: Table, labels: np.ndarray, starts: np.ndarray):
        super().__init__(Team(), table.rows, labels, starts, table.scatter)
        self._table = table
        self._is_member = np.zeros((*starts.shape[:2], table.rows.n_samples), bool)
        self._is_chained = False
        # Means are no farther from the origin than the farthest row. Two scores are compared, each
        # of which may be off.
        largest = np.sqrt(table.farthest_sq * table.norms_sq) + table.farthest_sq
        lost = underflow(starts.shape[2], table.near.dtype)
        tie = equal_within(starts.shape[2]) * (table.norms_sq + table.farthest_sq)
        self._slack = (2 * (table.relative * largest + lost) + tie).astype(table.near.dtype)

    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""
        own = self._own(active)
        centers = self.centers[own]
        near = centers - self._rows.origin
        half_norms_sq = 0.5 * np.einsum("rkd,rkd->rk", near, near)
        score = self._table.products(near.reshape(-1, near.shape[2]))
        score = score.reshape(*near.shape[:2], -1)
        np.subtract(half_norms_sq[:, :, None].astype(score.dtype), score, out=score)
        highest = score.min(axis=1)
        highest += self._slack
        # Scores that overflow compare as false with everything.
        is_member = score > highest[:, None]
        np.logical_not(is_member, out=is_member)
        if np.count_nonzero(is_member) != highest.size:
            self._settle(is_member, centers)
        is_changed = is_member != self._is_member[own]
        n_changed = [np.count_nonzero(changed) for changed in is_changed]
        self.is_at_rest[own] = [n == 0 for n in n_changed]
        self._is_member[own] = is_member
        if (
            self._table.exact.size < MIN_CHANGED_ELEMENTS
            or max(n_changed) > MAX_CHANGED_SHARE * highest.shape[1]
        ):
            self._sum(own)
        else:
            self._add_changes(active, is_changed)
        if not self._mass[own].all():
            self._labels[own] = is_member.argmax(axis=1)

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        self._labels[:] = self._is_member.argmax(axis=1)
        at_rest = np.flatnonzero(self.is_at_rest)
        if self._is_chained:
            self.sum_anew(at_rest)
        super().write(outcome)
        outcome.is_mean[:] = True
        if self._is_chained:
            found = self._sums[at_rest], self._mass[at_rest]
            outcome.centers[at_rest] = refined(self._rows, self.centers[at_rest], *found)

    def labels(self, restart: int) -> np.ndarray:
        """Return the labels of a restart."""
        return self._is_member[restart].argmax(axis=0)

    def sum_anew(self, active: np.ndarray) -> None:
        """Make the sums of some restarts from all points."""
        self._sum(active)

    def _sum(self, own: np.ndarray | slice) -> None:
        """Sum up the clusters of some restarts."""
        member = self._is_member[own].astype(np.float64)
        if self._table.is_weighted:
            member *= self._rows.weight
        self._mass[own] = member.sum(axis=2)
        sums = member.reshape(-1, member.shape[2]) @ self._table.exact
        self._sums[own] = sums.reshape(len(member), *self._sums.shape[1:])

    def _add_changes(self, active: np.ndarray, is_changed: np.ndarray) -> None:
        """Bring the sums up to date with the points that come and go."""
        self._is_chained = True
        for restart, changed in zip(active, is_changed, strict=True):
            points = np.flatnonzero(changed.any(axis=0))
            # 1 where a point comes, -1 where it goes.
            moves = changed[:, points] * (2.0 * self._is_member[restart][:, points] - 1)
            if self._table.is_weighted:
                moves *= self._rows.weight[points]
            self._sums[restart] += moves @ self._table.exact[points]
            if self._table.is_weighted:
                self._mass[restart] = self._is_member[restart] @ self._rows.weight
            else:
                self._mass[restart] += moves.sum(axis=1)

    def _settle(self, is_member: np.ndarray, centers: np.ndarray) -> None:
        """Leave each point one cluster."""
        for of_restart, centers_of_restart in zip(is_member, centers, strict=True):
            open_ = np.flatnonzero(np.count_nonzero(of_restart, axis=0) != 1)
            if len(open_):
                label = settle(self._rows, open_, centers_of_restart, of_restart[:, open_].T)
                of_restart[:, open_] = False
                of_restart[label, open_] = True


def _product_dtype(largest_sq: float) -> np.dtype:
    """Return float32, in which products take half of the time, unless numbers leave its range."""
    is_single = largest_sq == 0 or SINGLE_RANGE[0] < largest_sq < SINGLE_RANGE[1]
    return np.dtype(np.float32 if is_single else np.float64)
