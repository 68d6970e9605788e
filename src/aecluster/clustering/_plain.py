"""K-Means as the textbook has it, for data so small that calls cost more than numbers.

Everything is computed anew in every iteration, in float64, for all restarts at once: scores, and
from these the sums of the clusters, by one matrix product each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aecluster.clustering._distances import settle
from aecluster.clustering._lloyd import Restarts
from aecluster.clustering._rounding import rounding, underflow
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import draw, drawn_by, random_rows
from aecluster.clustering._workers import Team

if TYPE_CHECKING:
    from aecluster.clustering._fit import Outcome


class Table:
    """All rows in float64, laid out for products.

    Parameters
    ----------
    rows : Rows

    Attributes
    ----------
    exact : ndarray of shape (n_samples, n_features)
        The rows as they are.
    factors : ndarray of shape (n_features + 1, n_samples)
        The rows about the origin, as columns, above a line of 1.
    is_weighted : bool
        Whether the rows count differently.
    norms_sq : ndarray of shape (n_samples,)
        Squared distances from the origin.
    relative : float
        Bound of the relative error of a product.
    scatter, variance : float
        As in `Rows`.
    """

    def __init__(self, rows: Rows):
        n, n_features = rows.n_samples, rows.n_features
        self.rows = rows
        self.exact = rows.read(slice(0, n)).astype(np.float64, copy=False)
        self.factors = np.empty((n_features + 1, n))
        near = self.factors[:-1]
        np.subtract(self.exact.T, rows.origin[:, None], out=near)
        self.factors[-1] = 1
        self.is_weighted = not np.all(rows.weight == 1)
        self.norms_sq = np.einsum("ij,ij->j", near, near)
        self.relative = rounding(n_features, near.dtype)
        self.scatter = float(rows.weight @ self.norms_sq)
        mean = near @ rows.weight / rows.weight.sum()
        self.variance = float(self.scatter / rows.weight.sum() - mean @ mean) / n_features

    def scores(self, near: np.ndarray) -> np.ndarray:
        """Return half squared distances, less what is the same for all centroids of a point.

        Parameters
        ----------
        near : ndarray of shape (..., n_features)
            Centroids about the origin.

        Returns
        -------
        ndarray of shape (..., n_samples)
        """
        factors = np.empty((*near.shape[:-1], len(self.factors)))
        np.negative(near, out=factors[..., :-1])
        factors[..., -1] = 0.5 * np.einsum("...d,...d->...", near, near)
        return np.matmul(factors.reshape(-1, len(self.factors)), self.factors).reshape(
            *near.shape[:-1], -1
        )

    def squared_distances(self, indices: np.ndarray) -> np.ndarray:
        """Return squared distances of all rows to those at `indices`; 0 for equal ones."""
        distance = self.scores(self.factors[:-1, indices].T)
        distance *= 2
        distance += self.norms_sq
        # Below this, rounding may be more than a hundredth of the distance.
        doubtful = 200 * self.relative * self.norms_sq.max()
        target, point = np.nonzero(~(distance > doubtful))
        difference = self.exact[indices[target]] - self.exact[point]
        distance[target, point] = np.einsum("ij,ij->i", difference, difference)
        return distance

    def starts(
        self, init: str, n_clusters: int, n_restarts: int, random: np.random.RandomState
    ) -> np.ndarray:
        """Return rows drawn by "k-means++" or at "random", as `_seeding` draws them."""
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
        super().__init__(Team(), table.rows, labels, starts)
        self._table = table
        self._is_member = np.zeros((*starts.shape[:2], table.rows.n_samples), bool)
        # Means are no farther from the origin than the farthest row.
        near = starts - table.rows.origin
        farthest_sq = max(np.einsum("rkd,rkd->rk", near, near).max(), table.norms_sq.max())
        largest = np.sqrt(farthest_sq * table.norms_sq) + farthest_sq
        # Two scores are compared, each of which may be off.
        self._slack = 2 * (table.relative * largest + underflow(near.shape[-1], near.dtype))

    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""
        centers = self.centers[active]
        score = self._table.scores(centers - self._rows.origin)
        highest = score.min(axis=1)
        highest += self._slack
        # Scores that overflow compare as false with everything.
        is_member = score > highest[:, None]
        np.logical_not(is_member, out=is_member)
        if np.count_nonzero(is_member) != highest.size:
            self._settle(is_member, centers)
        self.is_at_rest[active] = (is_member == self._is_member[active]).all(axis=(1, 2))
        self._is_member[active] = is_member
        member = is_member.astype(np.float64)
        if self._table.is_weighted:
            member *= self._rows.weight
        self._mass[active] = member.sum(axis=2)
        sums = member.reshape(-1, member.shape[2]) @ self._table.exact
        self._sums[active] = sums.reshape(centers.shape)
        if not self._mass[active].all():
            self._labels[active] = is_member.argmax(axis=1)

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        self._labels[:] = self._is_member.argmax(axis=1)
        super().write(outcome)
        outcome.is_mean[:] = True

    def _settle(self, is_member: np.ndarray, centers: np.ndarray) -> None:
        """Leave each point one cluster."""
        for of_restart, centers_of_restart in zip(is_member, centers, strict=True):
            open_ = np.flatnonzero(np.count_nonzero(of_restart, axis=0) != 1)
            if len(open_):
                label = settle(self._rows, open_, centers_of_restart, of_restart[:, open_].T)
                of_restart[:, open_] = False
                of_restart[label, open_] = True
