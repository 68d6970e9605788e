"""The results of one clustering in Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from aecluster.comparison.competitors import KMEANS, named
from aecluster.errors import AeclusterError
from aecluster.records.record import read_record
from aecluster.steps.cluster import read_clusterer
from aecluster.steps.predict import NewImages, images_at, images_in, placed
from aecluster.store import Split, Store, read_clustering, read_silhouettes, read_subject

Images = np.ndarray | str | os.PathLike[str]

# New images whose distances to a block of stored ones are held at a time.
_BLOCK_IMAGES = 256


@dataclass(frozen=True)
class Point:
    """One image of a clustering.

    Attributes
    ----------
    row : int
        Its row in the split.
    name : str or None
        What it is called in its source, where it has a name there.
    class_name : str or None
        Its class, where it is known.
    cluster : int
    distance : float
        To what was asked for.
    """

    row: int
    name: str | None
    class_name: str | None
    cluster: int
    distance: float


def load_clustering(path: str | os.PathLike[str]) -> ClusteringResult:
    """Return the results of one clustering.

    Parameters
    ----------
    path : path-like
        ``results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5``, with the results around it.

    Returns
    -------
    ClusteringResult

    Raises
    ------
    StoreError
        If there is no such file, or it is no clustering.
    """
    return ClusteringResult(path)


class ClusteringResult:
    """One clustering, with the images and vectors that it is of.

    Parameters
    ----------
    path : path-like
        ``results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5``, with the results around it.

    Attributes
    ----------
    dataset, representation, split : str
    clusterer : str
        Its name in the experiment file; `kmeans` of K-Means.
    k, seed : int
        A k of 0 where the clusterer chooses it.
    labels : ndarray of shape (n,), int32
        Cluster of each image; -1 of one in none.
    centroids : ndarray of shape (k, d), float32

    Raises
    ------
    StoreError
        If there is no such file, or it is no clustering.
    """

    def __init__(self, path: str | os.PathLike[str]):
        # The same file, wherever a notebook goes afterwards.
        self._path = Path(path).absolute()
        subject = read_subject(path)
        self.dataset, self.representation = subject["dataset"], subject["representation"]
        self.split, self.k, self.seed = subject["split"], subject["k"], subject["seed"]
        self.clusterer = read_clusterer(path) or KMEANS
        self.labels, self.centroids = read_clustering(path)

    def __repr__(self) -> str:
        name = named(self.representation, self.clusterer)
        return f"<{name} of {self.dataset}, k={self.k}, seed={self.seed}>"

    @property
    def scores(self) -> dict[str, float]:
        """Every score of the clustering by its name."""
        return dict(read_record(self._path.with_suffix(".scores.json")).metrics)

    @property
    def silhouettes(self) -> np.ndarray:
        """Silhouette of each image, (n,) float32; NaN where it is not among the sampled ones."""
        return read_silhouettes(self._path.with_suffix(".silhouettes.h5"))

    @cached_property
    def names(self) -> list[str] | None:
        """What each image is called in its source, or None where it has no name there."""
        with self.pixels() as store:
            return store[self.split].names

    @cached_property
    def classes(self) -> list[str | None] | None:
        """Class of each image, None of one without a label; None where no classes are known."""
        with self.pixels() as store:
            split = store[self.split]
            if split.y is None:
                return None
            return [split.class_names[label] if label >= 0 else None for label in split.y]

    def pixels(self) -> Store:
        """Open the store of the images; close it, or use it in a `with` block."""
        return Store(self._folder.parent / "pixels" / "store.h5")

    def store(self) -> Store:
        """Open the store of the vectors that were clustered; close it, or use it in a `with`."""
        return Store(self._made_in / "store.h5")

    def model(self) -> Any:
        """Load the network that made the vectors, a `keras.Model`.

        Raises
        ------
        AeclusterError
            If the representation is none of a network.
        """
        path = self._made_in / "model.keras"
        if not path.exists():
            raise AeclusterError(f"{self.representation}: no network made it, expected {path}")
        from aecluster.networks.model import load_model

        return load_model(path)

    def predict(self, images: Images) -> np.ndarray:
        """Return the cluster of each of some new images.

        Parameters
        ----------
        images : path-like or ndarray of shape (n, height, width) or (n, height, width, 1 or 3)
            A file, folder or archive; or pixels, of any size: uint8, or floats in 0..1.

        Returns
        -------
        ndarray of shape (n,), int

        Raises
        ------
        AeclusterError
            If the images cannot be read, or the representation cannot take new ones.
        """
        with placed(self._path, _new_images(images)) as found:
            return np.array([cluster for _, cluster, _ in found.clusters()])

    def nearest(self, images: Images, n: int = 10) -> list[list[Point]]:
        """Return the clustered images nearest to each of some new ones, where they were clustered.

        Parameters
        ----------
        images : path-like or ndarray
            As for `predict`.
        n : int, default=10
            How many per new image.

        Returns
        -------
        list of list of Point
            Of each new image the nearest ones, the nearest first.

        Raises
        ------
        AeclusterError
            As for `predict`.
        """
        with placed(self._path, _new_images(images)) as found, self.store() as store:
            stored = store[self.split]
            return [
                [self._point(row, distance) for row, distance in nearest]
                for some in found.rows.blocks(_BLOCK_IMAGES)
                for nearest in _nearest(some, stored, n)
            ]

    def _point(self, row: int, distance: float) -> Point:
        name = self.names[row] if self.names else None
        class_name = self.classes[row] if self.classes else None
        return Point(row, name, class_name, int(self.labels[row]), distance)

    @property
    def _folder(self) -> Path:
        """``results/<dataset>/<representation>``."""
        return self._path.parents[1]

    @property
    def _made_in(self) -> Path:
        return self._folder if self.representation == "pixels" else self._folder / f"s{self.seed}"


def _nearest(new: np.ndarray, stored: Split, n: int) -> Iterator[Iterator[tuple[int, float]]]:
    """Yield of each new row the row and the distance of the nearest stored ones."""
    distances, rows = np.empty((len(new), 0)), np.empty((len(new), 0), int)
    start = 0
    for block in stored.blocks():
        those = np.broadcast_to(np.arange(start, start + len(block)), (len(new), len(block)))
        distances = np.hstack([distances, cdist(new.astype(np.float64), block.astype(np.float64))])
        rows = np.hstack([rows, those])
        best = np.argsort(distances, axis=1, kind="stable")[:, :n]
        distances = np.take_along_axis(distances, best, axis=1)
        rows = np.take_along_axis(rows, best, axis=1)
        start += len(block)
    for pair in zip(rows.tolist(), distances.tolist(), strict=True):
        yield zip(*pair, strict=True)


def _new_images(images: Images) -> NewImages:
    if isinstance(images, str | os.PathLike):
        return images_at(images)
    return images_in(images)
