"""What an autoencoder makes of images."""

import os

import numpy as np

from aecluster.figures.canvas import drawing, write_title
from aecluster.figures.mosaic import Mosaic, check_images


def draw_reconstructions(
    path: str | os.PathLike[str], images: np.ndarray, reconstructions: np.ndarray
) -> None:
    """Draw a row of images above the row of their reconstructions, with the error of each pair.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    images : ndarray of shape (n, height, width, 1 or 3), float
        Values in [0, 1].
    reconstructions : ndarray of the same shape, float
        May leave [0, 1]: the picture is clipped, the error (mean squared error over the values of
        one image) is not.

    Raises
    ------
    ValueError
        If the shapes differ, are not those of images, or there is no image.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "reconstructions.png"
    >>> draw_reconstructions(path, np.zeros((16, 32, 32, 1)), np.ones((16, 32, 32, 1)))
    >>> path.exists()
    True
    """
    check_images(images, "images")
    if images.shape != reconstructions.shape or len(images) == 0:
        raise ValueError(
            f"reconstructions: shape {reconstructions.shape}, expected that of the images, "
            f"{images.shape}, with at least one image"
        )
    n, height, width, _ = images.shape
    errors = np.square(images - reconstructions, dtype=np.float64).mean(axis=(1, 2, 3))
    mosaic = Mosaic(height, width, 2, n)
    left, top = 1.15, 0.4
    with drawing(path, max(left + mosaic.size[0], 4.5) + 0.1, top + mosaic.size[1] + 0.3) as figure:
        write_title(
            figure, f"Images and their reconstructions (n = {n}, mean MSE {errors.mean():.4f})"
        )
        axes = mosaic.show(figure, [images, reconstructions], left, top)
        beside = {"xycoords": "data", "textcoords": "offset points", "annotation_clip": False}
        for row, name in enumerate(("image", "reconstruction")):
            axes.annotate(
                name,
                (-0.5, mosaic.top(row) + height / 2),
                (-6, 0),
                **beside,
                ha="right",
                va="center",
            )
        below = {**beside, "va": "top", "fontsize": 7}
        bottom = mosaic.top(1) + height
        axes.annotate("MSE", (-0.5, bottom), (-6, -4), **below, ha="right")
        for column, error in enumerate(errors):
            axes.annotate(
                f"{error:.4f}", (mosaic.centre_x(column), bottom), (0, -4), **below, ha="center"
            )
