"""A few images with a word below each."""

import os
from collections.abc import Sequence

import numpy as np

from aecluster.figures.canvas import INK, drawing, write_title
from aecluster.figures.mosaic import CAPTION_POINTS, Mosaic

_N_COLUMNS = 5
_MARGIN, _TITLE = 0.15, 0.35
# Letters that fit below an image.
_MOST_LETTERS = 12


def draw_samples(
    path: str | os.PathLike[str], images: np.ndarray, captions: Sequence[str], *, title: str
) -> None:
    """Draw images in rows of five, with a caption below each.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    images : ndarray of shape (n, height, width, 1 or 3), uint8
    captions : sequence of str, length n
        The end of a long one is drawn.
    title : str
    """
    height, width = images.shape[1:3]
    rows = [images[i : i + _N_COLUMNS] / 255 for i in range(0, len(images), _N_COLUMNS)]
    mosaic = Mosaic(height, width, len(rows), _N_COLUMNS, gap_x=width // 3, gap_y=height // 2)
    sheet_width, sheet_height = mosaic.size
    below = _MARGIN + 0.2
    with drawing(path, sheet_width + 2 * _MARGIN, _TITLE + sheet_height + below) as figure:
        write_title(figure, title[-60:])
        axes = mosaic.show(figure, rows, _MARGIN, _TITLE)
        for number, caption in enumerate(captions):
            row, column = divmod(number, _N_COLUMNS)
            axes.annotate(
                caption[-_MOST_LETTERS:],
                (mosaic.centre_x(column), mosaic.top(row) + height),
                (0, -2),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=CAPTION_POINTS,
                color=INK,
                annotation_clip=False,
            )
