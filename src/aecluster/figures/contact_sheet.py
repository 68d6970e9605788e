"""Some images of each class of a store, one row per class."""

import os

import numpy as np

from aecluster.figures.canvas import INK, drawing, write_title
from aecluster.figures.mosaic import Mosaic, check_images
from aecluster.store import Split

_N_COLUMNS = 10
# Rows of a picture that one still looks at, and letters of a name.
_MOST_ROWS = 40
_MOST_LETTERS = 40
_MARGIN, _GAP, _TITLE = 0.15, 0.1, 0.35
# Inches for each letter of the longest name, at the size of the type.
_LETTER = 0.075


def draw_contact_sheet(path: str | os.PathLike[str], *, split: Split, title: str) -> None:
    """Draw the first ten images of each class, or the first hundred where there are no labels.

    Of more than 40 classes the first 40 are drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    split : Split
        Of an open store of pixels.
    title : str
        What the picture is of.

    Raises
    ------
    ValueError
        If the rows of the split are no images.
    """
    rows, n_more = _rows(split)
    if n_more:
        title = f"{title}: {len(rows)} of {len(rows) + n_more:,} classes"
    images = [split.X[numbers] * np.float32(split.scale) for _, numbers in rows]
    for some in images:
        check_images(some, "X")
    height, width = images[0].shape[1:3]
    mosaic = Mosaic(height, width, len(rows), _N_COLUMNS)
    left = _MARGIN + max(len(name) for name, _ in rows) * _LETTER + _GAP
    sheet_width, sheet_height = mosaic.size
    with drawing(path, left + sheet_width + _MARGIN, _TITLE + sheet_height + _MARGIN) as figure:
        write_title(figure, title)
        axes = mosaic.show(figure, images, left, _TITLE)
        for row, (name, _) in enumerate(rows):
            axes.annotate(
                name,
                (-0.5, mosaic.top(row) + height / 2),
                (-72 * _GAP, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                color=INK,
                annotation_clip=False,
            )


def _rows(split: Split) -> tuple[list[tuple[str, np.ndarray]], int]:
    """Return name and numbers of the images of each row, and how many classes have no row.

    Classes without images count as none.
    """
    if split.y is None:
        numbers = np.arange(min(len(split), _N_COLUMNS**2))
        return [
            ("", numbers[start : start + _N_COLUMNS])
            for start in range(0, len(numbers), _N_COLUMNS)
        ], 0
    found = np.unique(split.y[split.y >= 0])
    rows = [
        (_shortened(split.class_names[label]), np.flatnonzero(split.y == label)[:_N_COLUMNS])
        for label in found[:_MOST_ROWS]
    ]
    n_more = len(found) - len(rows)
    without = np.flatnonzero(split.y < 0)[:_N_COLUMNS]
    if len(without):
        rows.append(("no label", without))
    return rows, n_more


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
