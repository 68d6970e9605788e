"""Spectral clustering of the graph of nearest neighbours.

The eigenvectors are found by products with the sparse matrix alone. scikit-learn's way to the same
factorizes it, and the factors fill up: see
`findings/sklearn-spectral-clustering-factorizes-its-sparse-graph.sh`.
"""

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh
from sklearn.neighbors import kneighbors_graph

from aecluster.clusterers.partition import Partition
from aecluster.clusterers.sample import fitted_to
from aecluster.clustering import k_means
from aecluster.errors import ConfigError

# As in scikit-learn: the rows of eigenvectors are few values, of which ten starts cost nothing.
_READ_OFF = {"init": "k-means++", "n_init": 10, "max_iter": 300, "tol": 0.0}
# Parts of a graph that are so small are decomposed whole.
_FEW_ROWS = 200


def spectral(X: np.ndarray, *, n_neighbors: int, n_fit: int | None, k: int, seed: int) -> Partition:
    """Cut the graph of nearest neighbours where it is thin.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    n_neighbors : int
        Neighbours that each row is joined with, itself among them, at most as many as there are.
    n_fit : int or None
        See `aecluster.clusterers.sample.fitted_to`.
    k : int
        Number of clusters.
    seed : int
        Of the eigenvectors' start, and of the K-Means by which they are read off.

    Returns
    -------
    Partition

    Raises
    ------
    ConfigError
        If the eigenvectors are not found.

    References
    ----------
    Shi and Malik, IEEE Transactions on Pattern Analysis 22 (2000), 888-905; von Luxburg, "A
    tutorial on spectral clustering", Statistics and Computing 17 (2007), 395-416, section 4.
    """

    def fit(rows: np.ndarray) -> Partition:
        graph = csr_array(kneighbors_graph(rows, min(n_neighbors, len(rows)), include_self=True))
        try:
            space = _space(graph + graph.T, k, seed)
        except ArpackNoConvergence:
            raise ConfigError(
                f"n_neighbors: found {n_neighbors}, with which the eigenvectors are not found; "
                "expected more"
            ) from None
        return Partition(k_means(space, k, random_state=seed, **_READ_OFF).labels)

    return fitted_to(X, n_fit, fit)


def _space(graph: csr_array, k: int, seed: int) -> np.ndarray:
    """Return the leading eigenvectors of the random walk on a graph, (n, k)."""
    shrink = 1 / np.sqrt(graph.sum(axis=0))
    matrix = csr_array(diags_array(shrink) @ graph @ diags_array(shrink))
    return _leading(matrix, k, seed) * shrink[:, np.newaxis]


def _leading(matrix: csr_array, k: int, seed: int) -> np.ndarray:
    """Return the eigenvectors of the k largest eigenvalues, part by part of a graph.

    Each part has the eigenvalue 1, and a method that starts from one vector finds it once only.
    """
    _, part_of = connected_components(matrix, directed=False)
    largest = np.argsort(-np.bincount(part_of), kind="stable")[:k]
    values, vectors = [], []
    for part in largest:
        rows = np.flatnonzero(part_of == part)
        found = _leading_of_part(matrix[rows][:, rows], k, seed)
        values.append(found[0])
        vectors.append(np.zeros((matrix.shape[0], len(found[0]))))
        vectors[-1][rows] = found[1]
    order = np.argsort(-np.concatenate(values), kind="stable")[:k]
    return np.concatenate(vectors, axis=1)[:, order]


def _leading_of_part(matrix: csr_array, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most k of the largest eigenvalues, falling, and their eigenvectors."""
    n = matrix.shape[0]
    if n <= max(_FEW_ROWS, 2 * k):
        values, vectors = np.linalg.eigh(matrix.toarray())
    else:
        start = np.random.default_rng(seed).uniform(-1, 1, n)
        values, vectors = eigsh(matrix, k=k, which="LA", v0=start)
    order = np.argsort(-values, kind="stable")[:k]
    return values[order], vectors[:, order]
