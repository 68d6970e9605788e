"""CIFAR-10 and CIFAR-100 in their official layout for Python: pickled batches, and names.

A batch is a dict that was pickled by Python 2::

    data           [n, 3072] uint8: 1,024 values of red, then green, then blue, row by row
    labels         list of n integers; in CIFAR-100 `fine_labels`, beside `coarse_labels`
    batch_label, filenames    not used
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.pickles import Call, LongString, read_pickle
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

_SIDE = 32
_CHANNELS = 3
_WIDTH = _CHANNELS * _SIDE**2


@dataclass(frozen=True)
class _Layout:
    """Names in an archive: its own, of its batches by split, and in them."""

    archive: str
    batches: dict[str, tuple[str, ...]]
    meta: str
    labels: str
    label_names: str

    @property
    def files(self) -> frozenset[str]:
        return frozenset((self.meta, *(name for names in self.batches.values() for name in names)))


_CIFAR10 = _Layout(
    archive="cifar-10-python.tar.gz",
    batches={
        "train": tuple(f"data_batch_{number}" for number in range(1, 6)),
        "test": ("test_batch",),
    },
    meta="batches.meta",
    labels="labels",
    label_names="label_names",
)
_CIFAR100 = _Layout(
    archive="cifar-100-python.tar.gz",
    batches={"train": ("train",), "test": ("test",)},
    meta="meta",
    labels="fine_labels",
    label_names="fine_label_names",
)


@dataclass(frozen=True)
class _Batch:
    """A file, the place of its pixels, and its labels, [n] int64."""

    name: str
    start: int
    y: np.ndarray


@contextmanager
def open_cifar(layout: _Layout, request: Request) -> Iterator[Dataset]:
    """Open the official archive, or the folder in it.

    What was downloaded has passed its checksum already. A file of the user's own is held to the
    format alone, so that a subset or another coding of the same layout can be used: every batch is
    checked before the first image is returned. `Dataset.digest` is the archive's SHA-256, by which
    the official one can be told.

    Yields
    ------
    Dataset
        With the 100 fine classes in the case of CIFAR-100.

    Raises
    ------
    DataError
        If a batch is missing, damaged, holds anything but images and labels, or asks for code.

    References
    ----------
    A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
    """
    with request.open_official(layout.files, f"the layout of {layout.archive}") as (files, names):
        class_names = _class_names(files, names[layout.meta], layout)
        splits = {}
        for split, batch_names in layout.batches.items():
            batches = [
                _batch(files, names[name], layout.labels, len(class_names)) for name in batch_names
            ]
            y = np.concatenate([batch.y for batch in batches])
            splits[split] = ImageSplit(len(y), partial(_blocks, files, batches, request.form), y)
        yield Dataset(splits, class_names, files.digest)


open_cifar10 = partial(open_cifar, _CIFAR10)
open_cifar100 = partial(open_cifar, _CIFAR100)


def _blocks(files: Files, batches: list[_Batch], form: PixelForm) -> Iterator[np.ndarray]:
    for batch in batches:
        where = files.where(batch.name)
        with files.open(batch.name) as file:
            file.seek(batch.start)
            for planes in raw_blocks(
                file, len(batch.y), (_CHANNELS, _SIDE, _SIDE), n_rows=form.n_rows, where=where
            ):
                yield form.convert(planes.transpose(0, 2, 3, 1), where)


def _class_names(files: Files, name: str, layout: _Layout) -> tuple[str, ...]:
    class_names = _unpickled(files, name).get(layout.label_names)
    if not (
        isinstance(class_names, list)
        and class_names
        and all(isinstance(class_name, str) for class_name in class_names)
    ):
        raise DataError(
            f"{files.where(name)}: no {layout.label_names}, expected a list of class names"
        )
    return tuple(class_names)


def _batch(files: Files, name: str, labels_key: str, n_classes: int) -> _Batch:
    content = _unpickled(files, name)
    where = files.where(name)
    n, pixels = _pixels(content.get("data"), where)
    labels = content.get(labels_key)
    if not isinstance(labels, list) or len(labels) != n:
        found = f"{len(labels)} labels" if isinstance(labels, list) else f"no {labels_key}"
        raise DataError(f"{where}: {found}, expected one for each of {n} images")
    for label in labels:
        if type(label) is not int or not 0 <= label < n_classes:
            raise DataError(
                f"{where}: label {label!r:.40}, expected integers in 0..{n_classes - 1}"
            )
    return _Batch(name, pixels.start, np.array(labels, dtype=np.int64))


def _pixels(data: Any, where: str) -> tuple[int, LongString]:
    """Return the number of images and the place of their pixels, or raise a DataError."""
    if not isinstance(data, Call):
        raise DataError(f"{where}: no data, expected an array of n x {_WIDTH} values")
    match data.state:
        case (
            _,
            (int(n), int(width)),
            Call(name="numpy dtype", arguments=("u1", *_)),
            False,
            LongString() as pixels,
        ) if n > 0 and width == _WIDTH and len(pixels) == n * width:
            return n, pixels
    raise DataError(f"{where}: data of another shape or type, expected n x {_WIDTH} of uint8")


def _unpickled(files: Files, name: str) -> dict[Any, Any]:
    where = files.where(name)
    with files.open(name) as file:
        try:
            content = read_pickle(file)
        except DataError as error:
            raise DataError(f"{where}: damaged or no pickle of a batch ({error})") from None
    if not isinstance(content, dict):
        raise DataError(f"{where}: found a {type(content).__name__}, expected a dict")
    return content
