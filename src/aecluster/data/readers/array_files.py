"""Arrays by name in files of many kinds, read in blocks of rows.

Kinds are told by how a file begins: `.npz`, `.npy`, HDF5, MATLAB of version 5 and 7.3 (which is
HDF5), IDX; a folder has the `.npy` files in it. No array is loaded as a whole: rows are read as
they come, and where rows are not along the first axis that lies in the file, values go to a
temporary file that is looked at by any axis.
"""

import gzip
import hashlib
import math
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from aecluster.data.beside import label_file
from aecluster.data.readers.matlab import cell_texts, is_matlab, matlab_arrays
from aecluster.errors import DataError

if TYPE_CHECKING:
    import h5py

# A block of rows is held in memory as a whole.
_BLOCK_BYTES = 2**20

# Of rows that are not along the first axis each lies all over the file: so many are read at once.
_SLAB_BYTES = 2**25

_KINDS = ".npz, .npy, HDF5, MATLAB or IDX"
_NPY = b"\x93NUMPY"
_GZIP = b"\x1f\x8b"
_IDX_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}

# What MATLAB keeps in an HDF5 file for itself.
_MATLAB_GROUPS = ("#refs#", "#subsystem#")
_MATLAB_NUMBERS = {
    *("double", "single", "logical"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}

# Kinds of files that other sources take, by how they begin.
_OTHERS = {
    b"PAR1": "a parquet file, expected source: huggingface",
    b"\x89PNG": "a PNG, expected source: images",
    b"\xff\xd8\xff": "a JPEG, expected source: images",
}


@dataclass(frozen=True)
class ArrayInFile:
    """An array that stays in its file until its rows are asked for.

    Attributes
    ----------
    shape : tuple of int
    blocks : callable
        Of the axes in the order in which they are wanted, all of them; returns an iterator of
        blocks of rows along the first of them, of about 1 MiB each.
    """

    shape: tuple[int, ...]
    blocks: Callable[[tuple[int, ...]], Iterator[np.ndarray]]

    def all(self) -> np.ndarray:
        """Return the whole array."""
        return np.concatenate(list(self.blocks(tuple(range(len(self.shape))))))


@dataclass(frozen=True)
class Arrays:
    """Arrays of a file or folder.

    Attributes
    ----------
    named : dict of str to ArrayInFile
        By name in small letters; of what an HDF5 group `train` has, `X` is `train/x`. Arrays
        without rows are left out.
    digest : str
        SHA-256 of what they are in.
    """

    named: dict[str, ArrayInFile]
    digest: str


@contextmanager
def open_array_file(path: Path, scratch: Path) -> Iterator[Arrays]:
    """Open a file of arrays, or a folder of `.npy` files.

    Parameters
    ----------
    path : Path
    scratch : Path
        Folder for nameless temporary files.

    Yields
    ------
    Arrays
        Of a single `.npy` or IDX file the images are `x`, and the labels beside it `y`.

    Raises
    ------
    DataError
        If the file is of no kind that is known, is damaged, is open elsewhere, or takes values from
        other files.
    """
    with ExitStack() as stack:
        with _damage_told(path):
            named, files = _opened(path, scratch, stack)
        named = {name: rows for name, rows in named.items() if rows.shape and rows.shape[0]}
        yield Arrays(named, _digest(files))


def _opened(
    path: Path, scratch: Path, stack: ExitStack
) -> tuple[dict[str, ArrayInFile], list[Path]]:
    """Return the arrays by name, and the files that they are in."""
    if path.is_dir():
        files = sorted(path.glob("*.npy"))
        if not files:
            raise DataError(f"{path}: a folder without .npy files, expected those, or {_KINDS}")
        return {file.stem.lower(): _npy(file, scratch) for file in files}, files
    with path.open("rb") as file:
        head = file.read(128)
    if zipfile.is_zipfile(path):
        archive = stack.enter_context(zipfile.ZipFile(path))
        return _npz(path, archive, scratch), [path]
    if is_matlab(head):
        return _matlab(path, scratch), [path]
    if head.startswith(_NPY) or _is_idx(path):
        one = _npy if head.startswith(_NPY) else _idx
        labels = label_file(path)
        arrays = {"x": one(path, scratch)}
        if labels is None:
            return arrays, [path]
        return arrays | {"y": one(labels, scratch)}, [path, labels]
    for start, what in _OTHERS.items():
        if head.startswith(start):
            raise DataError(f"{path}: {what}")
    import h5py  # reading the names of sources must not load it

    return _hdf5(path, stack.enter_context(h5py.File(path, "r"))), [path]


def _digest(files: list[Path]) -> str:
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256"))
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(digest.digest() for digest in digests)).hexdigest()


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # h5py and zipfile raise errors of many kinds on damage
        reason = " ".join(str(error).split())
        if "unable to lock file" in reason or "already open for write" in reason:
            raise DataError(
                f"{path}: open for writing in another program, expected it closed"
            ) from None
        raise DataError(f"{path}: damaged, or neither {_KINDS} ({reason})") from None


# --- values that come as a stream ---


@dataclass(frozen=True)
class _Values:
    """An array whose values come one after the other.

    Attributes
    ----------
    where : str
        What it is called in an error.
    shape : tuple of int
        As the values lie: the last axis changes fastest.
    dtype : numpy.dtype
        Of the values.
    meant : numpy.dtype
        Of the array, where values are kept narrower.
    is_turned : bool
        Whether the array has these axes the other way round, as Fortran's and MATLAB's have.
    open : callable
        Opens a stream that is positioned at the first value.
    scratch : Path
    """

    path: Path
    where: str
    shape: tuple[int, ...]
    dtype: np.dtype
    meant: np.dtype
    is_turned: bool
    open: Callable[[], AbstractContextManager[BinaryIO]]
    scratch: Path

    def array(self) -> ArrayInFile:
        return ArrayInFile(self.shape[::-1] if self.is_turned else self.shape, self._blocks)

    def _blocks(self, axes: tuple[int, ...]) -> Iterator[np.ndarray]:
        if self.dtype.hasobject:
            raise DataError(f"{self.where} holds Python objects, expected numbers or strings")
        if self.is_turned:
            axes = tuple(len(axes) - 1 - axis for axis in axes)
        blocks = self._rows() if axes[0] == 0 else self._slices(axes[0])
        for block in blocks:
            yield block.transpose(axes).astype(self.meant, copy=False)

    def _rows(self) -> Iterator[np.ndarray]:
        with _damage_told(self.path):
            stream = self.open()
        with stream as values:
            n_rows = _n_rows(self.shape, self.dtype, 0)
            for start in range(0, self.shape[0], n_rows):
                n = min(n_rows, self.shape[0] - start)
                with _damage_told(self.path):
                    content = values.read(n * self.dtype.itemsize * math.prod(self.shape[1:]))
                    block = np.frombuffer(content, self.dtype).reshape(n, *self.shape[1:])
                yield block

    def _slices(self, axis: int) -> Iterator[np.ndarray]:
        with tempfile.TemporaryFile(dir=self.scratch) as file:
            with _damage_told(self.path), self.open() as values:
                n_left = self.dtype.itemsize * math.prod(self.shape)
                while n_left and (content := values.read(min(n_left, _BLOCK_BYTES))):
                    file.write(content)
                    n_left -= len(content)
                file.flush()
                whole = np.memmap(file, self.dtype, "r", shape=self.shape)
            n_rows = _n_rows(self.shape, self.dtype, axis, _SLAB_BYTES)
            for start in range(0, self.shape[axis], n_rows):
                slab = np.array(whole[_along(axis, start, n_rows)])
                yield from _pieces(slab, axis)


def _n_rows(shape: tuple[int, ...], dtype: np.dtype, axis: int, n_bytes: int = _BLOCK_BYTES) -> int:
    row_bytes = dtype.itemsize * math.prod(shape) // max(1, shape[axis])
    return max(1, n_bytes // max(1, row_bytes))


def _along(axis: int, start: int, n_rows: int) -> tuple[slice, ...]:
    """Return the index of some rows along an axis."""
    return (*[slice(None)] * axis, slice(start, start + n_rows))


def _pieces(slab: np.ndarray, axis: int) -> Iterator[np.ndarray]:
    """Yield a slab in blocks along an axis."""
    n_rows = _n_rows(slab.shape, slab.dtype, axis)
    for start in range(0, slab.shape[axis], n_rows):
        yield slab[_along(axis, start, n_rows)]


def _npz(path: Path, archive: zipfile.ZipFile, scratch: Path) -> dict[str, ArrayInFile]:
    names = [name for name in archive.namelist() if name.endswith(".npy")]
    if not names:
        raise DataError(f"{path}: a zip without .npy files, expected {_KINDS}")
    return {
        name.removesuffix(".npy").lower(): _npy_values(
            path, f"{path}: {name}", partial(archive.open, name), scratch
        )
        for name in names
    }


def _npy(path: Path, scratch: Path) -> ArrayInFile:
    return _npy_values(path, str(path), partial(path.open, "rb"), scratch)


def _npy_values(
    path: Path, where: str, open_file: Callable[[], BinaryIO], scratch: Path
) -> ArrayInFile:
    with _damage_told(path), open_file() as file:
        shape, is_turned, dtype = _npy_header(file)

    @contextmanager
    def values() -> Iterator[BinaryIO]:
        with open_file() as file:
            _npy_header(file)
            yield file

    lying = shape[::-1] if is_turned else shape
    return _Values(path, where, lying, dtype, dtype, is_turned, values, scratch).array()


def _npy_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)


def _matlab(path: Path, scratch: Path) -> dict[str, ArrayInFile]:
    arrays = {}
    with path.open("rb") as file:
        found = [
            (name, array.shape, array.dtype, array.meant) for name, array in matlab_arrays(file)
        ]
    for name, shape, dtype, meant in found:
        if dtype.kind == "V":
            with path.open("rb") as file, suppress(DataError):
                arrays[name.lower()] = _texts(cell_texts(file, name))
            continue

        @contextmanager
        def values(name: str = name) -> Iterator[BinaryIO]:
            with path.open("rb") as file:
                array = next(array for found, array in matlab_arrays(file) if found == name)
                yield array.values
                with _damage_told(path):
                    try:
                        array.check_end()
                    except DataError as error:
                        raise DataError(f"{path}: {name}: {error}") from None

        arrays[name.lower()] = _Values(
            path, f"{path}: {name}", shape[::-1], dtype, meant, True, values, scratch
        ).array()
    return arrays


def _texts(texts: list[str]) -> ArrayInFile:
    """Return texts, which are few, as an array."""
    return ArrayInFile((len(texts),), lambda _: iter([np.array(texts)]))


def _is_idx(path: Path) -> bool:
    try:
        with _idx_stream(path) as stream:
            head = stream.read(4)
    except (OSError, EOFError):
        return False
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in _IDX_TYPES and 0 < head[3] < 5


@contextmanager
def _idx_stream(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
        file.seek(0)
        yield gzip.GzipFile(fileobj=file) if is_packed else file


def _idx(path: Path, scratch: Path) -> ArrayInFile:
    with _damage_told(path), _idx_stream(path) as stream:
        head = stream.read(4)
        shape = struct.unpack(f">{head[3]}I", stream.read(4 * head[3]))
        dtype = np.dtype(_IDX_TYPES[head[2]])

    @contextmanager
    def values() -> Iterator[BinaryIO]:
        with _idx_stream(path) as stream:
            stream.read(4 + 4 * len(shape))
            yield stream

    return _Values(path, str(path), shape, dtype, dtype, False, values, scratch).array()


# --- HDF5 ---


def _hdf5(path: Path, file: "h5py.File") -> dict[str, ArrayInFile]:
    import h5py

    arrays = {}

    def add(name: str, entry: object) -> None:
        if not isinstance(entry, h5py.Dataset) or name.startswith(_MATLAB_GROUPS):
            return
        kind = _matlab_class(entry)
        if kind == "cell" and entry.dtype == h5py.ref_dtype:
            # Each is an array of characters somewhere else in the file.
            cells = [file[reference] for reference in entry[()].ravel(order="F")]
            if all(_matlab_class(cell) == "char" and cell.dtype == np.uint16 for cell in cells):
                texts = [cell[()].tobytes().decode("utf-16-le", "replace") for cell in cells]
                arrays[name.lower()] = _texts(texts)
        elif kind is None or kind in _MATLAB_NUMBERS:
            _check_own(path, entry)
            shape = entry.shape[::-1] if kind else entry.shape
            arrays[name.lower()] = ArrayInFile(shape, partial(_hdf5_blocks, path, entry, kind))

    file.visititems(add)
    return arrays


def _matlab_class(dataset: "h5py.Dataset") -> str | None:
    """Return the class of an array that MATLAB wrote, None of any other."""
    found = dataset.attrs.get("MATLAB_class")
    return found.decode() if isinstance(found, bytes) else found


def _check_own(path: Path, dataset: "h5py.Dataset") -> None:
    """Raise an error if values are in other files: any file of the user's could be read so."""
    others = [name for name, *_ in dataset.external or ()]
    if dataset.is_virtual:
        others += [source.file_name for source in dataset.virtual_sources()]
    others = sorted({name for name in others if name != "."})
    if others:
        raise DataError(
            f"{path}: {dataset.name} takes its values from other files ({', '.join(others)}), "
            "expected them in the file itself"
        )


def _hdf5_blocks(
    path: Path, dataset: "h5py.Dataset", matlab_class: str | None, axes: tuple[int, ...]
) -> Iterator[np.ndarray]:
    if matlab_class:
        axes = tuple(len(axes) - 1 - axis for axis in axes)
    axis = axes[0]
    n_bytes = _SLAB_BYTES if axis else _BLOCK_BYTES
    n_rows = _n_rows(dataset.shape, dataset.dtype, axis, n_bytes)
    if dataset.chunks:
        # Whole chunks, since a part of one costs as much to read as all of it.
        n_rows = dataset.chunks[axis] * max(1, n_rows // dataset.chunks[axis])
    readable = dataset.asstr() if dataset.dtype.kind in "OS" else dataset
    for start in range(0, dataset.shape[axis], n_rows):
        with _damage_told(path):
            slab = readable[_along(axis, start, n_rows)]
        for block in _pieces(slab, axis) if axis else [slab]:
            block = block.transpose(axes)
            yield block.astype(bool) if matlab_class == "logical" else block
