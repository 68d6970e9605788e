"""Coordinates of the points in the few directions in which the data vary most.

With ``x = B'B x + x_rest`` for an orthonormal basis ``B``, a product ``x.v`` is known from the
coordinates ``B x`` and ``B v`` to within ``|x_rest| |v_rest|`` (Cauchy-Schwarz). For images a few
dozen directions hold most of the variance, so that this is a tight bound at a small price.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._rounding import rounding, underflow
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import shared_array

N_DIRECTIONS = 32
POWER_ITERATIONS = 2
# Which numbers of directions are good for a screening, and what they may leave over.
STEP, MOST_DIRECTIONS, MAX_SHARE, MAX_REST = 16, 128, 0.25, 0.12
# Coordinates are sums of products of so many features: so few terms round little, and more at a
# time would take no less time.
PART_TERMS = 128
# Distances that are bounded at a time: half a megabyte in float32.
BOUND_ELEMENTS = 2**17


class Projection:
    """An orthonormal basis, and the coordinates of all rows.

    Parameters
    ----------
    rows : Rows
    basis : ndarray of shape (n_directions, n_features), optional
        Orthonormal; by default `N_DIRECTIONS` leading directions.

    Attributes
    ----------
    basis : ndarray of shape (n_directions, n_features)
    points : ndarray of shape (n_samples, n_directions + 2)
        Of each row the coordinates, a bound of the norm of the rest, and 1; after `project`.
    lost : float
        Bound of what rounding takes from the coordinates of a vector, as a share of its norm.
    """

    def __init__(self, rows: Rows, basis: np.ndarray | None = None):
        if basis is None:
            basis = _leading_directions(np.subtract(rows.sample(), rows.origin), N_DIRECTIONS)
        self.basis = basis
        n_directions = len(self.basis)
        self.points = shared_array((rows.n_samples, n_directions + 2), rows.fast_dtype)
        n_parts = -(-rows.n_features // PART_TERMS)
        terms = min(rows.n_features, PART_TERMS) + n_parts
        # Each coordinate is off by no more than that share, and so is each direction from what is
        # orthonormal; the root is for that they may all be.
        self.lost = 2 * rounding(terms, rows.fast_dtype) * n_directions**0.5

    def project(self, part: slice, near: np.ndarray, norms_sq: np.ndarray) -> None:
        """Compute the coordinates of a block of rows about the origin."""
        coordinates = self._coordinates(near)
        self.points[part, :-2] = coordinates
        self.points[part, -2] = self._rest(coordinates, norms_sq)
        self.points[part, -1] = 1

    def split(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the coordinates of vectors and a bound of the norm of the rest."""
        coordinates = self._coordinates(vectors)
        return coordinates, self._rest(coordinates, np.einsum("ij,ij->i", vectors, vectors))

    def factors_of_least(self, targets: np.ndarray) -> np.ndarray:
        """Return what bounds the squared distances of targets to rows from below.

        Parameters
        ----------
        targets : ndarray of shape (n_targets, n_features)
            About the origin.

        Returns
        -------
        ndarray of shape (n_targets, n_directions + 2)
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
        relative = 4 * rounding(self.basis.shape[1], self.basis.dtype)
        return self.basis.dtype.type(relative + self.product_error)

    @property
    def product_error(self) -> float:
        """Bound of what is lost of a product of two vectors, as a share of that of their norms.

        The product is that of coordinates and rests.
        """
        terms = rounding(len(self.basis) + 2, self.basis.dtype)
        return 2.01 * (self.lost + terms)

    def _coordinates(self, vectors: np.ndarray) -> np.ndarray:
        coordinates = vectors[:, :PART_TERMS] @ self.basis[:, :PART_TERMS].T
        for start in range(PART_TERMS, self.basis.shape[1], PART_TERMS):
            part = slice(start, start + PART_TERMS)
            coordinates += vectors[:, part] @ self.basis[:, part].T
        return coordinates

    def _rest(self, coordinates: np.ndarray, norms_sq: np.ndarray) -> np.ndarray:
        n_features, dtype = self.basis.shape[1], norms_sq.dtype
        covered = np.einsum("ij,ij->i", coordinates, coordinates)
        slack = (4 * rounding(n_features, dtype) + 2.01 * self.lost) * norms_sq
        rest_sq = np.maximum(norms_sq - covered, 0) + slack
        return np.sqrt(rest_sq + underflow(n_features, dtype)).astype(dtype, copy=False)


def screening_directions(rows: Rows) -> np.ndarray | None:
    """Return the directions to screen by, or None where few do not hold most of the variance."""
    most = min(MOST_DIRECTIONS, int(rows.n_features * MAX_SHARE))
    if most < STEP:
        return None
    sample = np.subtract(rows.sample(), rows.origin)
    directions, rest = _in_order(_leading_directions(sample, most), sample)
    for n in range(STEP, most + 1, STEP):
        if rest[n - 1] <= MAX_REST:
            return directions[:n]
    return None


def _leading_directions(sample: np.ndarray, n: int) -> np.ndarray:
    """Find `n` orthonormal directions in which rows vary most, by subspace iteration."""
    random = np.random.RandomState(0)
    directions = random.standard_normal((n, sample.shape[1])).astype(sample.dtype).T
    for step in range(POWER_ITERATIONS):
        directions = sample.T @ (sample @ directions)
        # Before the last pass they need only be independent.
        if step == POWER_ITERATIONS - 1:
            directions = directions.astype(np.float64)
        directions, _ = np.linalg.qr(directions)
    return np.ascontiguousarray(directions.T.astype(sample.dtype))


def _in_order(directions: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn directions within their span, so that they come in the order of the variance.

    Returns
    -------
    directions : ndarray of shape (n, n_features), fast dtype
    rest : ndarray of shape (n,), float64
        Which share of the squares the first 1, 2, ... leave over.
    """
    coordinates = (sample @ directions.T).astype(np.float64)
    if not np.isfinite(coordinates).all():  # which comes out when the rows are surveyed
        return directions, np.ones(len(directions))
    squares, turned = np.linalg.eigh(coordinates.T @ coordinates)
    directions = (turned[:, ::-1].T @ directions.astype(np.float64)).astype(sample.dtype)
    whole = np.square(sample, dtype=np.float64).sum()
    rest = 1 - np.cumsum(squares[::-1]) / whole if whole else np.zeros(len(directions))
    return np.ascontiguousarray(directions), rest
