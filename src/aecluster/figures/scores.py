"""Scores against the number of clusters, with intervals over seeds."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from aecluster.figures.canvas import GRAY, INK, MARKERS, PALETTE, drawing, write_title

_N_COLUMNS = 3
# Inches of a panel.
_WIDTH, _HEIGHT = 3.0, 2.2
# Part of the distance of two k by which lines stand apart, so that bars do not hide each other.
_DODGE = 0.12
_MOST_TICKS = 8


@dataclass(frozen=True)
class Panel:
    """One score of several representations.

    Attributes
    ----------
    title : str
        Name of the score, and which way is better.
    is_comparable : bool
        Whether its lines compare with one another.
    lines : mapping of str to sequence of (int, float, float or None)
        k, mean and half the width of its interval, if there is one, by representation.
    """

    title: str
    is_comparable: bool
    lines: Mapping[str, Sequence[tuple[int, float, float | None]]]


def draw_scores(path: str | os.PathLike[str], panels: Sequence[Panel], n_seeds: int) -> None:
    """Draw every score against k: one panel per score, one line per representation, 95 % bars.

    Panels of scores that do not compare between representations say so, in gray.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    panels : sequence of Panel
        Means that are infinite are left out.
    n_seeds : int
        Number of seeds, for the title.

    Raises
    ------
    ValueError
        If there is no panel.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "scores.png"
    >>> draw_scores(path, [Panel("NMI", True, {"pixels": [(2, 0.5, None)]})], n_seeds=1)
    >>> path.exists()
    True
    """
    if not panels:
        raise ValueError("panels: found none, expected at least one")
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    n_rows, n_columns = math.ceil(len(panels) / _N_COLUMNS), min(len(panels), _N_COLUMNS)
    width, foot = max(n_columns * _WIDTH, 4.5), 0.15 + 0.22 * math.ceil(len(names) / 4)
    height = 0.4 + n_rows * _HEIGHT + foot
    with drawing(path, width, height) as figure:
        bars = ", bars: 95 % interval" if n_seeds > 1 else ""
        seeds = "1 seed" if n_seeds == 1 else f"{n_seeds} seeds"
        write_title(figure, f"Scores by number of clusters (n = {seeds}{bars})")
        shown = {}
        for place, panel in enumerate(panels):
            axes = figure.add_subplot(n_rows, n_columns, place + 1)
            _dress(axes, panel)
            for number, name in enumerate(names):
                if name in panel.lines:
                    dodge = _DODGE * (2 * number - len(names) + 1) / len(names)
                    shown[name] = _draw_line(axes, panel.lines[name], number, dodge)
        figure.legend(
            list(shown.values()), list(shown), loc="lower center", ncols=min(len(names), 4),
            frameon=False, fontsize=8,
        )  # fmt: skip
        figure.tight_layout(rect=(0, foot / height, 1, 1 - 0.3 / height))


def _draw_line(
    axes: Axes, line: Sequence[tuple[int, float, float | None]], number: int, dodge: float
) -> Artist:
    drawn = sorted(point for point in line if math.isfinite(point[1]))
    ks = np.array([k for k, _, _ in drawn], dtype=float)
    step = float(np.diff(ks).min()) if len(ks) > 1 else 1.0
    return axes.errorbar(
        ks + dodge * step,
        [mean for _, mean, _ in drawn],
        yerr=[half_width or 0.0 for _, _, half_width in drawn],
        color=PALETTE[number % len(PALETTE)],
        marker=MARKERS[number % len(MARKERS)],
        markersize=4,
        linewidth=1.2,
        elinewidth=1,
        capsize=2,
    )


def _dress(axes: Axes, panel: Panel) -> None:
    own = "" if panel.is_comparable else "\nown space: lines do not compare"
    colour = INK if panel.is_comparable else GRAY
    axes.set_title(f"{panel.title}{own}", fontsize=8, color=colour)
    axes.set_xlabel("k", fontsize=8)
    ks = sorted({k for line in panel.lines.values() for k, _, _ in line})
    if len(ks) <= _MOST_TICKS:
        axes.set_xticks(ks)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=7)
    axes.grid(axis="y", alpha=0.3)
