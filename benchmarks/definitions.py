"""Validity indices as they are defined, in float64 over all pairs, and what goes by their names.

Slow and plain on purpose: distances come from differences of coordinates, never from products.
`VARIANTS` says for each index which sentence describes a function; the first is the definition.
"""

import numpy as np
from scipy.spatial.distance import cdist


def data_sets():
    """Return points with labels by the name of their case, all made of the same 150 points."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), [70, 40, 30, 10])
    rng.shuffle(labels)
    centers = np.array([[0, 0, 0], [4, 0, 0], [0, 5, 0], [3, 3, 3]])
    X = rng.normal(size=(len(labels), 3)) + centers[labels]
    alone = np.where((labels == 3) & (np.cumsum(labels == 3) > 1), 0, labels)
    copies = X.copy()
    copies[labels == 3] = X[labels == 3][0]
    return {
        "plain": (X, labels),
        "renumbered": (X, 3 - labels),
        "other": (X, labels + 1),
        "gaps": (X, np.array([42, 7, 100, 3])[labels]),
        "negative": (X, labels - 1),
        "alone": (X, alone),
        "copies": (copies, labels),
        "unit": (X * 1e-6, labels),
        "far": (X + 1e6, labels),
        "float32": (X.astype(np.float32), labels),
        "bytes": (np.round(X * 16 + 100).astype(np.uint8), labels),
    }


def _by_cluster(X, labels):
    X = np.asarray(X, dtype=np.float64)
    return [X[labels == c] for c in np.unique(labels)]


def _silhouettes(X, labels, metric="euclidean"):
    X = np.asarray(X, dtype=np.float64)
    return _from_distances(cdist(X, X, metric), labels)


def _from_distances(distances, labels):
    """Return the silhouette of each point, 0 for one that is alone in its cluster."""
    members = labels[:, None] == np.unique(labels)
    sums = distances @ members
    sizes = members.sum(axis=0)
    own = np.argmax(members, axis=1)
    rows = np.arange(len(labels))
    inner = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outer = means.min(axis=1)
    larger = np.maximum(inner, outer)
    values = np.divide(outer - inner, larger, out=np.zeros(len(labels)), where=larger > 0)
    values[sizes[own] == 1] = 0.0
    return values


def silhouette(X, labels):
    """Return the mean silhouette over points, 0 for points alone in their cluster."""
    return float(_silhouettes(X, labels).mean())


def _silhouette_squared(X, labels):
    return float(_silhouettes(X, labels, "sqeuclidean").mean())


def _per_cluster(values, labels):
    return float(np.mean([values[labels == c].mean() for c in np.unique(labels)]))


def _silhouette_per_cluster(X, labels):
    return _per_cluster(_silhouettes(X, labels), labels)


def _to_centroids(X, labels, metric="euclidean"):
    """Return each point's distances to its own centroid and to the nearest other one."""
    X = np.asarray(X, dtype=np.float64)
    names = np.unique(labels)
    centroids = np.stack([X[labels == c].mean(axis=0) for c in names])
    distances = cdist(X, centroids, metric)
    own = np.searchsorted(names, labels)
    rows = np.arange(len(X))
    inner = distances[rows, own].copy()
    distances[rows, own] = np.inf
    return inner, distances.min(axis=1)


def _silhouette_to_centroids(X, labels):
    inner, outer = _to_centroids(X, labels)
    values = (outer - inner) / np.maximum(inner, outer)
    names, sizes = np.unique(labels, return_counts=True)
    values[sizes[np.searchsorted(names, labels)] == 1] = 0.0
    return float(values.mean())


def _silhouette_ratio(X, labels):
    X = np.asarray(X, dtype=np.float64)
    centroids = np.stack([group.mean(axis=0) for group in _by_cluster(X, labels)])
    inner, _ = _to_centroids(X, labels)
    second_farthest = np.sort(cdist(X, centroids), axis=1)[:, -2]
    return float(inner.sum() / second_farthest.sum())


def _silhouette_warped(X, labels):
    """Take a row for a series in time: distances by dynamic time warping of its values."""
    X = np.asarray(X, dtype=np.float64)
    squares = np.square(X[:, None, :, None] - X[None, :, None, :])
    length = X.shape[1]
    costs = np.full((len(X), len(X), length + 1, length + 1), np.inf)
    costs[:, :, 0, 0] = 0
    for i in range(length):
        for j in range(length):
            ways = (costs[:, :, i, j], costs[:, :, i, j + 1], costs[:, :, i + 1, j])
            costs[:, :, i + 1, j + 1] = squares[:, :, i, j] + np.minimum.reduce(ways)
    distances = np.sqrt(costs[:, :, length, length])
    return float(_from_distances(distances, labels).mean())


def _silhouette_of_centroids(X, labels):
    """Mean over centroids: mean squared distance of the clusters' points to the centroid."""
    groups = _by_cluster(X, labels)
    centroids = [group.mean(axis=0) for group in groups]
    means = np.array([[np.square(g - c).sum(axis=1).mean() for c in centroids] for g in groups])
    inner = np.diag(means).copy()
    np.fill_diagonal(means, np.inf)
    outer = means.min(axis=0)
    return float(np.mean((outer - inner) / np.maximum(inner, outer)))


def _separation(groups):
    return min(cdist(a, b).min() for i, a in enumerate(groups) for b in groups[:i])


def _diameter(groups):
    return max(cdist(group, group).max() for group in groups)


def dunn(X, labels):
    """Return the smallest distance between clusters over the largest diameter of one."""
    groups = _by_cluster(X, labels)
    diameter = _diameter(groups)
    return float(_separation(groups) / diameter) if diameter > 0 else np.inf


def _dunn_to_centroids(X, labels):
    groups = _by_cluster(X, labels)
    nearest = min(
        cdist(later, groups[i].mean(axis=0)[None]).min()
        for i in range(len(groups))
        for later in groups[i + 1 :]
    )
    return float(nearest / _diameter(groups))


def _dunn_of_means(X, labels):
    groups = _by_cluster(X, labels)
    between = min(cdist(a, b).mean() for i, a in enumerate(groups) for b in groups[:i])
    within = [cdist(g, g).sum() / (len(g) * (len(g) - 1)) if len(g) > 1 else 0.0 for g in groups]
    return float(between / max(within))


def _dunn_over_half_mean(X, labels):
    groups = _by_cluster(X, labels)
    # Every pair once in the sum, but twice in the number that divides it.
    halves = [cdist(g, g).sum() / 2 / (len(g) * max(len(g) - 1, 1)) for g in groups]
    return float(_separation(groups) / max(halves))


def _ratios(X, labels, spread_power=1.0, squared=False):
    """Return the matrix of how far each pair of clusters overlaps."""
    groups = _by_cluster(X, labels)
    centroids = np.stack([group.mean(axis=0) for group in groups])
    distances = [np.linalg.norm(g - c, axis=1) for g, c in zip(groups, centroids, strict=True)]
    if squared:
        spread = np.array([np.square(d).mean() for d in distances])
    else:
        spread = np.array([(d**spread_power).mean() ** (1 / spread_power) for d in distances])
    between = cdist(centroids, centroids, "sqeuclidean" if squared else "euclidean")
    np.fill_diagonal(between, np.inf)
    return np.add.outer(spread, spread) / between


def davies_bouldin(X, labels):
    """Return the mean over clusters of the largest overlap with another one."""
    return float(_ratios(X, labels).max(axis=1).mean())


def _davies_bouldin_squared(X, labels):
    return float(_ratios(X, labels, squared=True).max(axis=1).mean())


def _davies_bouldin_rms(X, labels):
    return float(_ratios(X, labels, 2.0).max(axis=1).mean())


def _davies_bouldin_rms_worst(X, labels):
    return float(_ratios(X, labels, 2.0).max())


def _davies_bouldin_worst_over_k(X, labels):
    ratios = _ratios(X, labels)
    return float(ratios.max() / len(ratios))


def _davies_bouldin_later(X, labels):
    ratios = _ratios(X, labels)
    k = len(ratios)
    return float(sum(ratios[i, i + 1 :].max() for i in range(k - 1)) / k)


def _davies_bouldin_third(X, labels):
    return min(davies_bouldin(X, labels), 3.0) / 3


def calinski_harabasz(X, labels):
    """Return the dispersion between over that within, each per degree of freedom."""
    groups = _by_cluster(X, labels)
    n, k = len(labels), len(groups)
    middle = np.asarray(X, dtype=np.float64).mean(axis=0)
    between = sum(len(g) * np.square(g.mean(axis=0) - middle).sum() for g in groups)
    within = sum(np.square(g - g.mean(axis=0)).sum() for g in groups)
    return float(between / within * (n - k) / (k - 1))


VARIANTS = {
    "silhouette": {
        "the definition": silhouette,
        "the mean over clusters of their mean silhouettes": _silhouette_per_cluster,
        "squared distances": _silhouette_squared,
        "distances to centroids in place of points": _silhouette_to_centroids,
        "mean squared distances to centroids, the mean over clusters": _silhouette_of_centroids,
        "summed distance to the own centroid over that to the second farthest": _silhouette_ratio,
        "dynamic time warping of the features": _silhouette_warped,
    },
    "dunn": {
        "the definition": dunn,
        "points to the centroid of a cluster numbered before theirs": _dunn_to_centroids,
        "mean distances between and within clusters": _dunn_of_means,
        "half the largest mean distance within a cluster as denominator": _dunn_over_half_mean,
    },
    "davies_bouldin": {
        "the definition": davies_bouldin,
        "squared distances in both places": _davies_bouldin_squared,
        "root mean square distances to centroids": _davies_bouldin_rms,
        "the worst pair of all, root mean square distances": _davies_bouldin_rms_worst,
        "the worst pair of all, divided by k": _davies_bouldin_worst_over_k,
        "each cluster against those numbered after it only": _davies_bouldin_later,
        "a third of it, cut at 1": _davies_bouldin_third,
    },
    "calinski_harabasz": {"the definition": calinski_harabasz},
}
