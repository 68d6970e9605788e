"""Lloyd's algorithm written as its definition, in float64 and without regard to speed."""

from typing import NamedTuple

import numpy as np


def squared_distances(X, centers):
    difference = X[:, None].astype(np.float64) - centers.astype(np.float64)
    return np.einsum("nkd,nkd->nk", difference, difference)


def nearest(X, centers):
    """Return the nearest centroids; of those that are equally near but for rounding the first."""
    squares = squared_distances(X, centers)
    rounding = (X.shape[1] + 16) * np.finfo(np.float64).eps
    return (squares <= squares.min(axis=1, keepdims=True) * (1 + rounding)).argmax(axis=1)


def lloyd(X, start, max_iter=300):
    """Return labels and float64 centroids at rest; clusters must not become empty."""
    X, centers = X.astype(np.float64), start.astype(np.float64)
    for _ in range(max_iter):
        labels = nearest(X, centers)
        moved = np.stack([X[labels == j].mean(axis=0) for j in range(len(centers))])
        if np.array_equal(moved, centers):
            break
        centers = moved
    return labels, centers


class Clustering(NamedTuple):
    """What Lloyd's algorithm came to."""

    labels: np.ndarray
    centers: np.ndarray
    inertia: float


def lloyd_refilling(X, start, weight, max_iter):
    """Return what weighted Lloyd comes to, where empty clusters move to the farthest points.

    Of equally far ones, to nine digits, the last is taken. A point to which a cluster moves leaves
    the mean of its own. Points of weight 0 do not count.
    Extra clusters of a start with fewer distinct points go to the heaviest cluster.
    """
    X, centers = X.astype(np.float64), start.astype(np.float64)
    weight = np.ones(len(X)) if weight is None else weight
    counts = weight > 0
    labels = None
    for _ in range(max_iter):
        before, labels = labels, nearest(X, centers)
        mass = np.bincount(labels, weight, len(centers))
        empty = np.flatnonzero(np.bincount(labels[counts], minlength=len(centers)) == 0)
        member = labels.copy()
        moved = _means(X, weight, member, centers)
        refilled = []
        if len(empty):
            distance = np.square(X - centers[labels]).sum(axis=1)
            distance[~counts] = 0
            for cluster in range(len(centers)):
                of_cluster = counts & (labels == cluster)
                rounding = (of_cluster.sum() + 16) * np.finfo(np.float64).eps
                copies = np.unique(X[of_cluster], axis=0)
                if len(copies) == 1 and np.allclose(copies, centers[cluster], rounding, 0):
                    distance[of_cluster] = 0
            for _ in empty:
                last = np.flatnonzero(distance >= distance.max() * (1 - 1e-9))[-1]
                if distance[last] > 0:
                    refilled.append(last)
                    distance[last] = 0
            member[refilled] = empty[: len(refilled)]
            moved = _means(X, weight, member, moved)
            moved[empty[len(refilled) :]] = moved[mass.argmax()]
        if not refilled and np.array_equal(before, labels):
            break
        centers = moved
    own = np.square(X - centers[labels]).sum(axis=1)
    return Clustering(labels, centers, float(weight @ own))


def _means(X, weight, labels, centers):
    moved = centers.copy()
    for cluster in range(len(centers)):
        of_cluster = (labels == cluster) & (weight > 0)
        if of_cluster.any():
            # About one of the points, which a mean of its copies then is.
            first = X[of_cluster][0]
            share = weight[of_cluster] / weight[of_cluster].sum()
            moved[cluster] = first + share @ (X[of_cluster] - first)
    return moved
