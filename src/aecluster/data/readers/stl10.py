"""STL-10 in its official binary layout: files of pixels and of labels.

An image is 3 x 96 x 96 bytes, colour by colour and column by column; a label is a byte, 1 to 10.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_SPLITS = ("train", "test")
_NAMES = "class_names.txt"
_FILES = frozenset((_NAMES, *(f"{split}_{array}.bin" for split in _SPLITS for array in "Xy")))
_SHAPE = (3, 96, 96)


@contextmanager
def open_stl10(request: Request) -> Iterator[Dataset]:
    """Open the official archive `stl10_binary.tar.gz`, or the folder in it.

    Its 100,000 images without labels are not read.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If a file is missing or cut short, or labels and images do not match.

    References
    ----------
    A. Coates, H. Lee and A. Ng, An Analysis of Single-Layer Networks in Unsupervised Feature
    Learning, AISTATS 2011.
    """
    with request.open_official(_FILES, "the layout of stl10_binary.tar.gz") as (files, names):
        class_names = tuple(files.read(names[_NAMES]).decode(errors="replace").split())
        splits = {}
        for split in _SPLITS:
            y = _labels(files, names[f"{split}_y.bin"], len(class_names))
            splits[split] = ImageSplit(
                len(y), partial(_blocks, files, names[f"{split}_X.bin"], len(y), request.form), y
            )
        yield Dataset(splits, class_names, files.digest)


def _labels(files: Files, name: str, n_classes: int) -> np.ndarray:
    labels = np.frombuffer(files.read(name), np.uint8)
    if not len(labels) or labels.min() < 1 or labels.max() > n_classes:
        found = f"labels {labels.min()} to {labels.max()}" if len(labels) else "no labels"
        raise DataError(f"{files.where(name)}: {found}, expected integers in 1..{n_classes}")
    return labels.astype(np.int64) - 1


def _blocks(files: Files, name: str, n: int, form: PixelForm) -> Iterator[np.ndarray]:
    where = files.where(name)
    with files.open(name) as file:
        for planes in raw_blocks(file, n, _SHAPE, n_rows=form.n_rows, where=where):
            yield form.convert(planes.transpose(0, 3, 2, 1), where)
        if file.read(1):
            raise DataError(f"{where}: more than {n:,} images, expected one for each label")
