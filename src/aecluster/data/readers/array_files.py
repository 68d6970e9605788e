"""The arrays of an .npz or HDF5 file, read in blocks of rows.

numpy loads an array of an .npz as a whole; here its bytes are read as they come out of the zip.
"""

import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from aecluster.errors import DataError

if TYPE_CHECKING:
    import h5py


# A block of rows is held in memory as a whole.
_BLOCK_BYTES = 2**20


@dataclass(frozen=True)
class ArrayInFile:
    """An array that stays in its file until its rows are asked for.

    Attributes
    ----------
    shape : tuple of int
    blocks : callable
        Without arguments; returns an iterator of blocks of rows, of about 1 MiB each.
    """

    shape: tuple[int, ...]
    blocks: Callable[[], Iterator[np.ndarray]]

    def all(self) -> np.ndarray:
        """Return the whole array."""
        return np.concatenate(list(self.blocks()))


@contextmanager
def open_array_file(path: Path) -> Iterator[dict[str, ArrayInFile]]:
    """Open an .npz or HDF5 file.

    Yields
    ------
    dict of str to ArrayInFile
        By name in small letters; an array `X` in an HDF5 group `train` is `x_train`. Arrays
        without rows are left out.

    Raises
    ------
    DataError
        If the file is neither, or is damaged.
    """
    import h5py  # reading the names of sources must not load it

    if path.is_dir():
        raise DataError(f"{path}: a folder, expected an .npz or HDF5 file")
    with ExitStack() as stack:
        with _damage_told(path):
            if zipfile.is_zipfile(path):
                arrays = _npz_arrays(path, stack.enter_context(zipfile.ZipFile(path)))
            else:
                arrays = _hdf5_arrays(path, stack.enter_context(h5py.File(path, "r")))
        yield {name: rows for name, rows in arrays.items() if rows.shape and rows.shape[0]}


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # h5py and zipfile raise errors of many kinds on damage
        raise DataError(
            f"{path}: damaged, or neither .npz nor HDF5 ({' '.join(str(error).split())})"
        ) from None


def _npz_arrays(path: Path, archive: zipfile.ZipFile) -> dict[str, ArrayInFile]:
    arrays = {}
    for name in archive.namelist():
        with archive.open(name) as member:
            shape, _, _ = _npy_header(member)
        arrays[name.removesuffix(".npy").lower()] = ArrayInFile(
            shape, partial(_npy_blocks, path, archive, name)
        )
    return arrays


def _npy_header(member: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(member)
    return np.lib.format.read_array_header_2_0(member)


def _npy_blocks(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[np.ndarray]:
    with archive.open(name) as member:
        shape, is_fortran, dtype = _npy_header(member)
        if dtype.hasobject:
            raise DataError(f"{path}: {name} holds Python objects, expected numbers or strings")
        if is_fortran and len(shape) > 1:
            raise DataError(
                f"{path}: {name} is in Fortran order, expected C order; save "
                "np.ascontiguousarray of it"
            )
        row_bytes = dtype.itemsize * math.prod(shape[1:])
        n_rows = _n_rows(shape, dtype)
        for start in range(0, shape[0], n_rows):
            n = min(n_rows, shape[0] - start)
            with _damage_told(path):
                content = member.read(n * row_bytes)
                block = np.frombuffer(content, dtype).reshape(n, *shape[1:])
            yield block


def _hdf5_arrays(path: Path, file: "h5py.File") -> dict[str, ArrayInFile]:
    import h5py

    arrays = {}

    def add(name: str, entry: object) -> None:
        if isinstance(entry, h5py.Dataset):
            group, _, array = name.rpartition("/")
            key = f"{array}_{group}" if group else array
            arrays[key.lower()] = ArrayInFile(entry.shape, partial(_hdf5_blocks, path, entry))

    file.visititems(add)
    return arrays


def _hdf5_blocks(path: Path, dataset: "h5py.Dataset") -> Iterator[np.ndarray]:
    n_rows = _n_rows(dataset.shape, dataset.dtype)
    if dataset.chunks:
        # Whole chunks, since a part of one costs as much to read as all of it.
        n_rows = dataset.chunks[0] * max(1, n_rows // dataset.chunks[0])
    readable = dataset.asstr() if dataset.dtype.kind in "OS" else dataset
    for start in range(0, dataset.shape[0], n_rows):
        with _damage_told(path):
            block = readable[start : start + n_rows]
        yield block


def _n_rows(shape: tuple[int, ...], dtype: np.dtype) -> int:
    return max(1, _BLOCK_BYTES // max(1, dtype.itemsize * math.prod(shape[1:])))
