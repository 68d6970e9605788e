"""CIFAR-10 and CIFAR-100 in their official layout for C: a label and pixels per image.

A record is a byte per label, of which CIFAR-100 has two, and 3,072 bytes: 1,024 values of red, then
green, then blue, row by row. Names of classes are the lines of a file.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import ImageSplit
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_SHAPE = (3, 32, 32)
_N_PIXELS = 3 * 32 * 32


def text_lines(files: Files, name: str) -> tuple[str, ...]:
    """Return the lines of a file of names, without empty ones."""
    text = files.read(name).decode(errors="backslashreplace")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def binary_split(
    files: Files, names: list[str], label: tuple[int, int], n_classes: int, form: PixelForm
) -> ImageSplit:
    """Return the images of some batches.

    Parameters
    ----------
    files : Files
    names : list of str
        The batches.
    label : tuple of int
        Which byte of a record is the label, and how many precede the pixels.
    n_classes : int
    form : PixelForm

    Raises
    ------
    DataError
        If a batch is cut short or has a label out of range.
    """
    place, n_before = label
    counts, labels = [], []
    for name in names:
        n, rest = divmod(files.size(name), n_before + _N_PIXELS)
        if rest or not n:
            raise DataError(
                f"{files.where(name)}: {files.size(name):,} bytes, expected a multiple of "
                f"{n_before + _N_PIXELS:,}"
            )
        counts.append(n)
        labels += [block[:, place] for block in _records(files, name, n, n_before, form)]
    y = np.concatenate(labels).astype(np.int64)
    if y.max() >= n_classes:
        raise DataError(
            f"{files.where(names[0])}: label {y.max()}, expected integers in 0..{n_classes - 1}"
        )
    return ImageSplit(len(y), partial(_blocks, files, names, counts, n_before, form), y)


def _records(
    files: Files, name: str, n: int, n_before: int, form: PixelForm
) -> Iterator[np.ndarray]:
    where = files.where(name)
    with files.open(name) as file:
        yield from raw_blocks(file, n, (n_before + _N_PIXELS,), n_rows=form.n_rows, where=where)


def _blocks(
    files: Files, names: list[str], counts: list[int], n_before: int, form: PixelForm
) -> Iterator[np.ndarray]:
    for name, n in zip(names, counts, strict=True):
        for block in _records(files, name, n, n_before, form):
            planes = block[:, n_before:].reshape(-1, *_SHAPE)
            yield form.convert(planes.transpose(0, 2, 3, 1), files.where(name))
