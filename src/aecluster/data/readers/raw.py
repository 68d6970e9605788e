"""Raw bytes of images: one image after another in a file, with nothing between them.

CIFAR, IDX, STL-10 and MATLAB files hold their images so, and so does the temporary file into which
image files are decoded.
"""

import math
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from aecluster.errors import DataError

# A block is held in memory as a whole.
_BLOCK_BYTES = 2**24


def raw_blocks(
    file: BinaryIO, n: int, shape: tuple[int, ...], *, n_rows: int, where: str
) -> Iterator[np.ndarray]:
    """Yield images of one byte per value, in blocks.

    Parameters
    ----------
    file : binary file
        Positioned at the first image.
    n : int
        Number of images.
    shape : tuple of int
        Of one image.
    n_rows : int
        Most images in a block; fewer where it would exceed 16 MiB.
    where : str
        What the file is called in an error.

    Yields
    ------
    ndarray of shape (<= n_rows, *shape), uint8

    Raises
    ------
    DataError
        If the file ends before.
    """
    n_bytes = math.prod(shape)
    n_rows = min(n_rows, max(1, _BLOCK_BYTES // n_bytes))
    for start in range(0, n, n_rows):
        m = min(n_rows, n - start)
        content = file.read(m * n_bytes)
        if len(content) < m * n_bytes:
            found = start + len(content) // n_bytes
            raise DataError(f"{where}: cut short after {found:,} images, expected {n:,}")
        yield np.frombuffer(content, np.uint8).reshape(m, *shape)
