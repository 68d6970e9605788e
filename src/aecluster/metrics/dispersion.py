"""How far points spread within and between clusters: exact in two passes, whatever their number."""

from typing import NamedTuple

import numpy as np

from aecluster.metrics.points import Points, blocks_of


class Dispersion(NamedTuple):
    """Result of `dispersion`.

    Attributes
    ----------
    inertia : float
        Sum of the squared distances to the centroids, in [0, inf]; lower is better.
    calinski_harabasz : float
        Dispersion between clusters over that within, each per degree of freedom; in [0, inf],
        higher is better. 1 if there is none within.
    davies_bouldin : float
        Mean over clusters of the largest overlap with another one; in [0, inf], lower is better.
    """

    inertia: float
    calinski_harabasz: float
    davies_bouldin: float


def dispersion(
    points: Points, labels: np.ndarray, centroids: np.ndarray | None = None
) -> Dispersion:
    """Compute what follows from the clusters' means and the distances to them.

    Parameters
    ----------
    points : Points
        The points, read twice, a block at a time.
    labels : ndarray of shape (n,), int
        Cluster of each point.
    centroids : ndarray of shape (n_clusters, d), optional
        Row c is the centroid of the cluster labelled c; for the inertia only. The default are the
        clusters' means.

    Returns
    -------
    Dispersion

    Raises
    ------
    ValueError
        If a label has no row in centroids, or these have another number of values.

    References
    ----------
    Calinski and Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3
    (1974), 1-27. Davies and Bouldin, "A cluster separation measure", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 1 (1979), 224-227. Both as scikit-learn computes them.

    Examples
    --------
    >>> from aecluster.metrics.points import ArrayPoints
    >>> X = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> dispersion(ArrayPoints(X), np.array([0, 0, 1, 1]))
    Dispersion(inertia=4.0, calinski_harabasz=50.0, davies_bouldin=0.2)
    """
    _check(labels, centroids, points.n_features)
    names, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    means = _means(points, codes, sizes)
    within, spread = 0.0, np.zeros(len(sizes))
    for part, block in blocks_of(points):
        differences = np.subtract(block, means[codes[part]], dtype=np.float64)
        squares = np.einsum("ij,ij->i", differences, differences)
        within += float(squares.sum())
        spread += np.bincount(codes[part], np.sqrt(squares), minlength=len(sizes))
    inertia = within
    if centroids is not None:
        # About another point than the mean: Steiner's theorem.
        inertia += float(sizes @ np.square(means - centroids[names]).sum(axis=1))
    middle = sizes @ means / sizes.sum()
    between = float(sizes @ np.square(means - middle).sum(axis=1))
    n, k = len(points), len(sizes)
    return Dispersion(
        inertia,
        between / within * (n - k) / (k - 1) if within > 0 else 1.0,
        _davies_bouldin(means, spread / sizes),
    )


def _check(labels: np.ndarray, centroids: np.ndarray | None, n_features: int) -> None:
    if centroids is None:
        return
    if centroids.ndim != 2 or centroids.shape[1] != n_features:
        raise ValueError(
            f"centroids has shape {centroids.shape}, expected (n_clusters, {n_features}) "
            f"for X with {n_features} columns."
        )
    if labels.min() < 0 or labels.max() >= len(centroids):
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}, expected row numbers of centroids, "
            f"0 to {len(centroids) - 1}."
        )


def _means(points: Points, codes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(sizes), points.n_features))
    for part, block in blocks_of(points):
        # Sorted by cluster, each is a run of rows: cheaper than a product with memberships.
        order = np.argsort(codes[part], kind="stable")
        present, starts = np.unique(codes[part][order], return_index=True)
        sums[present] += np.add.reduceat(block[order], starts, axis=0, dtype=np.float64)
    return sums / sizes[:, None]


def _davies_bouldin(means: np.ndarray, spread: np.ndarray) -> float:
    distances = np.stack([np.linalg.norm(means - mean, axis=1) for mean in means])
    if np.allclose(spread, 0) or np.allclose(distances, 0):
        return 0.0
    distances[distances == 0] = np.inf
    return float(((spread[:, None] + spread) / distances).max(axis=1).mean())
