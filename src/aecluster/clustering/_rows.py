"""Rows of the data, wherever they are kept, in the two precisions that the algorithms need.

Products of matrices are formed in the *fast* dtype, of vectors about an origin near the middle of
the data, where cancellation is smallest; what rounding leaves open is settled in float64.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from aecluster.clustering._rounding import rounding
from aecluster.clustering._workers import Team, shared_array

if TYPE_CHECKING:
    import h5py

Visit = Callable[[slice, np.ndarray, np.ndarray], None]

BLOCK_ELEMENTS = 2**18  # 1 MB in float32: large enough for BLAS, small enough for the cache
MIN_BLOCK_ROWS, MAX_BLOCK_ROWS = 256, 4096
SAMPLE_ROWS = 1024
# Rows about zero may be this many times as long, in squares, as about the origin: their products
# are off by the root of it.
MAX_LENGTHENING = 16


def is_hdf5(X: object) -> bool:
    """Tell whether `X` is an HDF5 dataset, without importing h5py for those who do not use it."""
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(X, h5py.Dataset)


class Rows:
    """Samples as rows: an array, a memmap or an HDF5 dataset, read block by block.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)
        Finite numbers; further axes of a dataset are flattened.
    weight : ndarray of shape (n_samples,), float64

    Attributes
    ----------
    weight : ndarray of shape (n_samples,), float64
    fast_dtype : dtype
        float32 for float32 and uint8 data, else float64.
    is_streamed : bool
        Whether rows are read from a file, where only consecutive ones come fast.
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

    def __init__(self, X: np.ndarray | h5py.Dataset, weight: np.ndarray):
        self._data = X
        self.weight = weight
        self.n_samples = X.shape[0]
        self.n_features = int(np.prod(X.shape[1:]))
        self.fast_dtype = np.dtype(np.float32 if X.dtype in (np.float32, np.uint8) else np.float64)
        self.is_streamed = is_hdf5(X)
        self._near = np.empty((0, self.n_features), self.fast_dtype)
        is_whole = X.dtype == np.uint8
        self._stored = np.empty((0, self.n_features), X.dtype if is_whole else self.fast_dtype)

    @cached_property
    def origin(self) -> np.ndarray:
        return self.sample().mean(axis=0, dtype=np.float64).astype(self.fast_dtype)

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
        step = -(-self.n_samples // SAMPLE_ROWS)
        return self.read(slice(None, None, step))

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
        for part, block in self.blocks(share):
            near = self._room(len(block))
            norms_sq, reach_sq = self.norms_sq[part], self.reach_sq[part]
            survey(
                block, self.weight[part], direction, self.origin,
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

        It is the order along a direction drawn once and for all; after `survey`.
        """
        return self._along.argsort()

    def order_of(self, block: np.ndarray) -> np.ndarray:
        """Return the same for all rows, where these are at hand."""
        return (block @ _direction(self.n_features)).argsort()

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
        rows = self._data[selection].reshape(-1, self.n_features)
        return rows.astype(self._stored.dtype, copy=False)


@cache
def _direction(n_features: int) -> np.ndarray:
    return np.random.RandomState(0).standard_normal(n_features)
