"""Lloyd's algorithm written as its definition, in float64 and without regard to speed."""

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
