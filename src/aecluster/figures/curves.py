"""How a training went: what it minimised and what was measured beside it, by epoch."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from aecluster.figures.canvas import BLUE, GRAY, GREEN, VERMILION, drawing, write_title
from aecluster.records.record import Point


@dataclass(frozen=True)
class Panel:
    """Curves that share an axis.

    Attributes
    ----------
    unit : str
        What the axis measures.
    lines : mapping of str to str
        How each curve is called, by its name in the record of a training. The panel is drawn where
        the first of them was measured, with those of the others that were.
    starts_at_zero : bool
        Whether the axis does; not where values lie far from 0, or below.
    """

    unit: str
    lines: Mapping[str, str]
    starts_at_zero: bool = True


# All that is drawn of trainings: a method that measures something else adds its curve here. A curve
# is drawn once, in the first panel that has it: a loss beside the error of reconstructions, where
# there are any.
PANELS = (
    Panel(
        "mean squared error (brightness 0 to 1)",
        {"mse": "train MSE", "test_mse": "test MSE", "loss": "loss: train MSE with penalty"},
    ),
    Panel("cross-entropy of finding the other view", {"loss": "loss"}, starts_at_zero=False),
    Panel("KL divergence (nats per image)", {"divergence": "divergence"}),
    Panel("share of images that changed their cluster", {"moved": "moved"}),
    Panel("share that is the same for all images", {"dead_code": "dead values of the code"}),
    Panel("mean squared distance of two views", {"alignment": "alignment"}),
    Panel(
        "log of the mean potential of all pairs", {"uniformity": "uniformity"}, starts_at_zero=False
    ),
    Panel("share of test images", {"test_knn_accuracy": "accuracy of 20 neighbours"}),
)
_STYLES = ((BLUE, "o", "-"), (VERMILION, "^", "-"), (GREEN, "s", "--"))
_N_COLUMNS = 2
# Inches of a panel, and of the title above all.
_WIDTH, _HEIGHT, _TITLE = 4.0, 2.9, 0.3
# Markers tell points apart; more than this run into one another.
_MOST_MARKERS = 50


def draw_curves(path: str | os.PathLike[str], curves: Mapping[str, Sequence[Point]]) -> None:
    """Draw the curves of a training, those that share an axis in one panel.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    curves : mapping of str to sequence of Point
        By name; a point's step is its epoch. What no panel names is not drawn. Without any curve,
        as of a network that is left untrained, the picture says so.

    Raises
    ------
    ValueError
        If there are curves, but none that a panel names.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "curves.png"
    >>> draw_curves(path, {"mse": [Point(step=1, time=0, value=0.03)]})
    >>> path.exists()
    True
    """
    if not curves:
        with drawing(path, 6.0, 0.7) as figure:
            write_title(figure, "Training (n = 0 epochs)")
            figure.text(0.5, 0.25, "the network is untrained", ha="center", color=GRAY)
        return
    panels = _panels_of(curves)
    if not panels:
        known = ", ".join(dict.fromkeys(name for panel in PANELS for name in panel.lines))
        raise ValueError(f"curves: found {', '.join(curves)}, expected one of {known}")
    n_epochs = max(point.step for points in curves.values() for point in points)
    n_rows, n_columns = math.ceil(len(panels) / _N_COLUMNS), min(len(panels), _N_COLUMNS)
    height = _TITLE + n_rows * _HEIGHT
    with drawing(path, n_columns * _WIDTH, height) as figure:
        write_title(figure, f"Training (n = {n_epochs} epochs)")
        first = None
        for number, (panel, names) in enumerate(panels):
            axes = figure.add_subplot(n_rows, n_columns, number + 1, sharex=first)
            first = first or axes
            _draw_panel(axes, panel, {name: curves[name] for name in names})
        figure.tight_layout(rect=(0, 0, 1, 1 - _TITLE / height))


def _panels_of(curves: Mapping[str, Sequence[Point]]) -> list[tuple[Panel, list[str]]]:
    """Return the panels that are drawn, with the names of the curves in each."""
    waiting = {name for name, points in curves.items() if points}
    panels = []
    for panel in PANELS:
        names = [name for name in panel.lines if name in waiting]
        if names and names[0] == next(iter(panel.lines)):
            panels.append((panel, names))
            waiting -= set(names)
    return panels


def _draw_panel(axes: Axes, panel: Panel, curves: Mapping[str, Sequence[Point]]) -> None:
    for (name, points), (colour, marker, line) in zip(curves.items(), cycle(_STYLES), strict=False):
        axes.plot(
            [point.step for point in points],
            [point.value for point in points],
            color=colour,
            marker=marker if len(points) <= _MOST_MARKERS else None,
            markersize=4,
            linestyle=line,
            label=f"{panel.lines[name]} (final {points[-1].value:.4f})",
            clip_on=False,
        )
    if len(curves) == 1:
        axes.set_title(axes.lines[0].get_label(), fontsize=9)
    else:
        axes.legend(frameon=False, fontsize=7)
    axes.set_xlabel("epoch", fontsize=8)
    axes.set_ylabel(panel.unit, fontsize=8)
    axes.tick_params(labelsize=7)
    if panel.starts_at_zero:
        highest = max(point.value for points in curves.values() for point in points)
        axes.set_ylim(0, 1.05 * highest or 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", alpha=0.3)
