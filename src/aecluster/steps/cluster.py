"""From the store of a representation to a clustering by a method beside K-Means."""

import inspect
import os
from dataclasses import dataclass
from pkgutil import resolve_name  # noqa: TID251 - of what the step's options name
from typing import Any

import h5py
import numpy as np

from aecluster.clusterers.partition import NOISE, centres_of, in_order
from aecluster.errors import ConfigError
from aecluster.store import Store, Subject, write_clustering

# The attribute of a clustering's file.
_CLUSTERER = "clusterer"


@dataclass(frozen=True)
class Found:
    """What a clusterer made of a split.

    Attributes
    ----------
    labels : ndarray of shape (n,), int64
        0, 1, ... without a gap; -1 of an image in no cluster.
    centroids : ndarray of shape (m, d), float64
        Means of the clusters.
    n_iter : int or None
        Iterations, where the method iterates.
    of : dict
        What was clustered, and the clusterer's name.
    """

    labels: np.ndarray
    centroids: np.ndarray
    n_iter: int | None
    of: dict[str, Any]

    @property
    def metrics(self) -> dict[str, float]:
        """Numbers of clusters, of images in none, and of iterations where the method iterates."""
        found = {"n_clusters": len(self.centroids), "n_noise": int((self.labels == NOISE).sum())}
        return found if self.n_iter is None else found | {"n_iter": self.n_iter}

    @property
    def sizes(self) -> list[int]:
        """How many rows each cluster has."""
        clustered = self.labels[self.labels != NOISE]
        return np.bincount(clustered, minlength=len(self.centroids)).tolist()


def cluster(
    store: str | os.PathLike[str],
    split: str,
    *,
    clusterer: str,
    made_by: str,
    k: int,
    seed: int,
    **options: Any,
) -> Found:
    """Cluster one split of a store, all of it in memory.

    Parameters
    ----------
    store : path-like
        Store of a representation.
    split : str
        `train`, `test` or `all`.
    clusterer : str
        Its name in the experiment file.
    made_by : str
        ``<module>:<function>``, see `aecluster.clusterers`.
    k : int
        Number of clusters; 0 where the method chooses it.
    seed : int
        Of the representation and, where something in it is random, of the method.
    **options
        What the function takes besides.

    Returns
    -------
    Found

    Raises
    ------
    ConfigError
        If there are too many images, or too few for as many clusters, or the method fails on them.
    StoreError
        If the store or the split is missing.
    """
    with Store(store) as opened:
        rows = opened[split]
        n = len(rows)
        if k >= n:
            raise ConfigError(
                f"clustering.k: found {k}, expected less than the {n} rows of split {split!r} in "
                f"{store}"
            )
        of = Subject(
            dataset=opened.dataset,
            representation=opened.representation,
            split=split,
            k=k,
            seed=seed,
        )
        X = rows.matrix()
    function = resolve_name(made_by)
    taken = inspect.signature(function).parameters.keys() & {"k", "seed"}
    try:
        found = function(X, **options, **{name: of[name] for name in taken})
    except (ValueError, np.linalg.LinAlgError) as error:
        where = f"clusterers.{clusterer}{'.' if isinstance(error, ConfigError) else ': '}"
        raise ConfigError(f"{where}{' '.join(str(error).split())}") from None
    labels = in_order(np.asarray(found.labels))
    return Found(labels, centres_of(X, labels), found.n_iter, {**of, _CLUSTERER: clusterer})


def read_clusterer(path: str | os.PathLike[str]) -> str | None:
    """Return the name of the clusterer that a clustering is by; None of K-Means.

    Parameters
    ----------
    path : path-like
        A clustering, see `aecluster.store`.
    """
    with h5py.File(path) as file:
        return file.attrs.get(_CLUSTERER)


def write(path: str | os.PathLike[str], found: Found) -> None:
    """Write a clustering whose file says by which clusterer it is."""
    write_clustering(path, found.labels, found.centroids, found.of)
