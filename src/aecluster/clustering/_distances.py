"""Distances between points and centroids: fast by matrix products, exact where it decides.

A matrix product gives ``|x - c|^2 = |x|^2 - 2 x.c + |c|^2`` with a rounding error of at most about
``d eps (|x| |c| + |c|^2)``. A comparison whose outcome could hang on that error is made again from
the differences ``x - c`` in float64.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._rows import Rows

EXACT_ELEMENTS = 2**20  # float64 differences held at a time: 8 MB


class Codebook(NamedTuple):
    """Centroids of several restarts, prepared for products with blocks of points.

    `exact` (n_restarts, n_clusters, n_features) is float64; the others are in the fast dtype, about
    the origin, and flat over restarts and clusters.
    """

    exact: np.ndarray
    rows: np.ndarray
    half_norms_sq: np.ndarray
    slack_per_norm: np.ndarray
    slack: np.ndarray


def rounding(n_features: int, dtype: np.dtype) -> float:
    """Bound the relative error of a product of two vectors, of which the inputs are rounded too.

    Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.1, with the machine
    epsilon, twice the unit roundoff, for safety.
    """
    return (n_features + 8) * float(np.finfo(dtype).eps)


def codebook(rows: Rows, centers: np.ndarray) -> Codebook:
    """Prepare float64 centroids of shape (n_restarts, n_clusters, n_features)."""
    near = rows.centred(centers.reshape(-1, rows.n_features))
    norms_sq = np.einsum("ij,ij->i", near, near)
    relative = near.dtype.type(rounding(rows.n_features, near.dtype))
    return Codebook(centers, near, norms_sq / 2, relative * np.sqrt(norms_sq), relative * norms_sq)


def nearest(rows: Rows, part: slice, points: np.ndarray, book: Codebook) -> np.ndarray:
    """Return each restart's nearest centroid for a block of points; of equals the lowest index.

    Parameters
    ----------
    rows : Rows
    part : slice
        Where the block stands in the data.
    points : ndarray of shape (n, n_features)
        The block about the origin, in the fast dtype.
    book : Codebook

    Returns
    -------
    ndarray of shape (n_restarts, n), intp
    """
    n_restarts, n_clusters = book.exact.shape[:2]
    # Half the squared distance, less the part that is the same for all centroids of a point.
    score = book.rows @ points.T
    np.subtract(book.half_norms_sq[:, None], score, out=score)
    slack = np.multiply.outer(book.slack_per_norm, np.sqrt(rows.norms_sq[part]))
    slack += book.slack[:, None]
    shape = (n_restarts, n_clusters, len(points))
    highest = (score + slack).reshape(shape).min(axis=1)
    score -= slack
    candidate = score.reshape(shape) <= highest[:, None]
    # One product counts the candidates and, where there is one, gives its index.
    count_and_index = np.stack([np.ones(n_clusters), np.arange(n_clusters)]).astype(points.dtype)
    count, index = (count_and_index @ candidate.astype(points.dtype)).swapaxes(0, 1)
    labels = index.astype(np.intp)
    restart, position = np.nonzero(count != 1)
    if len(restart):
        open_candidates = candidate[restart, :, position]
        # Products that overflow compare as false with everything.
        open_candidates[~open_candidates.any(axis=1)] = True
        labels[restart, position] = _nearest_exactly(
            rows, part.start + position, book.exact[restart], open_candidates
        )
    return labels


def _nearest_exactly(
    rows: Rows, indices: np.ndarray, centers: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Choose for row `indices[i]` among the centroids `centers[i]` that `candidates[i]` marks."""
    chosen = np.empty(len(indices), np.intp)
    step = max(1, EXACT_ELEMENTS // (candidates.shape[1] * rows.n_features))
    for start in range(0, len(indices), step):
        part = slice(start, start + step)
        points = rows.take(indices[part])
        point, center = np.nonzero(candidates[part])
        difference = points[point] - centers[part][point, center]
        distance = np.full(candidates[part].shape, np.inf)
        distance[point, center] = np.einsum("ij,ij->i", difference, difference)
        chosen[part] = distance.argmin(axis=1)
    return chosen


def squared_distances(
    rows: Rows, part: slice, points: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Return squared distances from the rows `targets` to a block, good in their leading digits.

    Returns
    -------
    ndarray of shape (n_targets, n), the dtype of `points`
        Never negative, and 0 for equal rows.
    """
    exact = rows.take(targets)
    near = rows.centred(exact)
    norms_sq = np.add.outer(np.einsum("ij,ij->i", near, near), rows.norms_sq[part])
    distance = near @ points.T
    distance *= -2
    distance += norms_sq
    # Below this, rounding may be more than a hundredth of the distance.
    norms_sq *= 100 * rounding(rows.n_features, points.dtype)
    target, position = np.nonzero(~(distance > norms_sq))
    step = max(1, EXACT_ELEMENTS // rows.n_features)
    for start in range(0, len(target), step):
        t, p = target[start : start + step], position[start : start + step]
        difference = exact[t] - rows.take(part.start + p)
        distance[t, p] = np.einsum("ij,ij->i", difference, difference)
    return distance


def inertia(rows: Rows, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the weighted sum of squared distances of rows to their own centroid, in float64."""
    total = 0.0
    for part, block in rows.blocks():
        difference = block - centers[labels[part]]
        total += np.einsum("ij,ij->i", difference, difference) @ rows.weight[part]
    return float(total)
