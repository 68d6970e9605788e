"""The HDF5 files: one layout for every representation, one for every clustering.

A store holds one vector or image a row, for each split::

    /              attrs: format_version, dataset, representation, source_digest
    ├── train      attrs: class_names (where labels exist)
    │   ├── X      [n, ...] uint8 with attribute `scale`, or float32; chunked by rows
    │   └── y      [n] int64, where labels exist
    ├── test       as train
    ├── all        both, train first: views of the two, which take no room
    └── atoms      [rows, columns, h, w, c] float32, 0..1: pictures that the vectors are built from,
                   where they are

A pixel of a uint8 `X` means `X * scale`. A clustering is one K-Means run on one split::

    /              attrs: format_version
    ├── labels     [n] int32
    └── centroids  [k, d] float32

Silhouettes are those of the points of one clustering::

    /                attrs: format_version
    └── silhouettes  [n] float32

Reconstructions are some images and what an autoencoder makes of them::

    /                    attrs: format_version
    ├── images           [n, h, w, c] float32, 0..1
    └── reconstructions  [n, h, w, c] float32
"""

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import h5py
import numpy as np

from aecluster.atomic import atomic_write
from aecluster.errors import StoreError
from aecluster.streaming import StreamedRows

FORMAT_VERSION = 1

# A block of rows is read in one go; 1 MiB keeps both the seeks and the memory small.
_CHUNK_BYTES = 2**20

_BLOCK_VALUES = 2**22  # 16 MiB of float32

# What is larger is read in parts by all who can: a step may hold it twice, and 256 MiB beside.
MOST_IN_MEMORY = 2**28

_ATOMS = "atoms"
# The virtual split, and those that it joins.
_WHOLE = "all"
_PARTS = ("train", "test")


@dataclass(frozen=True)
class Split:
    """One split of an open store.

    Attributes
    ----------
    X : h5py.Dataset of shape (n, ...)
        uint8 or float32, as it is kept.
    y : ndarray of shape (n,), int64, or None
        Class labels, where they exist.
    class_names : tuple of str
        Names of the classes by label; empty without labels.
    scale : float
        What a value of `X` is multiplied by.
    """

    X: h5py.Dataset
    y: np.ndarray | None
    class_names: tuple[str, ...]
    scale: float

    def __len__(self) -> int:
        return self.X.shape[0]

    @property
    def n_features(self) -> int:
        """Number of values a row."""
        return math.prod(self.X.shape[1:])

    def images(self) -> np.ndarray | StreamedRows:
        """Return the rows as they are kept, indexed by any row numbers.

        Returns
        -------
        ndarray or StreamedRows of shape (n, ...)
            Streamed if they take more than `MOST_IN_MEMORY` bytes.
        """
        return self.X[:] if self.X.nbytes <= MOST_IN_MEMORY else StreamedRows(self.X)

    def matrix(self) -> np.ndarray:
        """Return all rows scaled and flattened.

        Returns
        -------
        ndarray of shape (n, d), float32
        """
        return self.matrix_of(slice(None))

    def thinned(self) -> slice:
        """Return every so many rows that as float32 they take at most `MOST_IN_MEMORY` bytes."""
        return slice(None, None, -(-4 * self.X.size // MOST_IN_MEMORY))

    def matrix_of(self, rows: slice) -> np.ndarray:
        """Return some rows scaled and flattened.

        Returns
        -------
        ndarray of shape (m, d), float32
        """
        return _scaled(self.X[rows], self.scale)

    def blocks(self, n_rows: int | None = None) -> Iterator[np.ndarray]:
        """Yield the rows scaled and flattened, `n_rows` at a time, by default 16 MiB of them.

        Yields
        ------
        ndarray of shape (<= n_rows, d), float32
        """
        n_rows = n_rows or max(1, _BLOCK_VALUES // self.n_features)
        for start in range(0, len(self), n_rows):
            yield _scaled(self.X[start : start + n_rows], self.scale)


class Store:
    """A store, open for reading; a context manager.

    Parameters
    ----------
    path : path-like
        The HDF5 file.

    Attributes
    ----------
    dataset, representation : str
        What the store holds.
    source_digest : str
        Digest of what the dataset was made from.

    Raises
    ------
    StoreError
        If the file is missing, cut short, no store, or of another format version.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "store.h5"
    >>> with Store.create(path, dataset="toy", representation="pixels", source_digest="0") as new:
    ...     new.add_split("test", [np.full((3, 2, 2, 1), 51, np.uint8)], n=3, scale=1 / 255)
    >>> with Store(path) as store:
    ...     store["test"].matrix().shape
    (3, 4)
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        self._file = _open(self.path, "a store")
        self.dataset = str(self._file.attrs["dataset"])
        self.representation = str(self._file.attrs["representation"])
        self.source_digest = str(self._file.attrs["source_digest"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, in the order in which they were written, without `all`."""
        return tuple(name for name in self._file if name not in (_WHOLE, _ATOMS))

    @property
    def atoms(self) -> np.ndarray | None:
        """The pictures that the vectors are built from, similar ones in a row, where they are."""
        return self._file[_ATOMS][:] if _ATOMS in self._file else None

    def __getitem__(self, split: str) -> Split:
        if split not in self._file:
            raise StoreError(
                f"{self.path}: split {split!r} is not in it, found {', '.join(self.splits)}"
            )
        group = self._file[split]
        return Split(
            X=group["X"],
            y=group["y"][:] if "y" in group else None,
            class_names=tuple(group.attrs.get("class_names", ())),
            scale=float(group["X"].attrs.get("scale", 1.0)),
        )

    def derive(
        self,
        path: str | os.PathLike[str],
        *,
        representation: str,
        vectors: Mapping[str, Iterable[np.ndarray]],
        atoms: np.ndarray | None = None,
    ) -> None:
        """Write a store of the same images in another space, with their labels.

        Parameters
        ----------
        path : path-like
            Store to make.
        representation : str
            Name of the other space.
        vectors : mapping of str to iterable of ndarray of shape (m, d), float32
            The rows of every split, in blocks and in this store's order.
        atoms : ndarray of shape (rows, columns, height, width, channels), float32, optional
            Pictures that the vectors are built from.

        Raises
        ------
        StoreError
            If a split has not as many rows as here.
        """
        with Store.create(
            path,
            dataset=self.dataset,
            representation=representation,
            source_digest=self.source_digest,
        ) as derived:
            for name in self.splits:
                split = self[name]
                derived.add_split(
                    name, vectors[name], n=len(split), y=split.y, class_names=split.class_names
                )
            if atoms is not None:
                derived.add_atoms(atoms)

    @staticmethod
    @contextmanager
    def create(
        path: str | os.PathLike[str], *, dataset: str, representation: str, source_digest: str
    ) -> "Iterator[StoreWriter]":
        """Write a store: it stands at `path` when the block ends without an error, else nothing.

        Yields
        ------
        StoreWriter
        """
        with (
            atomic_write(path) as temporary,
            h5py.File(temporary, "w", track_order=True) as file,
        ):
            file.attrs["format_version"] = FORMAT_VERSION
            file.attrs["dataset"] = dataset
            file.attrs["representation"] = representation
            file.attrs["source_digest"] = source_digest
            yield StoreWriter(file)
            if set(_PARTS) <= set(file):
                _join(file)


class StoreWriter:
    """What `Store.create` yields: takes the splits one by one."""

    def __init__(self, file: h5py.File):
        self._file = file

    def add_split(
        self,
        name: str,
        blocks: Iterable[np.ndarray],
        *,
        n: int,
        y: np.ndarray | None = None,
        class_names: Iterable[str] = (),
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
            Class labels.
        class_names : iterable of str
            Names of the classes by label.
        scale : float, optional
            What a uint8 value is multiplied by when it is read.

        Raises
        ------
        StoreError
            If the blocks have more or fewer rows than `n`.
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
            group.attrs["class_names"] = list(class_names)

    def add_atoms(self, atoms: np.ndarray) -> None:
        """Write the pictures that the vectors are built from, (rows, columns, h, w, c) in 0..1."""
        self._file[_ATOMS] = np.asarray(atoms, dtype=np.float32)

    @staticmethod
    def _create_rows(group: h5py.Group, block: np.ndarray, n: int, scale: float | None) -> None:
        row_bytes = block.dtype.itemsize * math.prod(block.shape[1:])
        n_chunk = min(n, max(1, _CHUNK_BYTES // row_bytes))
        rows = group.create_dataset(
            "X", (n, *block.shape[1:]), block.dtype, chunks=(n_chunk, *block.shape[1:])
        )
        if scale is not None:
            rows.attrs["scale"] = scale


def _join(file: h5py.File) -> None:
    """Add the split `all`: HDF5's virtual datasets over the rows and labels of the two."""
    parts, whole = [file[name] for name in _PARTS], file.create_group(_WHOLE)
    for name in ("X", "y"):
        if not all(name in part for part in parts):
            continue
        joined = _joined(whole, name, [part[name] for part in parts])
        joined.attrs.update(parts[0][name].attrs)
    if "y" in whole:
        whole.attrs.update(parts[0].attrs)


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


def write_clustering(
    path: str | os.PathLike[str], labels: np.ndarray, centroids: np.ndarray
) -> None:
    """Write a clustering.

    Parameters
    ----------
    path : path-like
        The HDF5 file to make.
    labels : ndarray of shape (n,), int
        Cluster of each row of the split.
    centroids : ndarray of shape (k, d)
        Centre of each cluster.
    """
    _write_arrays(
        path,
        labels=np.asarray(labels, dtype=np.int32),
        centroids=np.asarray(centroids, dtype=np.float32),
    )


def read_clustering(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels and centroids of a clustering.

    Returns
    -------
    labels : ndarray of shape (n,), int32
    centroids : ndarray of shape (k, d), float32

    Raises
    ------
    StoreError
        If the file is missing, cut short, no clustering, or of another format version.
    """
    labels, centroids = _read_arrays(path, "a clustering", "labels", "centroids")
    return labels, centroids


def write_silhouettes(path: str | os.PathLike[str], silhouettes: np.ndarray) -> None:
    """Write the silhouettes of the points of a clustering.

    Parameters
    ----------
    path : path-like
        The HDF5 file to make.
    silhouettes : ndarray of shape (n,)
        Silhouette of each row of the split, in -1..1.
    """
    _write_arrays(path, silhouettes=np.asarray(silhouettes, dtype=np.float32))


def read_silhouettes(path: str | os.PathLike[str]) -> np.ndarray:
    """Return the silhouettes of the points of a clustering.

    Returns
    -------
    silhouettes : ndarray of shape (n,), float32

    Raises
    ------
    StoreError
        If the file is missing, cut short, something else, or of another format version.
    """
    [silhouettes] = _read_arrays(path, "silhouettes", "silhouettes")
    return silhouettes


def write_reconstructions(
    path: str | os.PathLike[str], images: np.ndarray, reconstructions: np.ndarray
) -> None:
    """Write some images and what an autoencoder makes of them.

    Parameters
    ----------
    path : path-like
        The HDF5 file to make.
    images, reconstructions : ndarray of shape (n, h, w, c), float32
        Pixels in 0..1.
    """
    _write_arrays(path, images=images, reconstructions=reconstructions)


def read_reconstructions(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return some images and what an autoencoder makes of them.

    Returns
    -------
    images, reconstructions : ndarray of shape (n, h, w, c), float32

    Raises
    ------
    StoreError
        If the file is missing, cut short, something else, or of another format version.
    """
    images, reconstructions = _read_arrays(path, "reconstructions", "images", "reconstructions")
    return images, reconstructions


def _write_arrays(path: str | os.PathLike[str], **arrays: np.ndarray) -> None:
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["format_version"] = FORMAT_VERSION
        for name, array in arrays.items():
            file[name] = array


def _read_arrays(path: str | os.PathLike[str], kind: str, *names: str) -> list[np.ndarray]:
    with _open(Path(path), kind) as file:
        if missing := set(names) - set(file):
            raise StoreError(f"{path}: {', '.join(sorted(missing))} not in it, expected {kind}")
        return [file[name][:] for name in names]


def _open(path: Path, kind: str) -> h5py.File:
    try:
        file = h5py.File(path, "r")
    except FileNotFoundError:
        raise StoreError(f"{path}: no such file, expected {kind}") from None
    except OSError as error:
        raise StoreError(f"{path}: cut short or not HDF5, expected {kind} ({error})") from None
    version = file.attrs.get("format_version")
    if version != FORMAT_VERSION:
        file.close()
        raise StoreError(f"{path}: format version {version}, expected {kind} of {FORMAT_VERSION}")
    return file


def _scaled(rows: np.ndarray, scale: float) -> np.ndarray:
    return np.multiply(rows.reshape(len(rows), -1), np.float32(scale), dtype=np.float32)
