"""Points that are read block by block: an array, or anything of that shape that yields blocks."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

_BLOCK_VALUES = 2**20  # values held at a time: 8 MiB of float64


class Rows(Protocol):
    """What metrics ask of points that need not fit into memory."""

    @property
    def n_features(self) -> int:
        """Number of values a row."""

    def __len__(self) -> int: ...

    def blocks(self, n_rows: int) -> Iterator[np.ndarray]:
        """Yield all rows in order, at most `n_rows` at a time, as arrays of shape (m, d)."""


class ArrayRows:
    """An array of shape (n, d) as `Rows`."""

    def __init__(self, X: np.ndarray):
        self._X = X

    def __len__(self) -> int:
        return len(self._X)

    @property
    def n_features(self) -> int:
        """Number of values a row."""
        return self._X.shape[1]

    def blocks(self, n_rows: int) -> Iterator[np.ndarray]:
        """Yield the rows, `n_rows` at a time."""
        for start in range(0, len(self._X), n_rows):
            yield self._X[start : start + n_rows]


def blocks_of(rows: Rows, values_a_row: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield slices of row numbers with those rows.

    Parameters
    ----------
    rows : Rows
    values_a_row : int, default=1
        How many values the caller makes of a row: more than a row has make the blocks smaller.

    Yields
    ------
    part : slice
    block : ndarray of shape (m, d)
    """
    start = 0
    for block in rows.blocks(max(1, _BLOCK_VALUES // max(rows.n_features, values_a_row))):
        yield slice(start, start + len(block)), block
        start += len(block)
