"""Colours that tests of pictures draw in, and where to find them in a file."""

import os

import numpy as np
from PIL import Image

RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)


def count(path: str | os.PathLike[str], colour: tuple[int, int, int]) -> int:
    """Return the number of dots of a colour in a picture."""
    colours = np.asarray(Image.open(path).convert("RGB"))
    return int((colours == colour).all(axis=2).sum())
