"""The second half of an iteration: from sums over the clusters to centroids."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from aecluster.clustering._rows import Rows


def add_block(
    sums: np.ndarray, mass: np.ndarray, block: np.ndarray, labels: np.ndarray, weight: np.ndarray
) -> None:
    """Add weighted rows to the sums of their clusters, in place and in float64.

    Parameters
    ----------
    sums : ndarray of shape (n_restarts, n_clusters, n_features), float64
    mass : ndarray of shape (n_restarts, n_clusters), float64
        Sums of weights.
    block : ndarray of shape (n, n_features)
    labels : ndarray of shape (n_restarts, n), intp
    weight : ndarray of shape (n,), float64
    """
    n_restarts, n_clusters = mass.shape
    row = (labels + n_clusters * np.arange(n_restarts)[:, None]).T.ravel()
    weights = np.repeat(weight, n_restarts)
    pointers = np.arange(0, len(row) + 1, n_restarts)
    member = csc_array((weights, row, pointers), shape=(n_restarts * n_clusters, len(block)))
    sums += (member @ block).reshape(sums.shape)
    mass += np.bincount(row, weights, minlength=mass.size).reshape(mass.shape)


def centroids(
    rows: Rows,
    sums: np.ndarray,
    mass: np.ndarray,
    labels: np.ndarray,
    centers: np.ndarray,
) -> np.ndarray:
    """Return the mean of each cluster of one restart; empty clusters move to the farthest points.

    As in scikit-learn, a point to which an empty cluster moves leaves the mean of its own cluster,
    and keeps its label until the next assignment. Where all points sit on their centroid, an empty
    cluster goes to the heaviest one.
    """
    if not mass.all():
        sums, mass = _relocate(rows, sums, mass, labels, centers)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = sums / mass[:, None]
    moved[mass == 0] = moved[mass.argmax()]
    return moved


def _relocate(
    rows: Rows,
    sums: np.ndarray,
    mass: np.ndarray,
    labels: np.ndarray,
    centers: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    distance = np.empty(rows.n_samples)
    for part, block in rows.blocks():
        difference = block - centers[labels[part]]
        np.einsum("ij,ij->i", difference, difference, out=distance[part])
    if not distance.any():
        return sums, mass
    sums, mass = sums.copy(), mass.copy()
    empty = np.flatnonzero(mass == 0)
    farthest = np.argpartition(distance, -len(empty))[: -len(empty) - 1 : -1]
    for cluster, index, point in zip(empty, farthest, rows.take(farthest), strict=True):
        share = rows.weight[index] * point
        sums[labels[index]] -= share
        mass[labels[index]] -= rows.weight[index]
        sums[cluster] = share
        mass[cluster] = rows.weight[index]
    return sums, mass
