"""How alike the spaces of an experiment are, as a heat map."""

import os
from collections.abc import Mapping

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from aecluster.figures.canvas import BLUE, drawing, write_title

_SHADES = LinearSegmentedColormap.from_list("shades of blue", ["white", BLUE])
# Inches of a cell, which holds two decimals.
_CELL = 0.36


def draw_cka(
    path: str | os.PathLike[str], similarities: Mapping[str, Mapping[tuple[str, str], float]]
) -> None:
    """Draw the linear CKA of every two representations, one panel per data set.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    similarities : mapping of str to mapping of (str, str) to float
        CKA by data set and pair of representations; values below 0 are drawn as 0.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "cka.png"
    >>> draw_cka(path, {"digits": {("pixels", "pixels"): 1.0}})
    >>> path.exists()
    True
    """
    names = {dataset: _names(pairs) for dataset, pairs in similarities.items()}
    longest = max(len(name) for found in names.values() for name in found)
    side, margin = max(map(len, names.values())) * _CELL, 0.3 + 0.075 * longest
    title, panel = 0.5, side + margin + 0.2
    width, height = max(len(names) * panel + 0.1, 4.5), title + side + margin
    with drawing(path, width, height) as figure:
        write_title(figure, "Linear CKA of the representations (1: the same space)")
        for place, (dataset, found) in enumerate(names.items()):
            left, cells = place * panel + margin, len(found) * _CELL
            axes = figure.add_axes(
                (left / width, (margin + side - cells) / height, cells / width, cells / height)
            )
            values = np.array([[similarities[dataset][a, b] for b in found] for a in found])
            axes.imshow(values, cmap=_SHADES, vmin=0, vmax=1, aspect="auto")
            for (row, column), value in np.ndenumerate(values):
                axes.text(
                    column, row, f"{value:.2f}", ha="center", va="center", fontsize=6,
                    color="white" if value > 0.6 else "black",
                )  # fmt: skip
            axes.set_xticks(range(len(found)), found, fontsize=7, rotation=90)
            axes.set_yticks(range(len(found)), found, fontsize=7)
            axes.tick_params(length=0)
            axes.spines[:].set_visible(False)
            if len(names) > 1:
                axes.set_title(dataset, fontsize=8)


def _names(pairs: Mapping[tuple[str, str], float]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in pairs))
