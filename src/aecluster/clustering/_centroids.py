"""The second half of an iteration: from points that changed their cluster to centroids."""

from __future__ import annotations

import numpy as np

from aecluster.clustering._rows import Rows


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
    for part, block in rows.blocks(slice(0, rows.n_samples)):
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
