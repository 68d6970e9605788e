"""Empty clusters: where their centroids go.

As in scikit-learn, they move to the points that are farthest from their centroids; such a point
leaves the mean of its own cluster, and keeps its label until the next assignment. Points that count
for nothing are not chosen, nor are points that are where their centroid is, but for its rounding.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._rows import Rows

MEMBERS_AT_A_TIME = 1024
EQUALLY_FAR = 1e-9


def refilled(
    rows: Rows, labels: np.ndarray, centers: np.ndarray, means: np.ndarray, empty: np.ndarray
) -> tuple[np.ndarray, int]:
    """Return where the centroids of one restart move, and how many empty clusters found a point.

    None does where all points are where their centroids are; those that do not go to the heaviest
    cluster. The mean of copies of one point is that point, so that such clusters are equally near
    to it.

    Parameters
    ----------
    rows : Rows
    labels : ndarray of shape (n_samples,), intp
    centers : ndarray of shape (n_clusters, n_features), float64
        To which the points were assigned.
    means : ndarray of shape (n_clusters, n_features), float64
        Of the clusters with a point that counts.
    empty : ndarray of int
        The clusters without one.
    """
    weight = rows.weight
    is_copies, example, n_members = _copies(rows, labels, weight > 0, len(centers))
    distance = np.empty(rows.n_samples)
    for part, block in rows.blocks(slice(0, rows.n_samples)):
        difference = block - centers[labels[part]]
        np.einsum("ij,ij->i", difference, difference, out=distance[part])
    # The mean of copies is off from them by rounding alone.
    rounding = (n_members + 16)[:, None] * np.finfo(np.float64).eps * np.abs(example)
    is_there = is_copies & (np.abs(centers - example) <= rounding).all(axis=1)
    distance[(weight == 0) | is_there[labels]] = 0
    far = _farthest(distance, len(empty))
    moved = np.where(is_copies[:, None], example, means)
    moved[empty[: len(far)]] = rows.take(far)
    for cluster in np.unique(labels[far]):
        member = (labels == cluster) & (weight > 0)
        member[far] = False
        if member.any():
            moved[cluster] = _mean(rows, np.flatnonzero(member))
    heaviest = np.bincount(labels, weight, len(centers)).argmax()
    moved[empty[len(far) :]] = moved[heaviest]
    return moved, len(far)


def _farthest(distance: np.ndarray, n: int) -> np.ndarray:
    """Return the `n` points of the largest squared distances above 0, the largest first.

    Of points that are equally far, but for the rounding of their centroids, the last comes first.
    """
    least = np.partition(distance, -n)[-n]
    points = np.flatnonzero((distance > 0) & (distance >= least * (1 - 2 * EQUALLY_FAR)))
    left, far = distance[points], []
    for _ in range(min(n, len(points))):
        last = np.flatnonzero(left >= left.max() * (1 - EQUALLY_FAR))[-1]
        far.append(points[last])
        left[last] = -1
    return np.array(far, np.intp)


def _copies(
    rows: Rows, labels: np.ndarray, counts: np.ndarray, n_clusters: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which clusters are copies of one point, a point of each, and the numbers of points.

    Points that do not count are left out.
    """
    n_members = np.bincount(labels[counts], minlength=n_clusters)
    is_copies = n_members > 0
    backwards = np.flatnonzero(counts)[::-1]
    first = np.zeros(n_clusters, np.intp)
    first[labels[backwards]] = backwards
    example = rows.take(first)
    for part, block in rows.blocks(slice(0, rows.n_samples)):
        own = labels[part]
        is_other = counts[part] & (block != example[own]).any(axis=1)
        is_copies[own[is_other]] = False
    return is_copies, example, n_members


def _mean(rows: Rows, members: np.ndarray) -> np.ndarray:
    """Return the weighted mean of some rows; of copies exactly these."""
    first, total = rows.take(members[:1])[0], np.zeros(rows.n_features)
    for start in range(0, len(members), MEMBERS_AT_A_TIME):
        part = members[start : start + MEMBERS_AT_A_TIME]
        total += rows.weight[part] @ (rows.take(part) - first)
    return first + total / rows.weight[members].sum()
