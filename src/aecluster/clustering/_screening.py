"""Assign points to many centroids: most are ruled out before their features are read.

For every point stand two distances: how far its own centroid is at most, and how far any other one
is at least.

1. Drift (Hamerly): a centroid that moves comes no nearer than it moves. While the own centroid is
   nearer than the others, the point is not looked at. The few centroids that move farthest are
   looked at for all points, so that their ways do not count for the others.
2. Survey: one product of a few coordinates with those of all centroids, and of the norms of what
   these leave, tells how near each centroid is at least. Where few directions do not hold most of
   the variance, the product is that of all features.
3. What the survey leaves open is measured from all features, and what rounding could decide in
   float64.

References
----------
Hamerly, Making k-means even faster, SIAM International Conference on Data Mining 2010.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aecluster.clustering._bounds import Changes, centroids_of, points_of
from aecluster.clustering._compiled import (
    Known,
    Survey,
    assign_by_survey,
    drift,
    look_at_some,
    margins,
    measure_own,
)
from aecluster.clustering._distances import Codebook, multiply, product_limit
from aecluster.clustering._projection import Projection
from aecluster.clustering._rounding import underflow
from aecluster.clustering._rows import Rows

# Products at a time: half a megabyte in float32, which stays in the cache.
SURVEY_ELEMENTS = 2**17
MIN_ROWS, MAX_ROWS = 64, 1024
# Which shares of the centroids may be looked at for all points.
SHARES_OF_MOVERS = (0, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4)
LOOK_STEP = 8  # one point of so many tells how many will be open
# Where more points are likely to be open, their own distances are not measured beforehand.
MAX_OPEN = 0.5
# What a look at a point takes beside products, in products.
OVERHEAD = 30


class Screening:
    """Labels of all restarts for one share of the rows, where there are many centroids.

    Parameters
    ----------
    rows : Rows
        In memory.
    share : slice
        The rows to assign.
    labels : ndarray of shape (n_restarts, n_samples), intp
        Written in place at `share`; -1 where there is none yet.
    projection : Projection or None
        Of all rows; without, surveys take all features.
    """

    def __init__(self, rows: Rows, share: slice, labels: np.ndarray, projection: Projection | None):
        self._rows, self._share, self._projection = rows, share, projection
        self._labels = labels[:, share]
        self._own = np.full(self._labels.shape, np.inf)
        self._others = np.zeros(self._labels.shape)
        self._points = points_of(rows, share)

    def move(
        self, active: np.ndarray, book: Codebook, shift: np.ndarray, changes: list[Changes]
    ) -> int:
        """Relabel the points after centroids moved: see `Assignment.move`."""
        return sum(
            self._move(i, restart, book, shift[i], changes) for i, restart in enumerate(active)
        )

    def review(self, book: Codebook, n_computed: float) -> None:
        """Do nothing: what to look at is decided for each iteration anew."""

    def _move(
        self, i: int, restart: int, book: Codebook, ways: np.ndarray, changes: list[Changes]
    ) -> int:
        if not self._labels.shape[1]:
            return 0
        known = Known(
            self._labels[restart],
            self._own[restart],
            self._others[restart],
            changes[i].sums,
            changes[i].mass,
        )
        ways = ways * (1 + 1e-9)  # more than a norm in float64 is off
        centroids = centroids_of(book, i)
        factors, survey = self._survey(book, i)
        movers, way_of_others, open_share = self._movers(known, ways)
        index = drift(known.labels, known.own, known.others, ways, way_of_others)
        if open_share < MAX_OPEN:
            index = measure_own(self._points, index, centroids, known)
        if len(movers):
            seen = self._look_at(movers, factors, survey, known)
            is_open = np.zeros(len(known.labels), bool)
            is_open[index] = is_open[seen] = True
            index = np.flatnonzero(is_open)
        n_measured = 0
        for part, products in self._products(index, factors):
            measured, changed = assign_by_survey(
                self._points, part, products, survey, centroids, known
            )
            n_measured += measured
            changes[i].count[0] += changed
        return n_measured

    def _survey(self, book: Codebook, i: int) -> tuple[np.ndarray, Survey]:
        """Return the factors of a survey, one column per centroid, and what their products mean."""
        near, tie = book.near[i], book.tie
        farthest_sq, limit = 2 * float(book.half_norms_sq[i].max()), product_limit(book, i)
        if self._projection is None:
            slack_per_norm, slack = float(book.slack_per_norm[i]), float(book.slack[i])
            return near.T, Survey(book.offsets[i], slack_per_norm, slack, tie, True, limit)
        coordinates, rest = self._projection.split(near)
        factors = np.concatenate([coordinates.T, rest[None]])
        slack_per_norm = self._projection.product_error * farthest_sq**0.5
        eps = float(np.finfo(near.dtype).eps)
        slack = (4 * eps + tie) * farthest_sq + underflow(near.shape[1], near.dtype)
        return factors, Survey(book.half_norms_sq[i], slack_per_norm, slack, tie, False, limit)

    def _movers(self, known: Known, ways: np.ndarray) -> tuple[np.ndarray, float, float]:
        """Decide which centroids to look at for all points.

        Returns
        -------
        movers : ndarray of intp
        way_of_others : float
            The longest way of the others.
        open_share : float
            Which share of the points is likely to be open.
        """
        n_clusters = len(ways)
        order = np.argsort(-ways, kind="stable")
        gaps = np.sort(margins(known.labels, known.own, known.others, ways, LOOK_STEP))
        best = np.inf, 0, 1.0
        for share in SHARES_OF_MOVERS:
            n_movers = int(share * n_clusters)
            is_open = np.searchsorted(gaps, ways[order[n_movers]], side="right") / len(gaps)
            cost = is_open * (n_clusters + 2 * OVERHEAD)
            if n_movers:
                cost += n_movers + OVERHEAD
            best = min(best, (cost, n_movers, float(is_open)))
        _, n_movers, open_share = best
        return order[:n_movers], float(ways[order[n_movers]]), open_share

    def _look_at(
        self, movers: np.ndarray, factors: np.ndarray, survey: Survey, known: Known
    ) -> np.ndarray:
        """Look at some centroids for all points, and return the points that are open."""
        some = np.ascontiguousarray(factors[:, movers])
        survey = survey._replace(offsets=survey.offsets[movers])
        place = np.full(factors.shape[1], -1)
        place[movers] = np.arange(len(movers))
        found = [
            look_at_some(self._points, products, start, place, survey, known)
            for start, products in self._all_products(some)
        ]
        return np.concatenate(found)

    def _all_products(self, factors: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the first of some points, and the products of all of them with the factors."""
        n, start = len(self._points.data), self._share.start
        step = _block_rows(factors.shape[1])
        for first in range(0, n, step):
            part = slice(start + first, start + min(first + step, n))
            if self._projection is None:
                left = self._rows.factors(self._rows.read(part))
            else:
                left = self._projection.points[part, :-1]
            yield first, _product(left, factors)

    def _products(
        self, index: np.ndarray, factors: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield parts of the points, and their products with the factors."""
        if len(index) == len(self._points.data):
            for first, products in self._all_products(factors):
                yield index[first : first + len(products)], products
            return
        step = _block_rows(factors.shape[1])
        for first in range(0, len(index), step):
            part = index[first : first + step]
            rows = self._share.start + part
            if self._projection is None:
                left = self._rows.factors_at(rows)
            else:
                left = np.take(self._projection.points, rows, axis=0)[:, :-1]
            yield part, _product(left, factors)


def _block_rows(n_columns: int) -> int:
    return min(max(SURVEY_ELEMENTS // n_columns, MIN_ROWS), MAX_ROWS)


def _product(left: np.ndarray, factors: np.ndarray) -> np.ndarray:
    product = np.empty((len(left), factors.shape[1]), left.dtype)
    multiply(left, factors.T, product)
    return product
