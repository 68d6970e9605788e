"""Many small images as one: a drawing with one axes per image would take seconds."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aecluster.figures.canvas import DPI

# Dots on paper of an image's longer side: about half an inch.
_TILE_DOTS = 96
# Size of the type beside and above images.
CAPTION_POINTS = 9


def check_images(images: np.ndarray, name: str) -> None:
    """Raise ValueError unless `images` has shape (n, height, width, 1 or 3)."""
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"{name}: shape {images.shape}, expected (n, height, width, channels) with 1 or 3 "
            "channels"
        )


@dataclass(frozen=True)
class Mosaic:
    """Rows of images of one size on white.

    Attributes
    ----------
    height, width : int
        Of one image, in its pixels.
    n_rows, n_columns : int
    gap_x, gap_y : int
        White between two images, in their pixels.
    """

    height: int
    width: int
    n_rows: int
    n_columns: int
    gap_x: int = 1
    gap_y: int = 1

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on paper, in inches."""
        scale = scale_on_paper(self.height, self.width) / DPI
        return (
            (self.n_columns * (self.width + self.gap_x) - self.gap_x) * scale,
            (self.n_rows * (self.height + self.gap_y) - self.gap_y) * scale,
        )

    def centre_x(self, column: int) -> float:
        """Return the data coordinate of the middle of a column."""
        return column * (self.width + self.gap_x) + (self.width - 1) / 2

    def top(self, row: int) -> float:
        """Return the data coordinate of the upper edge of a row."""
        return row * (self.height + self.gap_y) - 0.5

    def arrange(self, rows: list[np.ndarray]) -> np.ndarray:
        """Return all images as one.

        Parameters
        ----------
        rows : list of ndarray of shape (<= n_columns, height, width, 1 or 3)
            Values in [0, 1]; what lies outside is clipped.

        Returns
        -------
        ndarray of shape (height, width, 3), uint8
        """
        pitch_y, pitch_x = self.height + self.gap_y, self.width + self.gap_x
        places = np.full((self.n_rows, pitch_y, self.n_columns, pitch_x, 3), 255, dtype=np.uint8)
        for place, images in zip(places, rows, strict=True):
            levels = np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
            place[: self.height, : len(images), : self.width] = levels.transpose(1, 0, 2, 3)
        whole = places.reshape(self.n_rows * pitch_y, self.n_columns * pitch_x, 3)
        return whole[: len(whole) - self.gap_y, : whole.shape[1] - self.gap_x]

    def show(self, figure: Figure, rows: list[np.ndarray], left: float, top: float) -> Axes:
        """Place the images on a figure, `left` and `top` inches from its edges.

        Returns
        -------
        matplotlib.axes.Axes
            Without ticks and frame; data coordinates are the images' pixels.
        """
        width, height = self.size
        whole_width, whole_height = figure.get_size_inches()
        axes = figure.add_axes(
            (
                left / whole_width,
                1 - (top + height) / whole_height,
                width / whole_width,
                height / whole_height,
            )
        )
        enlarged = scale_on_paper(self.height, self.width) >= 1
        axes.imshow(
            self.arrange(rows), aspect="auto", interpolation="nearest" if enlarged else "auto"
        )
        axes.set_axis_off()
        return axes


def scale_on_paper(height: int, width: int) -> float:
    """Return the dots on paper that a pixel of an image takes, whole numbers where it can."""
    scale = _TILE_DOTS / max(height, width)
    return math.floor(scale) if scale >= 1 else scale
