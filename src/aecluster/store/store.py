"""A store: the rows of a representation for each split, read in blocks or as a whole."""

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
from aecluster.store._file import FORMAT_VERSION, open_file
from aecluster.store.streaming import StreamedRows
from aecluster.store.writer import ATOMS, PARTS, WHOLE, StoreWriter, join_splits

_BLOCK_VALUES = 2**22  # 16 MiB of float32

# What is larger is read in parts by all who can: a step may hold it twice, and 256 MiB beside.
MOST_IN_MEMORY = 2**28


@dataclass(frozen=True)
class Split:
    """One split of an open store.

    Attributes
    ----------
    X : h5py.Dataset of shape (n, ...)
        uint8 or float32, as it is kept.
    y : ndarray of shape (n,), int64, or None
        Class labels, where they exist; -1 of an image without one.
    class_names : tuple of str
        Names of the classes by label; empty without labels.
    scale : float
        What a value of `X` is multiplied by.
    texts : h5py.Dataset of shape (n,), or None
        Where the names of the rows are kept, see `names`.
    """

    X: h5py.Dataset
    y: np.ndarray | None
    class_names: tuple[str, ...]
    scale: float
    texts: h5py.Dataset | None = None

    def __len__(self) -> int:
        return self.X.shape[0]

    @property
    def n_features(self) -> int:
        """Number of values per row."""
        return math.prod(self.X.shape[1:])

    @property
    def names(self) -> list[str] | None:
        """What each row is called in its source, or None where it has no names there.

        Of files it is the path below the folder, or in the archive, that the images were read from.
        They are read when they are asked for.
        """
        return None if self.texts is None else self.texts.asstr()[:].tolist()

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

    def unscaled_blocks(self) -> Iterator[np.ndarray]:
        """Yield the rows as they are kept, but flattened, 16 MiB of float32 values at a time.

        Yields
        ------
        ndarray of shape (<= n_rows, d), uint8 or float32
        """
        n_rows = max(1, _BLOCK_VALUES // self.n_features)
        for start in range(0, len(self), n_rows):
            block = self.X[start : start + n_rows]
            yield block.reshape(len(block), -1)


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
        self._file = open_file(self.path, "a store")
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
        return tuple(name for name in self._file if name not in (WHOLE, ATOMS))

    @property
    def atoms(self) -> np.ndarray | None:
        """The pictures that the vectors are built from, similar ones in a row, where they are."""
        return self._file[ATOMS][:] if ATOMS in self._file else None

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
            texts=group.get("names"),
        )

    def derive(
        self,
        path: str | os.PathLike[str],
        *,
        representation: str,
        vectors: Mapping[str, Iterable[np.ndarray]],
        atoms: np.ndarray | None = None,
    ) -> None:
        """Write a store of the same images in another space, with their labels and names.

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
                    name,
                    vectors[name],
                    n=len(split),
                    y=split.y,
                    class_names=split.class_names,
                    # A view, so that all names are never in memory together.
                    names=None if split.texts is None else split.texts.asstr(),
                )
            if atoms is not None:
                derived.add_atoms(atoms)

    @staticmethod
    @contextmanager
    def create(
        path: str | os.PathLike[str],
        *,
        dataset: str,
        representation: str,
        source_digest: str | None = None,
    ) -> Iterator[StoreWriter]:
        """Write a store: it stands at `path` when the block ends without an error, else nothing.

        Without a digest of the source here, the writer has to be told it within the block.

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
            writer = StoreWriter(file)
            if source_digest is not None:
                writer.name_source(source_digest)
            yield writer
            if set(PARTS) <= set(file):
                join_splits(file)


def _scaled(rows: np.ndarray, scale: float) -> np.ndarray:
    return np.multiply(rows.reshape(len(rows), -1), np.float32(scale), dtype=np.float32)
