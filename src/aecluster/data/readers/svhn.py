"""SVHN, the house numbers seen from the street, as the official files of cropped digits.

A MATLAB file of version 5 holds `X`, [32, 32, 3, n] uint8, and `y`, [n, 1], where 10 means the
digit 0.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.matlab import MatlabArray, find_array
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_FILES = {"train": "train_32x32.mat", "test": "test_32x32.mat"}
_SHAPE = (32, 32, 3)
_MAX_LABELS = 2**24
_CLASS_NAMES = tuple("0123456789")


@contextmanager
def open_svhn(request: Request) -> Iterator[Dataset]:
    """Open a folder, tar or zip with `train_32x32.mat` and `test_32x32.mat`.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If a file is missing or damaged, or holds anything but images and labels.

    References
    ----------
    Y. Netzer et al., Reading Digits in Natural Images with Unsupervised Feature Learning, NIPS
    Workshop on Deep Learning, 2011.
    """
    wanted = set(_FILES.values())
    with request.open_official(wanted, "the cropped digits of SVHN") as (files, names):
        splits = {}
        for split, file_name in _FILES.items():
            y = _labels(files, names[file_name])
            splits[split] = ImageSplit(
                len(y), partial(_blocks, files, names[file_name], len(y), request.form), y
            )
        yield Dataset(splits, _CLASS_NAMES, files.digest)


def _labels(files: Files, name: str) -> np.ndarray:
    with _array(files, name, "y") as array:
        n = max(array.shape)
        if array.shape != (n, 1) or array.dtype.kind == "V" or n > _MAX_LABELS:
            raise DataError(
                f"{files.where(name)}: y of {array.dtype} and shape {array.shape}, expected labels "
                "[n, 1]"
            )
        labels = np.frombuffer(array.values.read(n * array.dtype.itemsize), array.dtype)
    if len(labels) < n:
        raise DataError(f"{files.where(name)}: y cut short after {len(labels)} of {n} labels")
    if not np.isin(labels, np.arange(1, 11)).all():
        raise DataError(
            f"{files.where(name)}: labels {labels.min()} to {labels.max()}, expected integers in "
            "1..10"
        )
    return labels.astype(np.int64) % 10


def _blocks(files: Files, name: str, n: int, form: PixelForm) -> Iterator[np.ndarray]:
    where = files.where(name)
    with _array(files, name, "X") as array:
        if array.shape != (*_SHAPE, n) or array.dtype != np.uint8:
            raise DataError(
                f"{where}: X of {array.dtype} and shape {array.shape}, expected uint8 and "
                f"{(*_SHAPE, n)}"
            )
        # The last axis, of the images, changes slowest; in an image the columns do, by colour.
        for block in raw_blocks(array.values, n, _SHAPE[::-1], n_rows=form.n_rows, where=where):
            yield form.convert(block.transpose(0, 3, 2, 1), where)


@contextmanager
def _array(files: Files, name: str, variable: str) -> Iterator[MatlabArray]:
    with files.open(name) as file:
        try:
            array = find_array(file, variable)
        except DataError as error:
            raise DataError(f"{files.where(name)}: {error}, expected X and y") from None
        yield array
