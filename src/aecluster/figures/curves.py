"""The picture of a contrastive training: what is minimised, and what it does to the space."""

import os
from collections.abc import Mapping, Sequence

from matplotlib.ticker import MaxNLocator

from aecluster.figures.canvas import BLUE, GREEN, VERMILION, drawing
from aecluster.records.record import Point

_PANELS = (
    ("loss", "loss", "cross-entropy of finding the other view", BLUE),
    ("alignment", "alignment", "mean squared distance of two views", VERMILION),
    ("uniformity", "uniformity", "log of the mean potential of all pairs", VERMILION),
    ("test_knn_accuracy", "accuracy of 20 neighbours", "share of test images", GREEN),
)
_SIZE = 3.1, 2.8
# Markers tell points apart; more than this run into one another.
_MOST_MARKERS = 50


def draw_agreement(path: str | os.PathLike[str], curves: Mapping[str, Sequence[Point]]) -> None:
    """Draw loss, alignment, uniformity and accuracy of neighbours by epoch, a panel each.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    curves : mapping of str to sequence of Point
        `loss`, `alignment`, `uniformity` and `test_knn_accuracy`, those that there are; a point's
        step is its epoch.

    Raises
    ------
    ValueError
        If none of these curves is there.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "curves.png"
    >>> draw_agreement(path, {"loss": [Point(step=1, time=0, value=6.9)]})
    >>> path.exists()
    True
    """
    panels = [panel for panel in _PANELS if curves.get(panel[0])]
    if not panels:
        expected = ", ".join(name for name, *_ in _PANELS)
        raise ValueError(f"curves: found {', '.join(curves) or 'none'}, expected one of {expected}")
    width, height = _SIZE
    with drawing(path, width * len(panels), height) as figure:
        for index, (name, title, unit, colour) in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), index + 1)
            points = curves[name]
            axes.plot(
                [point.step for point in points],
                [point.value for point in points],
                color=colour,
                marker="o" if len(points) <= _MOST_MARKERS else None,
                markersize=4,
            )
            axes.set_title(f"{title} (final {points[-1].value:.3f})", fontsize=9)
            axes.set_xlabel("epoch", fontsize=8)
            axes.set_ylabel(unit, fontsize=8)
            axes.tick_params(labelsize=7)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
            axes.grid(axis="y", alpha=0.3)
        figure.tight_layout()
