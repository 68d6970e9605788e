"""MNIST, Fashion-MNIST and what else comes as four IDX files, gzipped or not.

An image file is a head and the pixels, row by row; a label file is a head and one byte per label::

    00 00 08 03   n   height   width      big-endian integers of 4 bytes
    00 00 08 01   n
"""

import gzip
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_NAME = re.compile(r"(train|t10k)-(images[-.]idx3|labels[-.]idx1)-ubyte(\.gz)?", re.IGNORECASE)
_PREFIXES = {"train": "train", "test": "t10k"}

_IMAGES = b"\0\0\x08\x03"
_LABELS = b"\0\0\x08\x01"

# What claims more is a decompression bomb.
_MAX_SIDE = 4096
_MAX_LABELS = 2**24

_DIGITS = tuple("0123456789")
_CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


@contextmanager
def _open_idx(class_names: tuple[str, ...], request: Request) -> Iterator[Dataset]:
    """Open a folder, tar or zip with the four files, under the names of either spelling.

    Yields
    ------
    Dataset
        Gray, also where colour was asked for.

    Raises
    ------
    DataError
        If a file is missing, damaged or there twice, or labels and images do not match.

    References
    ----------
    Y. LeCun, C. Cortes and C. Burges, The MNIST database of handwritten digits, "File formats".
    H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747.
    """
    with request.open(lambda name: _NAME.fullmatch(name.rpartition("/")[2]) is not None) as files:
        splits = {}
        for split, prefix in _PREFIXES.items():
            y = _labels(files, _found(files, f"{prefix}-labels"), len(class_names))
            images = _found(files, f"{prefix}-images")
            with _opened(files, images) as file:
                shape = _image_shape(file, len(y), files.where(images))
            splits[split] = ImageSplit(
                len(y), partial(_blocks, files, images, len(y), shape, request.form), y
            )
        yield Dataset(splits, class_names, files.digest)


open_mnist = partial(_open_idx, _DIGITS)
open_fashion_mnist = partial(_open_idx, _CLOTHES)


def _found(files: Files, start: str) -> str:
    """Return the one file whose name begins so, preferably unpacked."""
    found = [name for name in files.names if name.rpartition("/")[2].lower().startswith(start)]
    folders = {name.rpartition("/")[0] for name in found}
    if len(folders) != 1:
        what = f"in {', '.join(sorted(folders))}" if folders else "not in it"
        raise DataError(f"{files.path}: {start} {what}, expected the four IDX files in one place")
    return min(found, key=lambda name: name.lower().endswith(".gz"))


@contextmanager
def _opened(files: Files, name: str) -> Iterator[BinaryIO]:
    with files.open(name) as file:
        if name.lower().endswith(".gz"):
            file = gzip.GzipFile(fileobj=file)
        yield file


def _labels(files: Files, name: str, n_classes: int) -> np.ndarray:
    where = files.where(name)
    with _opened(files, name) as file:
        magic, n = _head(file, 1, where)
        if magic != _LABELS:
            raise DataError(f"{where}: begins with {magic.hex(' ')}, expected {_LABELS.hex(' ')}")
        if n > _MAX_LABELS:
            raise DataError(f"{where}: {n:,} labels, expected at most {_MAX_LABELS:,}")
        labels = np.frombuffer(file.read(n + 1), np.uint8)
    if len(labels) != n:
        found = f"{len(labels):,}" if len(labels) < n else "more"
        raise DataError(f"{where}: {found} labels, expected the {n:,} that its head announces")
    if n and labels.max() >= n_classes:
        raise DataError(f"{where}: label {labels.max()}, expected integers in 0..{n_classes - 1}")
    return labels.astype(np.int64)


def _image_shape(file: BinaryIO, n_labels: int, where: str) -> tuple[int, int]:
    magic, n, height, width = _head(file, 3, where)
    if magic != _IMAGES:
        raise DataError(f"{where}: begins with {magic.hex(' ')}, expected {_IMAGES.hex(' ')}")
    if n != n_labels:
        raise DataError(f"{where}: {n:,} images, expected one for each of {n_labels:,} labels")
    if not (n and 0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE):
        raise DataError(f"{where}: {n} images of {height} x {width}, expected 1 x 1 to 4096 x 4096")
    return height, width


def _head(file: BinaryIO, n_numbers: int, where: str) -> tuple[bytes, *tuple[int, ...]]:
    content = file.read(4 + 4 * n_numbers)
    if len(content) < 4 + 4 * n_numbers:
        raise DataError(f"{where}: cut short, expected a head of {4 + 4 * n_numbers} bytes")
    return struct.unpack(f">4s{n_numbers}I", content)


def _blocks(
    files: Files, name: str, n: int, shape: tuple[int, int], form: PixelForm
) -> Iterator[np.ndarray]:
    where = files.where(name)
    with _opened(files, name) as file:
        _head(file, 3, where)
        for block in raw_blocks(file, n, shape, n_rows=form.n_rows, where=where):
            yield form.convert(block, where)
        if file.read(1):
            raise DataError(f"{where}: more than the {n:,} images that its head announces")
