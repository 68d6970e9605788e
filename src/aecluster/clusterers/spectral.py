"""Spectral clustering of the graph of nearest neighbours."""

import numpy as np
from sklearn.cluster import SpectralClustering

from aecluster.clusterers.limits import MOST_PAIRED
from aecluster.clusterers.partition import Partition
from aecluster.clusterers.sample import fitted_to


def spectral(X: np.ndarray, *, n_neighbors: int, n_fit: int | None, k: int, seed: int) -> Partition:
    """Cut the graph of nearest neighbours where it is thin.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    n_neighbors : int
        Neighbours that each row is joined with, at most one fewer than there are rows.
    n_fit : int or None
        See `aecluster.clusterers.sample.fitted_to`.
    k : int
        Number of clusters.
    seed : int
        Of the eigenvectors' start, and of the K-Means by which they are read off.

    Returns
    -------
    Partition

    References
    ----------
    von Luxburg, "A tutorial on spectral clustering", Statistics and Computing 17 (2007), 395-416.
    """

    def fit(rows: np.ndarray) -> Partition:
        graph = SpectralClustering(
            k,
            affinity="nearest_neighbors",
            n_neighbors=min(n_neighbors, len(rows) - 1),
            random_state=seed,
        )
        return Partition(graph.fit_predict(rows))

    return fitted_to(X, n_fit, fit, MOST_PAIRED)
