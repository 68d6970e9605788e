"""What a transform returns, and the way in which most of them make it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from aecluster.store import Store


@dataclass(frozen=True)
class Vectors:
    """The rows of a new representation.

    Attributes
    ----------
    splits : mapping of str to iterable of ndarray of shape (m, d), float32
        Of each split of the base, in blocks and in order, computed when they are taken.
    atoms : ndarray of shape (rows, columns, height, width, channels), float32, optional
        The pictures in 0..1 that the vectors are built from, similar ones in a row.
    """

    splits: Mapping[str, Iterable[np.ndarray]]
    atoms: np.ndarray | None = None


def apply(function: Callable[[np.ndarray], np.ndarray], base: Store) -> Vectors:
    """Return what a function makes of the rows of every split, block by block.

    Parameters
    ----------
    function : callable
        Takes float32 rows of shape (m, d), returns an array with as many rows.
    base : Store
        Open until the last block is taken.

    Returns
    -------
    Vectors
    """
    return Vectors(
        {
            name: (np.asarray(function(block), dtype=np.float32) for block in base[name].blocks())
            for name in base.splits
        }
    )
