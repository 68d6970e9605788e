"""What all pictures share."""

import numpy as np
import pytest
from PIL import Image

from aecluster.figures.canvas import drawing
from aecluster.figures.confusion import draw_confusion
from aecluster.figures.contact_sheet import draw_contact_sheet

# Mathematics that is none, mathematics that is one, and half of one.
NAMES = ["$ca", "$x^2$", r"$\frac$"]


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_drawn_as_they_are(tmp_path, name):
    sizes = []
    for text in (name, name.replace("$", "S")):
        with drawing(tmp_path / "a.png", 2, 1) as figure:
            drawn = figure.text(0.1, 0.5, text)
        extent = drawn.get_window_extent()
        sizes.append((extent.width, extent.height))

    # A dollar sign is as wide as an S within a dot, and nothing else of the text changes.
    assert np.allclose(*sizes, atol=6)


def test_class_names_with_dollar_signs_are_drawn_in_any_picture(tmp_path, split_of, texts):
    images = np.zeros((6, 8, 8, 1), np.uint8)
    split = split_of(images, np.arange(6) % 3, NAMES)

    draw_confusion(tmp_path / "c.png", split.y, split.y, NAMES, representation="$a$")
    draw_contact_sheet(tmp_path / "s.png", split=split, title="$\\mathrm")

    assert set(NAMES) <= set(texts)
    assert Image.open(tmp_path / "s.png").size[0] > 0


def test_sheet_of_many_classes_says_how_many_it_shows(tmp_path, split_of, texts):
    split = split_of(
        np.zeros((60, 8, 8, 1), np.uint8), np.arange(60), [f"c{number}" for number in range(60)]
    )

    draw_contact_sheet(tmp_path / "s.png", split=split, title="toy")

    assert "toy: 40 of 60 classes" in texts
    assert "c39" in texts
    assert "c40" not in texts
