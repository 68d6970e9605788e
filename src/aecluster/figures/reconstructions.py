"""Pictures of a trained representation: its curves, and what it makes of images."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from aecluster.figures.canvas import BLUE, GRAY, GREEN, VERMILION, drawing, write_title
from aecluster.figures.mosaic import Mosaic, check_images
from aecluster.records.record import Point

_CURVES = {
    "loss": ("loss: train MSE with penalty", BLUE, "o", "-"),
    "mse": ("train MSE", VERMILION, "s", "--"),
    "test_mse": ("test MSE", GREEN, "^", "-"),
}
# Markers tell points apart; more than this run into one another.
_MOST_MARKERS = 50


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


def draw_curves(path: str | os.PathLike[str], curves: Mapping[str, Sequence[Point]]) -> None:
    """Draw loss and reconstruction error by epoch.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    curves : mapping of str to sequence of Point
        `loss`, `mse` and `test_mse`, those that there are; a point's step is its epoch. Without
        any curve, as of a network that is left untrained, the picture says so.

    Raises
    ------
    ValueError
        If there are curves, but none of these.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "curves.png"
    >>> draw_curves(path, {"loss": [Point(step=1, time=0, value=0.03)]})
    >>> path.exists()
    True
    """
    drawn = {name: curves[name] for name in _CURVES if curves.get(name)}
    if not curves:
        with drawing(path, 6.0, 0.7) as figure:
            write_title(figure, "Loss and reconstruction error (n = 0 epochs)")
            figure.text(0.5, 0.25, "the network is untrained", ha="center", color=GRAY)
        return
    if not drawn:
        raise ValueError(f"curves: found {', '.join(curves)}, expected one of {', '.join(_CURVES)}")
    n_epochs = max(point.step for points in drawn.values() for point in points)
    with drawing(path, 6.0, 3.6) as figure:
        axes = figure.add_subplot()
        for name, points in drawn.items():
            label, colour, marker, line = _CURVES[name]
            axes.plot(
                [point.step for point in points],
                [point.value for point in points],
                color=colour,
                marker=marker if n_epochs <= _MOST_MARKERS else None,
                markersize=5,
                linestyle=line,
                label=f"{label} (final {points[-1].value:.4f})",
            )
        axes.set_title(f"Loss and reconstruction error (n = {n_epochs} epochs)", fontsize=10)
        axes.set_xlabel("epoch")
        axes.set_ylabel("mean squared error (brightness 0 to 1)")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(axis="y", alpha=0.3)
        axes.legend(frameon=False)
        figure.tight_layout()
