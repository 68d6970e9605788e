"""The pictures that a space is built from."""

import os

import numpy as np

from aecluster.figures.canvas import drawing, write_title
from aecluster.figures.mosaic import Mosaic, check_images

_MARGIN, _TITLE = 0.1, 0.4


def draw_atoms(path: str | os.PathLike[str], atoms: np.ndarray, *, representation: str) -> None:
    """Draw each row of atoms: one, and those nearest to it.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    atoms : ndarray of shape (rows, columns, height, width, 1 or 3)
        Values in [0, 1].
    representation : str
        What is built from them, for the title.

    Raises
    ------
    ValueError
        If the atoms are no such pictures.
    """
    if atoms.ndim != 5:
        raise ValueError(
            f"atoms: shape {atoms.shape}, expected (rows, columns, height, width, channels)"
        )
    check_images(atoms[0], "atoms")
    mosaic = Mosaic(*atoms.shape[2:4], *atoms.shape[:2])
    width, height = mosaic.size
    with drawing(path, width + 2 * _MARGIN, _TITLE + height + _MARGIN) as figure:
        title = f"Each row: an atom of {representation}, and those nearest to it"
        write_title(figure, title)
        mosaic.show(figure, list(atoms), _MARGIN, _TITLE)
