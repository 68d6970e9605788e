"""CIFAR-10 and CIFAR-100 in their official layout for MATLAB.

A batch holds `data`, [n, 3072] uint8, whose rows are those of the layout for Python, and the
labels, [n, 1] uint8; another file has the names of classes as a cell of texts. Values lie column by
column, so that those of an image are spread over all of the file: they go to a temporary file, in
which they are looked at by rows.
"""

import tempfile
from collections.abc import Iterator
from functools import partial

import numpy as np

from aecluster.data.files import Files
from aecluster.data.readers.base import ImageSplit, Request
from aecluster.data.readers.matlab import cell_texts, find_array
from aecluster.errors import DataError

_SHAPE = (3, 32, 32)
_N_PIXELS = 3 * 32 * 32
_MOST_IMAGES = 2**20
_READ_BYTES = 2**20


def cell_names(files: Files, name: str, cell: str) -> tuple[str, ...]:
    """Return the names of classes.

    Raises
    ------
    DataError
        If the file is damaged or has no such cell.
    """
    with files.open(name) as file:
        try:
            return tuple(cell_texts(file, cell))
        except DataError as error:
            raise DataError(f"{files.where(name)}: {error}") from None


def matlab_split(
    files: Files, names: list[str], labels: str, n_classes: int, request: Request
) -> ImageSplit:
    """Return the images of some batches.

    Raises
    ------
    DataError
        If a batch is damaged, or holds anything but images and labels.
    """
    y = [_labels(files, name, labels, n_classes) for name in names]
    counts = [len(of_batch) for of_batch in y]
    return ImageSplit(
        sum(counts), partial(_blocks, files, names, counts, request), np.concatenate(y)
    )


def _labels(files: Files, name: str, labels: str, n_classes: int) -> np.ndarray:
    where = files.where(name)
    with files.open(name) as file:
        try:
            array = find_array(file, labels)
        except DataError as error:
            raise DataError(f"{where}: {error}, expected {labels}") from None
        n = max(array.shape)
        if array.shape != (n, 1) or array.dtype.kind not in "iuf" or n > _MOST_IMAGES:
            raise DataError(f"{where}: {labels} of shape {array.shape}, expected [n, 1]")
        content = array.values.read(n * array.dtype.itemsize)
    if len(content) < n * array.dtype.itemsize:
        raise DataError(f"{where}: {labels} cut short, expected {n:,} values")
    found = np.frombuffer(content, array.dtype)
    if not np.isin(found, np.arange(n_classes)).all():
        raise DataError(
            f"{where}: {labels} {found.min()} to {found.max()}, expected integers in "
            f"0..{n_classes - 1}"
        )
    return found.astype(np.int64)


def _blocks(
    files: Files, names: list[str], counts: list[int], request: Request
) -> Iterator[np.ndarray]:
    form = request.form
    for name, n in zip(names, counts, strict=True):
        where = files.where(name)
        with tempfile.TemporaryFile(dir=request.scratch) as spool:
            with files.open(name) as file:
                try:
                    array = find_array(file, "data")
                except DataError as error:
                    raise DataError(f"{where}: {error}, expected data") from None
                if array.shape != (n, _N_PIXELS) or array.dtype != np.uint8:
                    raise DataError(
                        f"{where}: data of {array.dtype} and shape {array.shape}, expected uint8 "
                        f"and {(n, _N_PIXELS)}"
                    )
                n_left = n * _N_PIXELS
                while n_left and (content := array.values.read(min(n_left, _READ_BYTES))):
                    spool.write(content)
                    n_left -= len(content)
            if n_left:
                raise DataError(f"{where}: data cut short, expected {n * _N_PIXELS:,} values")
            spool.flush()
            columns = np.memmap(spool, np.uint8, "r", shape=(_N_PIXELS, n))
            for start in range(0, n, form.n_rows):
                planes = columns[:, start : start + form.n_rows].T.reshape(-1, *_SHAPE)
                yield form.convert(planes.transpose(0, 2, 3, 1), where)
