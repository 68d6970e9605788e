"""A representation of the values that several others have."""

import numpy as np

from aecluster.store import Store
from aecluster.transforms.vectors import Vectors

_BLOCK = 1024


def union(*bases: Store, seed: int) -> Vectors:
    """Put the vectors of several representations side by side, image by image.

    Parameters
    ----------
    *bases : Store
        Of the same images, open until the last block is taken.
    seed : int
        Of the bases; nothing is random here.

    Returns
    -------
    Vectors
        With as many values per row as all bases together.
    """
    return Vectors(
        {
            name: (
                np.concatenate(blocks, axis=1)
                for blocks in zip(*(base[name].blocks(_BLOCK) for base in bases), strict=True)
            )
            for name in bases[0].splits
        }
    )
