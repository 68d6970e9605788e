"""CIFAR-10 in its official layout for Python: six pickled batches and a list of class names.

A batch is a dict that was pickled by Python 2::

    data         [n, 3072] uint8: 1,024 values of red, then green, then blue, row by row
    labels       list of n integers in 0..9
    batch_label, filenames    not used

Unpickling can run anything that a file asks for. Here it makes plain values only: the three names
that a batch needs stand for inert stand-ins, every other name is refused.
"""

import io
import pickle
import pickletools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from aecluster.data.dataset import Dataset, ImageSplit, Request, parts
from aecluster.data.files import Files, open_files
from aecluster.data.pixels import PixelForm
from aecluster.errors import DataError

_BATCHES = {
    "train": tuple(f"data_batch_{number}" for number in range(1, 6)),
    "test": ("test_batch",),
}
_META = "batches.meta"
_FILES = frozenset((*_BATCHES["train"], *_BATCHES["test"], _META))

_SIDE = 32
_CHANNELS = 3
_WIDTH = _CHANNELS * _SIDE**2


@contextmanager
def open_cifar10(request: Request) -> Iterator[Dataset]:
    """Open CIFAR-10: the official archive `cifar-10-python.tar.gz`, or the folder in it.

    What was downloaded has passed its checksum already. A file of the user's own is held to the
    format alone, so that a subset or another coding of the same layout can be used: every batch is
    checked before the first image is returned. `Dataset.digest` is the archive's SHA-256, by which
    the official one can be told.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If a batch is missing, damaged, holds anything but images and labels, or asks for code.

    References
    ----------
    A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
    """
    with open_files(
        request.path, _is_wanted, scratch=request.scratch, progress=request.progress
    ) as files:
        names = {PurePosixPath(name).name: name for name in files.names}
        missing = sorted(_FILES - set(names))
        if missing:
            raise DataError(
                f"{files.path}: {', '.join(missing)} not in it, expected the layout of "
                "cifar-10-python.tar.gz"
            )
        class_names = _class_names(files, names[_META])
        splits = {}
        for split, batches in _BATCHES.items():
            batch_names = [names[batch] for batch in batches]
            y = np.concatenate([_batch(files, name, class_names)[1] for name in batch_names])
            splits[split] = ImageSplit(
                len(y),
                lambda batch_names=batch_names: _blocks(
                    files, batch_names, class_names, request.form
                ),
                y,
            )
        yield Dataset(splits, class_names, files.digest)


def _is_wanted(name: str) -> bool:
    return PurePosixPath(name).name in _FILES


def _blocks(
    files: Files, names: list[str], class_names: tuple[str, ...], form: PixelForm
) -> Iterator[np.ndarray]:
    for name in names:
        planes, _ = _batch(files, name, class_names)
        images = planes.reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 2, 3, 1)
        for some in parts(images, form.n_rows):
            yield form.convert(some, files.where(name))


def _class_names(files: Files, name: str) -> tuple[str, ...]:
    label_names = _unpickled(files, name).get(b"label_names")
    if not (
        isinstance(label_names, list)
        and label_names
        and all(isinstance(label_name, bytes) for label_name in label_names)
    ):
        raise DataError(f"{files.where(name)}: no label_names, expected a list of class names")
    return tuple(label_name.decode(errors="replace") for label_name in label_names)


def _batch(files: Files, name: str, class_names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of a batch, [n, 3072] uint8, and their labels, [n] int64."""
    batch = _unpickled(files, name)
    where = files.where(name)
    data, labels = batch.get(b"data"), batch.get(b"labels")
    if not isinstance(data, _Array):
        raise DataError(f"{where}: no data, expected an array of n x 3072 values")
    images = data.values(where)
    if not isinstance(labels, list) or len(labels) != len(images):
        found = f"{len(labels)} labels" if isinstance(labels, list) else "no labels"
        raise DataError(f"{where}: {found}, expected one for each of {len(images)} images")
    for label in labels:
        if type(label) is not int or not 0 <= label < len(class_names):
            raise DataError(
                f"{where}: label {label!r:.40}, expected integers in 0..{len(class_names) - 1}"
            )
    return images, np.array(labels, dtype=np.int64)


def _unpickled(files: Files, name: str) -> dict[bytes, Any]:
    where = files.where(name)
    pickled = files.read(name)
    try:
        _check_memo(pickled)
        content = _Unpickler(io.BytesIO(pickled), encoding="bytes").load()
    except Exception as error:  # a crafted pickle makes the unpickler raise errors of many kinds
        reason = " ".join(str(error).split())
        raise DataError(f"{where}: damaged or no pickle of a batch ({reason})") from None
    if not isinstance(content, dict):
        raise DataError(f"{where}: found a {type(content).__name__}, expected a dict")
    return content


def _check_memo(pickled: bytes) -> None:
    """Raise an error if a pickle numbers more values than it can hold.

    The unpickler fills a table up to the largest number: a few bytes could claim all memory.
    """
    for opcode, number, _ in pickletools.genops(pickled):
        if opcode.name in ("PUT", "LONG_BINPUT") and number > len(pickled):
            raise pickle.UnpicklingError(f"numbers a value {number}")


class _Dtype:
    """Stands for `numpy.dtype` in a pickle."""

    def __init__(self, code: bytes, *_: object):
        self.code = code

    def __setstate__(self, state: object) -> None:
        """Pass over byte order and fields: only single bytes are taken."""


class _Array:
    """Stands for an array in a pickle."""

    _state: object = None

    def __init__(self, *_: object):
        pass

    def __setstate__(self, state: object) -> None:
        self._state = state

    def values(self, where: str) -> np.ndarray:
        """Return the images, [n, 3072] uint8, or raise a DataError."""
        match self._state:
            case (_, (int(n), int(width)), _Dtype(code=b"u1"), is_fortran, bytes(content)) if (
                n > 0 and width == _WIDTH and not is_fortran and len(content) == n * width
            ):
                return np.frombuffer(content, np.uint8).reshape(n, width)
        raise DataError(f"{where}: data of another shape or type, expected n x 3072 of uint8")


_STAND_INS = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        """Return the stand-in for a name; raise an error for a name that no batch needs."""
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"asks for {module}.{name}, which no batch needs")
        return _STAND_INS[module, name]
