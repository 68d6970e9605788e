"""Rows of the data, wherever they are kept, in the two precisions that the algorithms need.

Products of matrices are formed in the *fast* dtype, of vectors about an origin near the middle of
the data, where cancellation is smallest; what rounding leaves open is settled in float64.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from aecluster.clustering._rounding import rounding
from aecluster.clustering._workers import Team, shared_array

if TYPE_CHECKING:
    import h5py
    from scipy.sparse import csr_array

Visit = Callable[[slice, np.ndarray, np.ndarray], None]

BLOCK_ELEMENTS = 2**18  # 1 MB in float32: large enough for BLAS, small enough for the cache
MIN_BLOCK_ROWS, MAX_BLOCK_ROWS = 256, 4096
SAMPLE_ROWS = 1024
# Mean squared distances from the origin, of which neither squares nor sums leave the dtype's range.
# Data beyond are brought to about 1 by a power of two, which is exact, and computed in float64.
RANGES = {np.dtype(np.float32): (1e-24, 1e24), np.dtype(np.float64): (1e-200, 1e200)}
WEIGHT_RANGE = 1e-60, 1e60
LARGEST_EXPONENT = 500  # of numbers whose squares, and sums of these, are in float64's range
# Rows about zero may be this many times as long, in squares, as about the origin: their products
# are off by the root of it.
MAX_LENGTHENING = 16


class Scale(NamedTuple):
    """Powers of two by which rows, and their weights, are multiplied.

    Attributes
    ----------
    of_rows, of_weights : int
        The exponents.
    """

    of_rows: int = 0
    of_weights: int = 0

    def undone(self, centers: np.ndarray) -> np.ndarray:
        """Return centroids, or distances, in the unit of the data."""
        return np.ldexp(centers, -self.of_rows) if self.of_rows else centers

    def undone_squares(self, squares: float, *, is_weighted: bool = True) -> float:
        """Return squared distances, weighted or not, in the unit of the data.

        Infinity stands for what is beyond float64.
        """
        exponent = -2 * self.of_rows - (self.of_weights if is_weighted else 0)
        if not exponent:
            return squares
        with np.errstate(over="ignore", under="ignore"):
            return float(np.ldexp(squares, exponent))


def is_hdf5(X: object) -> bool:
    """Tell whether `X` is an HDF5 dataset, without importing h5py for those who do not use it."""
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(X, h5py.Dataset)


def is_sparse(X: object) -> bool:
    """Tell whether `X` is a sparse array or matrix, without importing SciPy for who uses none."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(X)


class Rows:
    """Samples as rows: an array, a memmap, a sparse or an HDF5 dataset, read block by block.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_samples, n_features), or h5py.Dataset of shape (n_samples, ...)
        Finite numbers; further axes of a dataset are flattened.
    weight : ndarray of shape (n_samples,), float64
        0 or more, not all 0.
    exponent : int, optional
        Rows are multiplied by this power of two, and computed in float64.

    Attributes
    ----------
    weight : ndarray of shape (n_samples,), float64
    scale : Scale
        What the rows and weights here were multiplied by.
    fast_dtype : dtype
        float32 for float32 and uint8 data, else float64.
    is_streamed : bool
        Whether rows are made as they are read, where only consecutive ones come fast.
    is_in_file : bool
        Whether they are read from a file.
    origin : ndarray of shape (n_features,), fast_dtype
        The mean of a sample of the data, rounded.
    is_centred : bool
        Whether products take rows about the origin, else as they are stored, which spares a pass.
    norms_sq : ndarray of shape (n_samples,), fast_dtype
        Squared distance of every sample from the origin; after `survey`.
    reach_sq : ndarray of shape (n_samples,), fast_dtype
        The larger one of that and of the squared norm of a row as products take it.
    scatter : float
        Weighted sum of squared distances from the origin; after `survey`.
    variance : float
        Weighted variance of a feature, averaged over the features; after `survey`.
    """

    def __init__(
        self,
        X: np.ndarray | csr_array | h5py.Dataset,
        weight: np.ndarray,
        exponent: int | None = None,
    ):
        self._data = X
        self._exponent = exponent
        self.n_samples = X.shape[0]
        self.n_features = int(np.prod(X.shape[1:]))
        self.is_in_file = is_hdf5(X)
        self.is_streamed = self.is_in_file or is_sparse(X)
        is_single = X.dtype in (np.float32, np.uint8) and exponent is None
        self.fast_dtype = np.dtype(np.float32 if is_single else np.float64)
        is_whole = X.dtype == np.uint8 and exponent is None
        self._stored = np.empty((0, self.n_features), X.dtype if is_whole else self.fast_dtype)
        self._near = np.empty((0, self.n_features), self.fast_dtype)
        if exponent is not None and not self.is_streamed:
            self._data = self._multiplied(X)
        heaviest = weight.max(initial=0.0)
        is_usual = heaviest == 0 or WEIGHT_RANGE[0] < heaviest < WEIGHT_RANGE[1]
        of_weights = 0 if is_usual else -_exponent(heaviest)
        self.weight = np.ldexp(weight, of_weights) if of_weights else weight
        self.scale = Scale(exponent or 0, of_weights)

    def is_in_range(self, scatter: float, dtype: np.dtype) -> bool:
        """Tell whether squared distances keep their digits in a dtype.

        Parameters
        ----------
        scatter : float
            Weighted sum of squared distances from the origin.
        dtype : dtype
        """
        lowest, highest = RANGES[np.dtype(dtype)]
        # Equal rows, which no power of two brings apart, come here twice.
        return self._exponent is not None or lowest < scatter / self.weight.sum() < highest

    def in_range(self) -> Rows:
        """Return the same rows, multiplied by a power of two so that their spread is about 1."""
        farthest = largest = 0.0
        first = None
        for part, block in self.blocks(slice(0, self.n_samples)):
            counted = block[self.weight[part] > 0].astype(np.float64)
            if len(counted):
                first = counted[0] / 2 if first is None else first
                # Halves, of which no difference overflows.
                farthest = max(farthest, np.abs(counted / 2 - first).max())
                largest = max(largest, np.abs(counted).max())
        exponent = -_exponent(farthest) - 1 if farthest else 0
        exponent = min(exponent, LARGEST_EXPONENT - _exponent(largest))
        weight = np.ldexp(self.weight, -self.scale.of_weights)
        return Rows(self._data, weight, exponent)

    @cached_property
    def origin(self) -> np.ndarray:
        sample, weight = self.sample(), self.weight[:: self._sample_step]
        # What counts for nothing may be far away.
        if weight.any() and not weight.all():
            sample = sample[weight > 0]
        return sample.mean(axis=0, dtype=np.float64).astype(self.fast_dtype)

    @cached_property
    def is_centred(self) -> bool:
        if self.is_streamed or self._data.dtype != self.fast_dtype:
            return True  # a pass that converts centres as well
        sample = self.sample()
        near = sample - self.origin
        lengths = np.einsum("ij,ij->", sample, sample), np.einsum("ij,ij->", near, near)
        return bool(lengths[0] > MAX_LENGTHENING * lengths[1])

    @cached_property
    def subtracted(self) -> np.ndarray:
        """What `factors` subtracts from every row."""
        return self.origin if self.is_centred else np.zeros_like(self.origin)

    def sample(self) -> np.ndarray:
        """Return some rows from all over the data, as they are stored."""
        return self.read(slice(None, None, self._sample_step))

    @property
    def _sample_step(self) -> int:
        return -(-self.n_samples // SAMPLE_ROWS)

    def make_room(self) -> None:
        """Provide for what `survey` measures, in memory that workers forked later share."""
        of_rows = shared_array((3, self.n_samples), self.fast_dtype)
        self.norms_sq, self.reach_sq, self._along = of_rows

    def survey(self, team: Team, visit: Visit | None = None) -> None:
        """Measure all rows once, each worker its share. After `make_room`.

        `visit` is called for every block, with its slice, its rows about the origin and their
        `norms_sq`.
        """
        from aecluster.clustering._compiled import survey  # Numba loads in half a second

        share = team.share(self.n_samples)
        direction = _direction(self.n_features).astype(self.fast_dtype)
        moments = np.zeros(self.n_features + 1)
        exact = self.origin.astype(np.float64)
        for part, block in self.blocks(share):
            near = self._room(len(block))
            norms_sq, reach_sq = self.norms_sq[part], self.reach_sq[part]
            survey(
                block, self.weight[part], direction, self.origin, exact,
                near, self._along[part], norms_sq, reach_sq, moments,
            )  # fmt: skip
            if self.is_centred:
                reach_sq[:] = norms_sq
            else:
                np.maximum(reach_sq, norms_sq, out=reach_sq)
            if visit is not None:
                visit(part, near, norms_sq)
        moments = team.add(moments)
        self.scatter = float(moments[-1])
        moments = moments / self.weight.sum()
        self.variance = float(moments[-1] - np.square(moments[:-1]).sum()) / self.n_features

    def norms(self, part: slice) -> np.ndarray:
        """Return the distances of rows from the origin, or a little more; after `survey`."""
        return self.lengths(self.norms_sq[part])

    def reach(self, part: slice) -> np.ndarray:
        """Return the norms of rows as products take them, or a little more; after `survey`."""
        return self.lengths(self.reach_sq[part])

    def lengths(self, norms_sq: np.ndarray) -> np.ndarray:
        """Return the norms, or a little more, of squared ones that are rounded."""
        above = 1 + rounding(self.n_features, self.fast_dtype)
        return np.sqrt(norms_sq * self.fast_dtype.type(above))

    def order(self) -> np.ndarray:
        """Return an order of the rows that depends on their content alone, equal rows adjacent.

        It is the order along a direction drawn once and for all; rows of weight 0 are not in it.
        After `survey`.
        """
        return self._that_count(self._along.argsort())

    def order_of(self, block: np.ndarray) -> np.ndarray:
        """Return the same for all rows, where these are at hand."""
        return self._that_count((block @ _direction(self.n_features)).argsort())

    def _that_count(self, order: np.ndarray) -> np.ndarray:
        return order if self.weight.all() else order[self.weight[order] > 0]

    def block_rows(self, columns: int = 1) -> int:
        """Return how many rows make a block; work arrays have `columns` numbers per row."""
        size = BLOCK_ELEMENTS // max(self.n_features, columns)
        return min(max(size, MIN_BLOCK_ROWS), MAX_BLOCK_ROWS)

    def blocks(
        self, share: slice, columns: int = 1, *, is_read_once: bool = False
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield slices and their rows as they are stored.

        Blocks stay in the cache with their work arrays, or only these where rows are read once.
        """
        size = self.block_rows(columns)
        if is_read_once and not self.is_streamed:
            size = max(size, min(BLOCK_ELEMENTS // (4 * columns), MAX_BLOCK_ROWS // 4))
        for start in range(share.start, share.stop, size):
            part = slice(start, min(start + size, share.stop))
            yield part, self.read(part)

    def centred(self, rows: np.ndarray) -> np.ndarray:
        """Return rows about the origin in the fast dtype, in memory that the next call reuses."""
        return np.subtract(rows, self.origin, out=self._room(len(rows)))

    def _room(self, n: int) -> np.ndarray:
        if len(self._near) < n:
            self._near = np.empty((n, self.n_features), self.fast_dtype)
        return self._near[:n]

    def factors(self, rows: np.ndarray) -> np.ndarray:
        """Return rows as products take them, in memory that the next call reuses."""
        return self.centred(rows) if self.is_centred else rows

    def factors_at(self, indices: np.ndarray) -> np.ndarray:
        """Return the rows at `indices` as `factors` does; not of a file."""
        if len(self._stored) < len(indices):
            self._stored = np.empty((len(indices), self.n_features), self._stored.dtype)
        # Any mode but "raise" writes to `out` without a buffer in between.
        rows = np.take(self._data, indices, 0, out=self._stored[: len(indices)], mode="clip")
        return self.factors(rows)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Return the rows at `indices` (any order, repeats allowed) in float64."""
        if self.is_streamed:
            distinct, inverse = np.unique(indices, return_inverse=True)
            return self.read(distinct)[inverse].astype(np.float64)
        return self._data[indices].astype(np.float64)

    def read(self, selection: slice | np.ndarray) -> np.ndarray:
        """Return rows as they are stored, or in float64 where that is no type of `KMeans`."""
        rows = self._data[selection]
        if not self.is_streamed:
            return rows.reshape(-1, self.n_features).astype(self._stored.dtype, copy=False)
        rows = rows if self.is_in_file else rows.toarray()
        rows = rows.reshape(-1, self.n_features)
        if self._exponent is not None:
            return self._multiplied(rows)
        return rows.astype(self._stored.dtype, copy=False)

    def _multiplied(self, rows: np.ndarray) -> np.ndarray:
        return np.ldexp(rows.astype(np.float64), self._exponent)


def _exponent(number: float) -> int:
    """Return the least power of two above a positive number."""
    return int(np.frexp(number)[1])


@cache
def _direction(n_features: int) -> np.ndarray:
    return np.random.RandomState(0).standard_normal(n_features)
