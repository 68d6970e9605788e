"""Pictures are checked by the colours in the file, by what was drawn, and by the words on it."""

from contextlib import ExitStack

import numpy as np
import pytest
from matplotlib.text import Text

from aecluster.figures import canvas
from aecluster.store import Store
from pictures import BLUE, GREEN, RED


@pytest.fixture
def drawn(monkeypatch):
    """The figures drawn in this test."""
    kept = []

    class Keeping(canvas.FigureCanvasAgg):
        def draw(self):
            super().draw()
            kept.append(self.figure)

    monkeypatch.setattr(canvas, "FigureCanvasAgg", Keeping)
    return kept


@pytest.fixture
def texts(monkeypatch):
    """All that was written on the figures drawn in this test."""
    written = []

    class Listening(canvas.FigureCanvasAgg):
        def draw(self):
            super().draw()
            written.extend(text.get_text() for text in self.figure.findobj(Text))

    monkeypatch.setattr(canvas, "FigureCanvasAgg", Listening)
    return written


@pytest.fixture
def split_of(tmp_path):
    """A function that keeps rows in a store and returns its only split."""
    with ExitStack() as opened:

        def make(X, y=None, class_names=()):
            path = tmp_path / f"{len([*tmp_path.glob('*.h5')])}.h5"
            scale = 1 / 255 if X.dtype == np.uint8 else None
            with Store.create(path, dataset="d", representation="x", source_digest="0") as new:
                new.add_split("test", [X], n=len(X), y=y, class_names=class_names, scale=scale)
            return opened.enter_context(Store(path))["test"]

        yield make


@pytest.fixture
def pixels(split_of):
    """Thirty images: red, green and blue ones by turns, cats and dogs by turns."""
    images = np.zeros((30, 8, 8, 3), dtype=np.uint8)
    for first, colour in enumerate((RED, GREEN, BLUE)):
        images[first::3] = colour
    return split_of(images, np.arange(30) % 2, ["cat", "dog"])
