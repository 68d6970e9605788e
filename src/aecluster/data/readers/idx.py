"""MNIST, Fashion-MNIST and what else comes as four IDX files, gzipped or not.

An image file is a head and the pixels, row by row; a label file is a head and one byte per label::

    00 00 08 03   n   height   width      big-endian integers of 4 bytes
    00 00 08 01   n

QMNIST's labels are eight integers of 4 bytes per image, of which the first is the class. EMNIST's
images are stored column by column.
"""

import gzip
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_NAME = r"{}({})-(images[-.]idx3-ubyte|labels[-.]{})(\.gz)?"

_IMAGES = b"\0\0\x08\x03"
_LABELS = b"\0\0\x08\x01"
_WIDE_LABELS = b"\0\0\x0c\x02"

# What claims more is a decompression bomb.
_MAX_SIDE = 4096
_MAX_LABELS = 2**24

_DIGITS = tuple("0123456789")
_CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_HIRAGANA = tuple("おきすつなはまやれを")
_CAPITALS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SMALL = tuple("abcdefghijklmnopqrstuvwxyz")
# Small letters that are unlike their capitals.
_MERGED = (*_DIGITS, *_CAPITALS, *"abdefghnqrt")
_EMNIST = {
    "byclass": (*_DIGITS, *_CAPITALS, *_SMALL),
    "bymerge": _MERGED,
    "balanced": _MERGED,
    "letters": _CAPITALS,
    "digits": _DIGITS,
    "mnist": _DIGITS,
}


@dataclass(frozen=True)
class _Layout:
    """What the four files are called, and how they differ from MNIST's.

    `first_label` is the number of the first class; of `n_numbers` integers per label, which are
    bytes if it is one, the first is the class.
    """

    class_names: tuple[str, ...]
    prefix: str = ""
    test: str = "t10k"
    labels: str = "idx1-ubyte"
    n_numbers: int = 1
    first_label: int = 0
    is_turned: bool = False


@contextmanager
def _open_idx(layout: _Layout, request: Request) -> Iterator[Dataset]:
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
    name = re.compile(
        _NAME.format(layout.prefix, f"train|{layout.test}", layout.labels), re.IGNORECASE
    )
    with request.open(lambda path: name.fullmatch(path.rpartition("/")[2]) is not None) as files:
        yield _dataset(layout, files, request.form)


def _dataset(layout: _Layout, files: Files, form: PixelForm) -> Dataset:
    splits = {}
    for split, word in (("train", "train"), ("test", layout.test)):
        y = _labels(files, _found(files, f"{layout.prefix}{word}-labels"), layout)
        images = _found(files, f"{layout.prefix}{word}-images")
        with _opened(files, images) as file:
            shape = _image_shape(file, len(y), files.where(images))
        splits[split] = ImageSplit(
            len(y), partial(_blocks, files, images, len(y), shape, layout.is_turned, form), y
        )
    return Dataset(splits, layout.class_names, files.digest)


open_mnist = partial(_open_idx, _Layout(_DIGITS))
open_fashion_mnist = partial(_open_idx, _Layout(_CLOTHES))
open_kmnist = partial(_open_idx, _Layout(_HIRAGANA))
open_qmnist = partial(
    _open_idx, _Layout(_DIGITS, prefix="qmnist-", test="test", labels="idx2-int", n_numbers=8)
)


@contextmanager
def open_emnist(request: Request) -> Iterator[Dataset]:
    """Open a folder, tar or zip with the four files of one choice of classes of EMNIST.

    Yields
    ------
    Dataset
        Gray, also where colour was asked for; images are turned back.

    Raises
    ------
    DataError
        As for MNIST, or if there are files of several choices.

    References
    ----------
    G. Cohen et al., EMNIST: an extension of MNIST to handwritten letters, 2017, section III.
    """
    name = re.compile(
        _NAME.format(f"emnist-({'|'.join(_EMNIST)})-", "train|test", "idx1-ubyte"), re.IGNORECASE
    )
    with request.open(lambda path: name.fullmatch(path.rpartition("/")[2]) is not None) as files:
        choices = sorted({path.rpartition("/")[2].split("-")[1].lower() for path in files.names})
        if len(choices) != 1:
            raise DataError(
                f"{files.path}: {', '.join(choices) or 'no files'} of EMNIST, expected the four "
                f"files of one of {', '.join(_EMNIST)}"
            )
        (choice,) = choices
        layout = _Layout(
            _EMNIST[choice],
            prefix=f"emnist-{choice}-",
            test="test",
            first_label=int(choice == "letters"),
            is_turned=True,
        )
        yield _dataset(layout, files, request.form)


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


def _labels(files: Files, name: str, layout: _Layout) -> np.ndarray:
    where = files.where(name)
    n_numbers = layout.n_numbers
    dtype, expected = (np.uint8, _LABELS) if n_numbers == 1 else (">i4", _WIDE_LABELS)
    with _opened(files, name) as file:
        magic, n, *width = _head(file, 1 if n_numbers == 1 else 2, where)
        if magic != expected or width not in ([], [n_numbers]):
            raise DataError(f"{where}: begins with {magic.hex(' ')}, expected {expected.hex(' ')}")
        if n > _MAX_LABELS:
            raise DataError(f"{where}: {n:,} labels, expected at most {_MAX_LABELS:,}")
        n_bytes = n * n_numbers * np.dtype(dtype).itemsize
        content = file.read(n_bytes + 1)
    if len(content) != n_bytes:
        found = f"{len(content) * n // max(1, n_bytes):,}" if len(content) < n_bytes else "more"
        raise DataError(f"{where}: {found} labels, expected the {n:,} that its head announces")
    labels = np.frombuffer(content, dtype).reshape(n, n_numbers)[:, 0].astype(np.int64)
    labels -= layout.first_label
    n_classes = len(layout.class_names)
    if n and not (labels.min() >= 0 and labels.max() < n_classes):
        first = layout.first_label
        wrong = labels.max() if labels.max() >= n_classes else labels.min()
        raise DataError(
            f"{where}: label {wrong + first}, expected integers in {first}..{n_classes - 1 + first}"
        )
    return labels


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
    files: Files, name: str, n: int, shape: tuple[int, int], is_turned: bool, form: PixelForm
) -> Iterator[np.ndarray]:
    where = files.where(name)
    with _opened(files, name) as file:
        _head(file, 3, where)
        for block in raw_blocks(file, n, shape, n_rows=form.n_rows, where=where):
            yield form.convert(block.transpose(0, 2, 1) if is_turned else block, where)
        if file.read(1):
            raise DataError(f"{where}: more than the {n:,} images that its head announces")
