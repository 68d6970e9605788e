"""Images as arrays, in an .npz or an HDF5 file.

The arrays are called, in any case of letters::

    X_train, X_test, y_train, y_test        split
    X, y                                    split by a seeded fraction
    class_names                             optional

HDF5 files may hold them in groups as well, as the store does: `train/X`, `train/y`, `test/X`,
`test/y`. Labels are optional.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from aecluster.data.readers.array_files import ArrayInFile, open_array_file
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.errors import DataError

_SPLITS = ("train", "test")
_WHOLE = ""  # stands for the split of a file that has none


@contextmanager
def open_arrays(request: Request) -> Iterator[Dataset]:
    """Open images that are kept as arrays.

    Arrays are [n, h, w] or [n, h, w, 1 or 3], of uint8, bool, uint16, other integers in 0..255 or
    floats in 0..1. Labels are integers, or strings, which are then the class names.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If the file is damaged, holds no such arrays, or labels and images do not match.
    """
    path = request.path
    with open_array_file(path) as arrays:
        images = _images(path, arrays)
        labels = {split: _labels(path, arrays, split, rows) for split, rows in images.items()}
        numbers, class_names = _numbered(path, labels, arrays.get("class_names"))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield Dataset(_splits(request, images, numbers), class_names, digest)


def _key(array: str, split: str) -> str:
    return f"{array}_{split}" if split else array


def _images(path: Path, arrays: dict[str, ArrayInFile]) -> dict[str, ArrayInFile]:
    """Return the images of `train` and `test`, or of the whole."""
    splits = [split for split in (*_SPLITS, _WHOLE) if _key("x", split) in arrays]
    if splits not in ([*_SPLITS], [_WHOLE]):
        found = ", ".join(arrays) or "no arrays"
        raise DataError(f"{path}: {found}, expected X_train and X_test, or X")
    images = {split: arrays[_key("x", split)] for split in splits}
    for split, rows in images.items():
        if len(rows.shape) != 3 and not (len(rows.shape) == 4 and rows.shape[-1] in (1, 3)):
            raise DataError(
                f"{path}: {_key('X', split)} of shape {rows.shape}, expected [n, h, w] or "
                "[n, h, w, c] with 1 or 3 channels"
            )
    if len({rows.shape[1:] for rows in images.values()}) > 1:
        shapes = " and ".join(str(rows.shape) for rows in images.values())
        raise DataError(f"{path}: X of shapes {shapes}, expected images of one shape")
    return images


def _labels(
    path: Path, arrays: dict[str, ArrayInFile], split: str, images: ArrayInFile
) -> np.ndarray | None:
    """Return the labels of a split as they are: integers or strings."""
    if _key("y", split) not in arrays:
        return None
    labels = arrays[_key("y", split)].all()
    name = _key("y", split)
    if labels.shape not in ((images.shape[0],), (images.shape[0], 1)):
        raise DataError(
            f"{path}: {name} of shape {labels.shape}, expected one label for each of "
            f"{images.shape[0]} images"
        )
    if labels.dtype.kind == "f" and np.array_equal(labels, np.trunc(labels)):
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "iubUSO":
        raise DataError(f"{path}: {name} of {labels.dtype}, expected integers or strings")
    return labels.ravel()


def _numbered(
    path: Path, labels: dict[str, np.ndarray | None], names: ArrayInFile | None
) -> tuple[dict[str, np.ndarray | None], tuple[str, ...]]:
    """Return the labels as numbers of classes, and the names of the classes."""
    known = [y for y in labels.values() if y is not None]
    if not known:
        return labels, ()
    values = np.unique(np.concatenate(known))
    if names is None or values.dtype.kind not in "iu":
        numbers = {
            split: None if y is None else np.searchsorted(values, y) for split, y in labels.items()
        }
        return numbers, tuple(str(value) for value in values)
    class_names = tuple(str(name) for name in names.all())
    if values[0] < 0 or values[-1] >= len(class_names):
        raise DataError(
            f"{path}: labels {values[0]} to {values[-1]}, expected 0 to {len(class_names) - 1}, "
            "one for each of class_names"
        )
    return labels, class_names


def _splits(
    request: Request, images: dict[str, ArrayInFile], labels: dict[str, np.ndarray | None]
) -> dict[str, ImageSplit]:
    if _WHOLE not in images:
        return {
            split: ImageSplit(
                rows.shape[0], lambda rows=rows: _blocks(request, rows, None), labels[split]
            )
            for split, rows in images.items()
        }
    rows, y = images[_WHOLE], labels[_WHOLE]
    return {
        split: ImageSplit(
            len(numbers),
            lambda numbers=numbers: _blocks(request, rows, numbers),
            None if y is None else y[numbers],
        )
        for split, numbers in request.split(rows.shape[0], y).items()
    }


def _blocks(
    request: Request, rows: ArrayInFile, numbers: np.ndarray | None
) -> Iterator[np.ndarray]:
    """Yield all rows, or those with the given sorted numbers, in one pass over the file."""
    start = 0
    for block in rows.blocks():
        stop = start + len(block)
        if numbers is not None:
            first, last = np.searchsorted(numbers, (start, stop))
            block = block[numbers[first:last] - start]
        if len(block):
            yield request.form.convert(block, f"{request.path}: images {start} to {stop - 1}")
        start = stop
