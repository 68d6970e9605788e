"""Coordinates of the points in the few directions in which the data vary most.

With ``x = B'B x + x_rest`` for an orthonormal basis ``B``, a product ``x.v`` is known from the
coordinates ``B x`` and ``B v`` to within ``|x_rest| |v_rest|`` (Cauchy-Schwarz). For images a few
dozen directions hold most of the variance, so that this is a tight bound at a small price.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from aecluster.clustering._rounding import rounding, underflow
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import shared_array

N_DIRECTIONS = 32
POWER_ITERATIONS = 2
# Distances that are bounded at a time: half a megabyte in float32.
BOUND_ELEMENTS = 2**17


class Projection:
    """An orthonormal basis, and the coordinates of all rows.

    Parameters
    ----------
    rows : Rows

    Attributes
    ----------
    basis : ndarray of shape (N_DIRECTIONS, n_features)
    points : ndarray of shape (n_samples, N_DIRECTIONS + 2)
        Of each row the coordinates, a bound of the norm of the rest, and 1; after `project`.
    """

    def __init__(self, rows: Rows):
        self._rows = rows
        self.points = shared_array((rows.n_samples, N_DIRECTIONS + 2), rows.fast_dtype)

    @cached_property
    def basis(self) -> np.ndarray:
        return _leading_directions(self._rows)

    def project(self, part: slice, near: np.ndarray, norms_sq: np.ndarray) -> None:
        """Compute the coordinates of a block of rows about the origin."""
        coordinates = near @ self.basis.T
        self.points[part, :-2] = coordinates
        self.points[part, -2] = self._rest(coordinates, norms_sq)
        self.points[part, -1] = 1

    def split(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the coordinates of vectors and a bound of the norm of the rest."""
        coordinates = vectors @ self.basis.T
        return coordinates, self._rest(coordinates, np.einsum("ij,ij->i", vectors, vectors))

    def factors_of_least(self, targets: np.ndarray) -> np.ndarray:
        """Return what bounds the squared distances of targets to rows from below.

        Parameters
        ----------
        targets : ndarray of shape (n_targets, n_features)
            About the origin.

        Returns
        -------
        ndarray of shape (n_targets, N_DIRECTIONS + 2)
            Its product with `points` is what the squared distances are at least, less
            ``(1 - slack)`` times the squared norms of the rows.
        """
        coordinates, rest = self.split(targets)
        squares = np.einsum("ij,ij->i", targets, targets)
        return np.column_stack([-2 * coordinates, -2 * rest, (1 - self.slack) * squares])

    @property
    def slack(self) -> np.floating:
        """Rounding of a squared distance, as a share of the squared norms."""
        # Of the product it is within 2 times that of |x||y|, which is below half of this.
        return self.basis.dtype.type(4 * rounding(self.basis.shape[1], self.basis.dtype))

    def _rest(self, coordinates: np.ndarray, norms_sq: np.ndarray) -> np.ndarray:
        n_features = self.basis.shape[1]
        covered = np.einsum("ij,ij->i", coordinates, coordinates)
        slack = 4 * rounding(n_features, norms_sq.dtype) * norms_sq
        rest_sq = np.maximum(norms_sq - covered, 0) + slack
        return np.sqrt(rest_sq + underflow(n_features, norms_sq.dtype))


def _leading_directions(rows: Rows) -> np.ndarray:
    """Find the leading directions by subspace iteration on a sample."""
    sample = np.subtract(rows.sample(), rows.origin)
    random = np.random.RandomState(0)
    directions = random.standard_normal((rows.n_features, N_DIRECTIONS)).astype(rows.fast_dtype)
    for _ in range(POWER_ITERATIONS):
        directions = sample.T @ (sample @ directions)
        directions, _ = np.linalg.qr(directions.astype(np.float64))
        directions = directions.astype(rows.fast_dtype)
    return np.ascontiguousarray(directions.T)
