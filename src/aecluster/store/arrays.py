"""The small HDF5 files beside a store: clusterings, silhouettes, reconstructions."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

import h5py
import numpy as np

from aecluster.atomic import atomic_write
from aecluster.errors import StoreError
from aecluster.store._file import FORMAT_VERSION, open_file

# Centroids that are not what float32 makes of them.
_FITTED = "fitted_centroids"


class Subject(TypedDict):
    """What a clustering is of: names of data set, representation and split, and k and seed."""

    dataset: str
    representation: str
    split: str
    k: int
    seed: int


def write_clustering(
    path: str | os.PathLike[str],
    labels: np.ndarray,
    centroids: np.ndarray,
    of: Subject | None = None,
    *,
    scale: float = 1.0,
) -> None:
    """Write a clustering.

    Centroids that float32 would change, or `scale`, are kept as they are too: to them every label
    is that of the nearest one.

    Parameters
    ----------
    path : path-like
        The HDF5 file to make.
    labels : ndarray of shape (n,), int
        Cluster of each row of the split.
    centroids : ndarray of shape (k, d)
        Centre of each cluster, in the unit of the rows that were clustered.
    of : Subject, optional
        What it is of, kept as attributes of the file.
    scale : float, default=1.0
        What brings the centroids to the unit of the scaled rows.
    """
    fitted = np.asarray(centroids, dtype=np.float64)
    rounded = (fitted * scale).astype(np.float32)
    with _written(
        path, of or {}, labels=np.asarray(labels, dtype=np.int32), centroids=rounded
    ) as file:
        if not np.array_equal(rounded, fitted):
            file[_FITTED] = fitted
            file[_FITTED].attrs["scale"] = scale


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


def read_fitted_centroids(path: str | os.PathLike[str]) -> tuple[np.ndarray, float]:
    """Return the centroids to which every label is that of the nearest one.

    Returns
    -------
    centroids : ndarray of shape (k, d), float64
        In the unit of the rows that were clustered.
    scale : float
        What brings them to the unit of the scaled rows: 1, or that of the rows themselves.

    Raises
    ------
    StoreError
        If the file is missing, cut short, no clustering, or of another format version.
    """
    with open_file(Path(path), "a clustering") as file:
        if _FITTED in file:
            return file[_FITTED][:], float(file[_FITTED].attrs["scale"])
    return read_clustering(path)[1].astype(np.float64), 1.0


def read_subject(path: str | os.PathLike[str]) -> Subject:
    """Return what a clustering is of.

    Raises
    ------
    StoreError
        If the file is missing, cut short, or does not say it.
    """
    with open_file(Path(path), "a clustering") as file:
        names = Subject.__annotations__
        if missing := [name for name in names if name not in file.attrs]:
            raise StoreError(
                f"{path}: does not say {', '.join(missing)}, expected a clustering with these "
                "attributes"
            )
        return Subject(**{name: kind(file.attrs[name]) for name, kind in names.items()})


def write_silhouettes(path: str | os.PathLike[str], silhouettes: np.ndarray) -> None:
    """Write the silhouettes of the points of a clustering.

    Parameters
    ----------
    path : path-like
        The HDF5 file to make.
    silhouettes : ndarray of shape (n,)
        Silhouette of each row of the split, in -1..1.
    """
    with _written(path, {}, silhouettes=np.asarray(silhouettes, dtype=np.float32)):
        pass


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
    with _written(path, {}, images=images, reconstructions=reconstructions):
        pass


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


@contextmanager
def _written(
    path: str | os.PathLike[str], attributes: Mapping[str, Any], **arrays: np.ndarray
) -> Iterator[h5py.File]:
    """Yield a new file with attributes and arrays, to be added to."""
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["format_version"] = FORMAT_VERSION
        file.attrs.update(attributes)
        for name, array in arrays.items():
            file[name] = array
        yield file


def _read_arrays(path: str | os.PathLike[str], kind: str, *names: str) -> list[np.ndarray]:
    with open_file(Path(path), kind) as file:
        if missing := set(names) - set(file):
            raise StoreError(f"{path}: {', '.join(sorted(missing))} not in it, expected {kind}")
        return [file[name][:] for name in names]
