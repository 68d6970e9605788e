"""How far points spread within and between clusters: exact in two passes, whatever their number."""

from typing import NamedTuple

import numpy as np

from aecluster.metrics._scale import exponent_to_one, scaled
from aecluster.metrics.points import Points, blocks_of


class Dispersion(NamedTuple):
    """Result of `dispersion`.

    Attributes
    ----------
    inertia : float
        Sum of the squared distances to the centroids, in [0, inf]; lower is better.
    calinski_harabasz : float
        Dispersion between clusters over that within, each per degree of freedom; in [0, inf],
        higher is better. Infinite if there is none within, but 0 if there is none between either.
    davies_bouldin : float
        Mean over clusters of the largest overlap with another one; in [0, inf], lower is better.
        Infinite if two clusters have the same mean, but for rounding.
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
    Analysis and Machine Intelligence 1 (1979), 224-227. Both as scikit-learn computes them, but for
    clusters without spread or with the same mean.

    Examples
    --------
    >>> from aecluster.metrics.points import ArrayPoints
    >>> X = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> dispersion(ArrayPoints(X), np.array([0, 0, 1, 1]))
    Dispersion(inertia=4.0, calinski_harabasz=50.0, davies_bouldin=0.2)
    """
    _check(labels, centroids, points.n_features)
    names, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    means, largest = cluster_means(points, codes, sizes)
    exponent = exponent_to_one(largest)
    means = scaled(means, exponent)
    within, spread = 0.0, np.zeros(len(sizes))
    for part, block in blocks_of(points):
        differences = np.subtract(scaled(block, exponent), means[codes[part]], dtype=np.float64)
        squares = np.einsum("ij,ij->i", differences, differences)
        within += float(squares.sum())
        spread += np.bincount(codes[part], np.sqrt(squares), minlength=len(sizes))
    inertia = within
    if centroids is not None:
        # About another point than the mean: Steiner's theorem.
        ways = means - scaled(centroids[names], exponent)
        inertia += float(sizes @ np.square(ways).sum(axis=1))
    middle = sizes @ means / sizes.sum()
    between = 0.0
    if (means != means[0]).any():
        between = float(sizes @ np.square(means - middle).sum(axis=1))
    # Points, and what they are of, are rounded; sums of distances add to that.
    rounding = np.finfo(np.float64).eps * (4 * float(scaled(largest, exponent)) + spread)
    with np.errstate(over="ignore", under="ignore"):
        return Dispersion(
            float(scaled(inertia, -2 * exponent)),
            _calinski_harabasz(between, within, len(points), len(sizes)),
            _davies_bouldin(means, spread / sizes, rounding),
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


def cluster_means(points: Points, codes: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the clusters' means, and the largest magnitude of a value.

    The mean of copies of one point is that point, not what rounding makes of it.
    """
    sums, largest = np.zeros((len(sizes), points.n_features)), 0.0
    example, is_seen = np.zeros(sums.shape), np.zeros(len(sizes), bool)
    is_copies = np.ones(len(sizes), bool)
    for part, block in blocks_of(points):
        largest = max(largest, float(block.max()), -float(block.min()))
        if is_copies.any():
            new, first = np.unique(codes[part], return_index=True)
            first, new = first[~is_seen[new]], new[~is_seen[new]]
            example[new], is_seen[new] = block[first], True
            candidates = np.flatnonzero(is_copies[codes[part]])
            own = codes[part][candidates]
            is_copies[own[(block[candidates] != example[own]).any(axis=1)]] = False
        # Sorted by cluster, each is a run of rows: cheaper than a product with memberships.
        order = np.argsort(codes[part], kind="stable")
        present, starts = np.unique(codes[part][order], return_index=True)
        sums[present] += np.add.reduceat(block[order], starts, axis=0, dtype=np.float64)
    return np.where(is_copies[:, None], example, sums / sizes[:, None]), largest


def _calinski_harabasz(between: float, within: float, n: int, k: int) -> float:
    if between == 0:
        return 0.0
    return between / within * (n - k) / (k - 1) if within > 0 else np.inf


def _davies_bouldin(means: np.ndarray, spread: np.ndarray, rounding: np.ndarray) -> float:
    distances = np.stack([np.linalg.norm(means - mean, axis=1) for mean in means])
    is_same = distances <= np.maximum(rounding[:, None], rounding)
    np.fill_diagonal(is_same, False)
    if is_same.any():
        return np.inf
    np.fill_diagonal(distances, np.inf)
    return float(((spread[:, None] + spread) / distances).max(axis=1).mean())
