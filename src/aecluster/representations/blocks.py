"""What most spaces have in common: one function that takes the rows of every split by blocks."""

from collections.abc import Callable, Iterator

import numpy as np

from aecluster.store import Store


def apply(
    function: Callable[[np.ndarray], np.ndarray], base: Store
) -> dict[str, Iterator[np.ndarray]]:
    """Return what a function makes of the rows of every split, block by block.

    Parameters
    ----------
    function : callable
        Takes float32 rows of shape (m, d), returns an array with as many rows.
    base : Store
        Open until the last block is taken.

    Returns
    -------
    dict of str to iterator of ndarray, float32
    """
    return {
        name: (np.asarray(function(block), dtype=np.float32) for block in base[name].blocks())
        for name in base.splits
    }
