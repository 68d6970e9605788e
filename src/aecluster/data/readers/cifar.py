"""CIFAR-10 and CIFAR-100 in their official layouts: for Python pickled batches, and names.

A batch is a dict that was pickled by Python 2, or again by Python 3 in any protocol::

    data           [n, 3072] uint8: 1,024 values of red, then green, then blue, row by row
    labels         list of n integers; in CIFAR-100 `fine_labels`, beside `coarse_labels`
    batch_label, filenames    not used

The archives for C and for MATLAB are read by `cifar_binary` and `cifar_matlab`.
"""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

import numpy as np

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request, official_paths
from aecluster.data.readers.cifar_binary import binary_split, text_lines
from aecluster.data.readers.cifar_matlab import cell_names, matlab_split
from aecluster.data.readers.pickles import ENCODE, Call, LongString, read_pickle
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

BINARY, MATLAB = ".bin", ".mat"
_ARCHIVES = {"": "python", BINARY: "binary", MATLAB: "matlab"}

_SIDE = 32
_CHANNELS = 3
_WIDTH = _CHANNELS * _SIDE**2


@dataclass(frozen=True)
class _Layout:
    """Names in an archive: its own, of its batches by split, and in them.

    The archive for C has the names of classes in `names_file`, and before the pixels of an image
    `n_label_bytes`, of which the one at `label_byte` is the label.
    """

    archive: str
    batches: dict[str, tuple[str, ...]]
    meta: str
    labels: str
    label_names: str
    names_file: str
    n_label_bytes: int = 1
    label_byte: int = 0

    def files(self, suffix: str) -> frozenset[str]:
        """Return the names of the files in the archive whose batches have a suffix."""
        meta = self.names_file if suffix == BINARY else self.meta + suffix
        batches = (name + suffix for names in self.batches.values() for name in names)
        return frozenset((meta, *batches))


_CIFAR10 = _Layout(
    archive="cifar-10-python.tar.gz",
    batches={
        "train": tuple(f"data_batch_{number}" for number in range(1, 6)),
        "test": ("test_batch",),
    },
    meta="batches.meta",
    labels="labels",
    label_names="label_names",
    names_file="batches.meta.txt",
)
_CIFAR100 = _Layout(
    archive="cifar-100-python.tar.gz",
    batches={"train": ("train",), "test": ("test",)},
    meta="meta",
    labels="fine_labels",
    label_names="fine_label_names",
    names_file="fine_label_names.txt",
    n_label_bytes=2,
    label_byte=1,
)
_CIFAR100_COARSE = replace(
    _CIFAR100,
    labels="coarse_labels",
    label_names="coarse_label_names",
    names_file="coarse_label_names.txt",
    label_byte=0,
)


@dataclass(frozen=True)
class _Batch:
    """A file, its pixels, and its labels, [n] int64."""

    name: str
    pixels: LongString | str
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
    with _opened(layout, request) as (files, names, suffix):
        if suffix == BINARY:
            class_names = text_lines(files, names[layout.names_file])
        elif suffix == MATLAB:
            class_names = cell_names(files, names[layout.meta + MATLAB], layout.label_names)
        else:
            class_names = _class_names(files, names[layout.meta], layout)
        splits = {}
        for split, batch_names in layout.batches.items():
            paths = [names[name + suffix] for name in batch_names]
            if suffix == BINARY:
                label = (layout.label_byte, layout.n_label_bytes)
                splits[split] = binary_split(files, paths, label, len(class_names), request.form)
            elif suffix == MATLAB:
                splits[split] = matlab_split(files, paths, layout.labels, len(class_names), request)
            else:
                splits[split] = _python_split(
                    files, paths, layout.labels, len(class_names), request.form
                )
        yield Dataset(splits, class_names, files.digest)


@contextmanager
def _opened(layout: _Layout, request: Request) -> Iterator[tuple[Files, dict[str, str], str]]:
    """Open the archive; yield its files, their places by name, and the suffix of its batches."""
    by_suffix = {suffix: layout.files(suffix) for suffix in ("", BINARY, MATLAB)}
    known = frozenset().union(*by_suffix.values())
    with request.open(lambda name: name.rpartition("/")[2] in known) as files:
        found = {name.rpartition("/")[2] for name in files.names}
        suffix = max(by_suffix, key=lambda suffix: len(found & by_suffix[suffix]))
        archive = layout.archive.replace("python", _ARCHIVES[suffix])
        yield files, official_paths(files, by_suffix[suffix], f"the layout of {archive}"), suffix


open_cifar10 = partial(open_cifar, _CIFAR10)
open_cifar100 = partial(open_cifar, _CIFAR100)
open_cifar100_coarse = partial(open_cifar, _CIFAR100_COARSE)


def _python_split(
    files: Files, paths: list[str], labels: str, n_classes: int, form: PixelForm
) -> ImageSplit:
    batches = [_batch(files, path, labels, n_classes) for path in paths]
    y = np.concatenate([batch.y for batch in batches])
    return ImageSplit(len(y), partial(_blocks, files, batches, form), y)


def _blocks(files: Files, batches: list[_Batch], form: PixelForm) -> Iterator[np.ndarray]:
    for batch in batches:
        where = files.where(batch.name)
        with files.open(batch.name) as file:
            stream = _stream(file, batch.pixels)
            for planes in raw_blocks(
                stream, len(batch.y), (_CHANNELS, _SIDE, _SIDE), n_rows=form.n_rows, where=where
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
    return _Batch(name, pixels, np.array(labels, dtype=np.int64))


def _pixels(data: Any, where: str) -> tuple[int, LongString | str]:
    """Return the number of images and their pixels, or raise a DataError."""
    if not isinstance(data, Call):
        raise DataError(f"{where}: no data, expected an array of n x {_WIDTH} values")
    match data:
        case Call(
            name=("numpy.core.multiarray _reconstruct" | "numpy._core.multiarray _reconstruct"),
            state=(_, (int(n), int(width)), Call() as dtype, False, pixels),
        ):
            pass
        case Call(
            name=("numpy.core.numeric _frombuffer" | "numpy._core.numeric _frombuffer"),
            arguments=(pixels, Call() as dtype, (int(n), int(width)), "C"),
        ):
            pass
        case _:
            n, width, dtype, pixels = 0, 0, data, None
    if isinstance(pixels, Call) and pixels.name == ENCODE:
        pixels = pixels.arguments[0]
    if (
        dtype.name == "numpy dtype"
        and dtype.arguments[:1] == ("u1",)
        and n > 0
        and width == _WIDTH
        and _is_whole(pixels, n * width)
    ):
        return n, pixels
    raise DataError(f"{where}: data of another shape or type, expected n x {_WIDTH} of uint8")


def _is_whole(pixels: Any, n_bytes: int) -> bool:
    """Return whether pixels are so many; of text it is seen while it is read."""
    if isinstance(pixels, LongString):
        return pixels.is_text or pixels.size == n_bytes
    return isinstance(pixels, str) and len(pixels) == n_bytes


def _stream(file: BinaryIO, pixels: LongString | str) -> BinaryIO:
    """Return the pixels as a stream: in their place in the file, or out of text."""
    if isinstance(pixels, str):
        return io.BytesIO(pixels.encode("latin-1"))
    file.seek(pixels.start)
    return io.BufferedReader(_Latin1(file, pixels.size)) if pixels.is_text else file


class _Latin1(io.RawIOBase):
    """Bytes that were written as text of the same character codes, in UTF-8."""

    def __init__(self, file: BinaryIO, size: int):
        self._file, self._n_left = file, size
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        content = b""
        while not content and self._n_left:
            part = self._file.read(min(len(buffer), self._n_left))
            if not part:
                break
            self._n_left -= len(part)
            content = self._decoder.decode(part).encode("latin-1")
        buffer[: len(content)] = content
        return len(content)


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
