"""Rows of the data, wherever they are kept, in the two precisions that the algorithms need.

Products of matrices are formed in the *fast* dtype, about an origin near the middle of the
data, where cancellation is smallest; what rounding leaves open is settled in float64.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import h5py

BLOCK_ELEMENTS = 2**19  # 2 MB in float32: large enough for BLAS, small enough for the cache
MIN_BLOCK_ROWS, MAX_BLOCK_ROWS = 256, 4096


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
    origin : ndarray of shape (n_features,), fast_dtype
        The weighted mean of the data, rounded.
    norms_sq : ndarray of shape (n_samples,), fast_dtype
        Squared distance of every sample from the origin.
    variance : float
        Weighted variance of a feature, averaged over the features.
    """

    def __init__(self, X: np.ndarray | h5py.Dataset, weight: np.ndarray):
        self._data = X
        self.weight = weight
        self.n_samples = X.shape[0]
        self.n_features = int(np.prod(X.shape[1:]))
        self.fast_dtype = np.dtype(np.float32 if X.dtype in (np.float32, np.uint8) else np.float64)

    @cached_property
    def _mean(self) -> np.ndarray:
        total = np.zeros(self.n_features)
        for part, block in self.blocks():
            weight = self.weight[part].astype(self.fast_dtype)
            total += weight @ block.astype(self.fast_dtype, copy=False)
        return total / self.weight.sum()

    @cached_property
    def origin(self) -> np.ndarray:
        return self._mean.astype(self.fast_dtype)

    @cached_property
    def norms_sq(self) -> np.ndarray:
        norms_sq = np.empty(self.n_samples, self.fast_dtype)
        for part, points in self.fast_blocks():
            np.einsum("ij,ij->i", points, points, out=norms_sq[part])
        return norms_sq

    @cached_property
    def variance(self) -> float:
        about_origin = np.average(self.norms_sq, weights=self.weight)
        off_centre = np.square(self._mean - self.origin).sum()
        return float(about_origin - off_centre) / self.n_features

    def order(self) -> np.ndarray:
        """Return an order of the rows that depends on their content alone, equal rows adjacent.

        It is the order along a direction drawn once and for all.
        """
        direction = np.random.RandomState(0).standard_normal(self.n_features)
        along = np.empty(self.n_samples, self.fast_dtype)
        for part, points in self.fast_blocks():
            along[part] = points @ direction.astype(self.fast_dtype)
        return along.argsort(kind="stable")

    def parts(self, columns: int = 1) -> Iterator[slice]:
        """Yield slices of rows whose work arrays, `columns` numbers a row, stay in the cache."""
        size = BLOCK_ELEMENTS // max(self.n_features, columns)
        size = min(max(size, MIN_BLOCK_ROWS), MAX_BLOCK_ROWS)
        for start in range(0, self.n_samples, size):
            yield slice(start, min(start + size, self.n_samples))

    def fast_blocks(self, columns: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield slices and their rows about the origin in the fast dtype."""
        for part in self.parts(columns):
            yield part, self.centred(self._read(part))

    def blocks(self, columns: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield slices and their rows as they are stored."""
        for part in self.parts(columns):
            yield part, self._read(part)

    def centred(self, rows: np.ndarray) -> np.ndarray:
        """Return rows, or centroids, about the origin in the fast dtype."""
        return np.subtract(rows, self.origin).astype(self.fast_dtype, copy=False)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Return the rows at `indices` (any order, repeats allowed) in float64."""
        if is_hdf5(self._data):
            distinct, inverse = np.unique(indices, return_inverse=True)
            return self._read(distinct)[inverse].astype(np.float64)
        return self._data[indices].astype(np.float64)

    def _read(self, selection: slice | np.ndarray) -> np.ndarray:
        return self._data[selection].reshape(-1, self.n_features)
