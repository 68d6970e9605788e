"""Points that are read block by block: an array, or anything of that shape that yields blocks."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

_BLOCK_VALUES = 2**20  # values held at a time: 8 MiB of float64


class Points(Protocol):
    """What metrics ask of points that need not fit into memory."""

    @property
    def n_features(self) -> int:
        """Number of values per point."""

    def __len__(self) -> int: ...

    def blocks(self, n_rows: int) -> Iterator[np.ndarray]:
        """Yield all points in order, at most `n_rows` at a time, as arrays of shape (m, d)."""


class ArrayPoints:
    """An array of shape (n, d) as `Points`."""

    def __init__(self, X: np.ndarray):
        self.array = X

    def __len__(self) -> int:
        return len(self.array)

    @property
    def n_features(self) -> int:
        """Number of values per point."""
        return self.array.shape[1]

    def blocks(self, n_rows: int) -> Iterator[np.ndarray]:
        """Yield the points, `n_rows` at a time."""
        for start in range(0, len(self.array), n_rows):
            yield self.array[start : start + n_rows]


def blocks_of(points: Points, values_per_point: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield slices of row numbers with the points there.

    Parameters
    ----------
    points : Points
    values_per_point : int, default=1
        How many values the caller makes of a point: more than a point has make the blocks smaller.

    Yields
    ------
    part : slice
    block : ndarray of shape (m, d)
    """
    start = 0
    for block in points.blocks(max(1, _BLOCK_VALUES // max(points.n_features, values_per_point))):
        yield slice(start, start + len(block)), block
        start += len(block)
