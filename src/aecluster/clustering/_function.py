"""K-Means as a function, for processes that live for one fit: it does not load scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aecluster.clustering._distances import nearest_to
from aecluster.clustering._fit import fit
from aecluster.clustering._input import refuse_masked
from aecluster.clustering._outcome import Run
from aecluster.clustering._rows import Rows, is_hdf5
from aecluster.clustering._seeding import seeded

if TYPE_CHECKING:
    import h5py


def k_means(
    X: np.ndarray | h5py.Dataset,
    n_clusters: int,
    *,
    init: str,
    n_init: int,
    max_iter: int,
    tol: float,
    random_state: int,
) -> Run:
    """Find the clusters of `X`, as `KMeans.fit` does with the same parameters.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)
        float32, float64 or uint8. A dataset is streamed in blocks.
    n_clusters : int
        At most `n_samples`.
    init : {"k-means++", "minibatch", "random"}
        How the first centroids are found; see `KMeans`.
    n_init, max_iter : int
        Number of restarts, and the largest number of iterations of each.
    tol : float
        See `KMeans`.
    random_state : int
        Seed of the first centroids.

    Returns
    -------
    run : Run
        Named tuple of `labels` (n_samples, intp), `centers` (n_clusters, n_features; float64),
        `inertia` and `n_iter` of the best restart.

    Raises
    ------
    ValueError
        If `X` holds NaN, infinity or masked values.

    Examples
    --------
    >>> X = np.array([[1.0], [2.0], [10.0], [11.0]])
    >>> options = {"init": "k-means++", "n_init": 1, "max_iter": 300, "tol": 0.0}
    >>> k_means(X, 2, random_state=0, **options).inertia
    1.0
    """
    refuse_masked(X, "X")
    n_rows = 4096 if is_hdf5(X) else len(X)
    if X.dtype.kind == "f" and not all(
        np.isfinite(X[start : start + n_rows]).all() for start in range(0, len(X), n_rows)
    ):
        raise ValueError("Input X contains NaN or infinity.")
    rows = Rows(X, np.ones(len(X)))
    random = seeded(random_state)
    return fit(rows, init, n_clusters, n_init, random, max_iter, tol)


def nearest_centroids(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return the nearest centroid of every row, to the last case that which a fit assigns.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        float32, float64 or uint8, as it was clustered.
    centers : ndarray of shape (n_clusters, n_features), float64
        As `k_means` returns them.

    Returns
    -------
    ndarray of shape (n_samples,), int32
        Of equally near ones the first.

    Examples
    --------
    >>> nearest_centroids(np.array([[1.0], [8.0]]), np.array([[0.0], [2.0], [9.0]]))
    array([0, 2], dtype=int32)
    """
    return nearest_to(Rows(X, np.ones(len(X))), centers)
