"""Writing a store: split by split, block by block."""

import math
from collections.abc import Iterable, Sequence

import h5py
import numpy as np

from aecluster.errors import StoreError

# A block of rows is read in one go; 1 MiB keeps both the seeks and the memory small.
_CHUNK_BYTES = 2**20
# Names that are handed to HDF5 together.
_NAMES_AT_ONCE = 2**12

ATOMS = "atoms"
# The virtual split, and those that it joins.
WHOLE = "all"
PARTS = ("train", "test")
# For programs that do not know virtual datasets: pyfive, jsfive, kerchunk, VirtualiZarr.
_NOTE = (
    "rows of train, then those of test: virtual datasets of HDF5, which some programs show as "
    "zeros or as nothing; there, join train and test"
)


class StoreWriter:
    """What `Store.create` yields: takes the splits one by one."""

    def __init__(self, file: h5py.File):
        self._file = file

    def name_source(self, digest: str) -> None:
        """Write the digest of what the dataset is made from."""
        self._file.attrs["source_digest"] = digest

    def add_split(
        self,
        name: str,
        blocks: Iterable[np.ndarray],
        *,
        n: int,
        y: np.ndarray | None = None,
        class_names: Iterable[str] = (),
        names: Sequence[str] | None = None,
        scale: float | None = None,
    ) -> None:
        """Write a split from blocks of rows, so that memory stays flat in `n`.

        Parameters
        ----------
        name : str
            `train` or `test`.
        blocks : iterable of ndarray of shape (m, ...), uint8 or float32
            The rows in order; all blocks together have `n` rows.
        n : int
            Number of rows.
        y : ndarray of shape (n,), optional
            Class labels; -1 of a row without one.
        class_names : iterable of str
            Names of the classes by label.
        names : sequence of str, length n, optional
            What each row is called in its source. A name that is no text, or has characters that
            cannot be printed, is written with escapes.
        scale : float, optional
            What a uint8 value is multiplied by when it is read.

        Raises
        ------
        StoreError
            If the blocks have more or fewer rows than `n`, or there are more or fewer names.
        """
        group = self._file.create_group(name)
        written = 0
        for block in blocks:
            if written == 0:
                self._create_rows(group, block, n, scale)
            if written + len(block) <= n:
                group["X"][written : written + len(block)] = block
            written += len(block)
        if written != n:
            raise StoreError(f"split {name!r}: {written} rows came, {n} were announced")
        if y is not None:
            group["y"] = np.asarray(y, dtype=np.int64)
            group.attrs["class_names"] = [printable(name) for name in class_names]
        if names is not None:
            _write_names(group, names, n)

    def add_atoms(self, atoms: np.ndarray) -> None:
        """Write the pictures that the vectors are built from, (rows, columns, h, w, c) in 0..1."""
        self._file[ATOMS] = np.asarray(atoms, dtype=np.float32)

    @staticmethod
    def _create_rows(group: h5py.Group, block: np.ndarray, n: int, scale: float | None) -> None:
        row_bytes = block.dtype.itemsize * math.prod(block.shape[1:])
        n_chunk = min(n, max(1, _CHUNK_BYTES // row_bytes))
        rows = group.create_dataset(
            "X", (n, *block.shape[1:]), block.dtype, chunks=(n_chunk, *block.shape[1:])
        )
        if scale is not None:
            rows.attrs["scale"] = scale


def printable(name: str) -> str:
    r"""Return a name on one line of text, which HDF5 takes: with escapes where it is not so itself.

    Examples
    --------
    >>> printable("a cat.png"), printable("line\nbreak")
    ('a cat.png', "'line\\nbreak'")
    """
    return name if name.isprintable() else ascii(name)


def _write_names(group: h5py.Group, names: Sequence[str], n: int) -> None:
    if len(names) != n:
        raise StoreError(f"split {group.name[1:]!r}: {len(names)} names came for {n} rows")
    texts = group.create_dataset("names", (n,), h5py.string_dtype())
    for start in range(0, n, _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        texts[start : start + len(some)] = [printable(name) for name in some]


def join_splits(file: h5py.File) -> None:
    """Add the split `all`: HDF5's virtual datasets over rows, labels and names of the two."""
    parts, whole = [file[name] for name in PARTS], file.create_group(WHOLE)
    for name in ("X", "y", "names"):
        if not all(name in part for part in parts):
            continue
        joined = _joined(whole, name, [part[name] for part in parts])
        joined.attrs.update(parts[0][name].attrs)
    if "y" in whole:
        whole.attrs.update(parts[0].attrs)
    # Of a fixed length, which the least of readers shows.
    whole.attrs["note"] = np.bytes_(_NOTE)


def _joined(group: h5py.Group, name: str, rows: list[h5py.Dataset]) -> h5py.Dataset:
    """Add a virtual dataset; h5py's own way notes the time, by which no file is like another."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_obj_track_times(False)
    space = h5py.h5s.create_simple((sum(map(len, rows)), *rows[0].shape[1:]))
    start = 0
    for part in rows:
        space.select_hyperslab((start, *[0] * (part.ndim - 1)), part.shape)
        properties.set_virtual(space, b".", part.name.encode(), part.id.get_space())
        start += len(part)
    created = h5py.h5d.create(group.id, name.encode(), rows[0].id.get_type(), space, properties)
    return h5py.Dataset(created)
