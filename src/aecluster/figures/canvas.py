"""What all pictures share: size, type, colours, and how a file comes to be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from aecluster.atomic import atomic_write

# Twice the 100 dots an inch of a screen.
DPI = 200

INK = "#333333"
GRAY = "#8c8c8c"
# Okabe and Ito's palette: https://jfly.uni-koeln.de/color/
BLUE, VERMILION, GREEN = "#0072b2", "#d55e00", "#009e73"
# Without their yellow, which is lost on white; then three of Tol's: https://personal.sron.nl/~pault/
PALETTE = (
    *(BLUE, VERMILION, GREEN, "#cc79a7", "#e69f00", "#56b4e9", "#000000"),
    *("#882255", "#999933", "#332288"),
)
# Seven markers and ten colours run round at different pace: 70 things are told apart.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    # Names of classes and representations are drawn as they are, dollar signs included.
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": GRAY,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@contextmanager
def drawing(path: str | os.PathLike[str], width: float, height: float) -> Iterator[Figure]:
    """Yield an empty figure and write it to `path` when the block succeeds.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    width, height : float
        Size in inches.

    Yields
    ------
    matplotlib.figure.Figure
    """
    # A Figure without pyplot knows no global state: nothing to close, no display, no backend.
    with rc_context():
        # What a matplotlibrc asks for other pictures, LaTeX among it, is nothing for these.
        rcdefaults()
        rcParams.update(_STYLE)
        figure = Figure(figsize=(width, height), dpi=DPI)
        yield figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        picture = _smallest(np.asarray(canvas.buffer_rgba())[..., :3])
        with atomic_write(path) as temporary:
            picture.save(temporary, format="png", dpi=(DPI, DPI), optimize=True)


def write_title(figure: Figure, title: str) -> None:
    """Write a line centred at the upper edge, a tenth of an inch from it."""
    figure.text(0.5, 1 - 0.1 / figure.get_figheight(), title, ha="center", va="top", fontsize=10)


def _smallest(colours: np.ndarray) -> Image.Image:
    """Return the picture, in gray if all of it is gray: a third of the size."""
    is_gray = (colours == colours[..., :1]).all()
    return Image.fromarray(np.ascontiguousarray(colours[..., 0] if is_gray else colours))
