"""Distances between points and centroids: fast by matrix products, exact where it decides.

A *score* is half a squared distance, less the part that is the same for all centroids of a point:
``|c|^2 / 2 - x.c``, about an origin. A matrix product gives it with a rounding error of at most
about ``d eps (|x| |c| + |c|^2)``. A comparison whose outcome could hang on that error is made
again in float64, from the differences ``x - c`` for the few centroids that may be the nearest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._rounding import MAX_TERMS, equal_within, rounding_in_parts, underflow
from aecluster.clustering._rows import Rows

EXACT_ELEMENTS = 2**20  # float64 differences held at a time: 8 MB
MAX_DIFFERENCES = 4  # of a point; for more, products in float64 are faster

# OpenBLAS multiplies matrices below twice this product of their three sizes, and with no more than
# so many results, without packing them first, which makes a product with few centroids two to
# three times as fast.
SMALL_PRODUCT = 5 * 10**5
SMALL_RESULT = 1000


class Codebook(NamedTuple):
    """Centroids of several restarts, prepared for products with blocks of points.

    Attributes
    ----------
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    near : ndarray of shape (n_restarts, n_clusters, n_features)
        The same about the origin, in the dtype of the product.
    half_norms_sq : ndarray of shape (n_restarts, n_clusters)
    offsets : ndarray of shape (n_restarts, n_clusters)
        Scores less products: half squared norms, and what points that are not about the origin
        add to a product.
    slack_per_norm, slack : ndarray of shape (n_restarts,)
        A score of point x is off by less than ``slack_per_norm |x| + slack``.
    """

    centers: np.ndarray
    near: np.ndarray
    half_norms_sq: np.ndarray
    offsets: np.ndarray
    slack_per_norm: np.ndarray
    slack: np.ndarray


def codebook(rows: Rows, centers: np.ndarray, centred_in: np.dtype | None = None) -> Codebook:
    """Prepare centroids for products.

    Parameters
    ----------
    rows : Rows
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    centred_in : dtype, optional
        Type of points that come about the origin; by default they come from `Rows.factors`.
    """
    dtype = centred_in or rows.fast_dtype
    near = centers - rows.origin
    norms_sq = np.einsum("rkd,rkd->rk", near, near)
    offsets = norms_sq / 2
    relative = dtype.type(rounding_in_parts(rows.n_features, dtype))
    farthest_sq = norms_sq.max(axis=1).astype(dtype)
    per_norm = relative * np.sqrt(farthest_sq)
    slack = relative * farthest_sq + underflow(rows.n_features, dtype)
    if not (centred_in or rows.is_centred):
        offsets += near @ rows.origin.astype(np.float64)
        slack += 8 * np.finfo(dtype).eps * np.sqrt(farthest_sq * (rows.origin @ rows.origin))
    near = near.astype(dtype, copy=False)
    half_norms_sq, offsets = (norms_sq / 2).astype(dtype), offsets.astype(dtype, copy=False)
    return Codebook(centers, near, half_norms_sq, offsets, per_norm, slack)


def products(book: Codebook, points: np.ndarray) -> np.ndarray:
    """Return the products of centroids and points as shape (n_restarts, n_clusters, n)."""
    n_features = points.shape[1]
    product = np.empty((*book.near.shape[:2], len(points)), points.dtype)
    multiply(book.near.reshape(-1, n_features), points, product.reshape(-1, len(points)))
    return product


def scores(book: Codebook, points: np.ndarray) -> np.ndarray:
    """Return the scores of points as shape (n_restarts, n_clusters, n)."""
    product = products(book, points)
    return np.subtract(book.offsets[:, :, None], product, out=product)


def multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Write ``left @ right.T`` to `out`, off by no more than `rounding_in_parts` allows."""
    n_features = right.shape[1]
    _multiply(left[:, :MAX_TERMS], right[:, :MAX_TERMS], out)
    if n_features > MAX_TERMS:
        part = np.empty_like(out)
        for start in range(MAX_TERMS, n_features, MAX_TERMS):
            some = slice(start, start + MAX_TERMS)
            _multiply(left[:, some], right[:, some], part)
            out += part


def _multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Multiply by parts of the right where these go faster."""
    step = min(SMALL_PRODUCT // left.size, SMALL_RESULT // len(left), 64) if left.size else 0
    step = step // 16 * 16
    whole = len(right) // step * step if step else 0
    if whole:
        parts = right[:whole].reshape(-1, step, right.shape[1])
        target = out[:, :whole].reshape(len(left), -1, step)
        np.matmul(left, parts.swapaxes(1, 2), out=target.swapaxes(0, 1))
    np.matmul(left, right[whole:].T, out=out[:, whole:])


def candidates(
    reach: np.ndarray, scores: np.ndarray, slack_per_norm: float, slack: float
) -> np.ndarray:
    """Tell which centroids may be the nearest.

    Parameters
    ----------
    reach : ndarray of shape (n,)
    scores : ndarray of shape (n_clusters, n)
    slack_per_norm, slack : float
        As in `Codebook`.

    Returns
    -------
    ndarray of shape (n, n_clusters), bool
    """
    highest = scores.min(axis=0) + 2 * (slack_per_norm * reach + slack)
    # Scores that overflow compare as false with everything.
    return ~(scores > highest).T


def settle(
    rows: Rows, indices: np.ndarray, centers: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Return the nearest centroids of some rows, computed in float64; of equal ones the first.

    Parameters
    ----------
    rows : Rows
    indices : ndarray of shape (n,), intp
    centers : ndarray of shape (n_clusters, n_features), float64
    candidates : ndarray of shape (n, n_clusters), bool
        Which may be the nearest.

    Returns
    -------
    ndarray of shape (n,), intp
    """
    labels = np.empty(len(indices), np.intp)
    step = max(1, EXACT_ELEMENTS // max(rows.n_features, len(centers)))
    for start in range(0, len(indices), step):
        part = slice(start, start + step)
        exact, among = rows.take(indices[part]), candidates[part]
        many = np.flatnonzero(np.count_nonzero(among, axis=1) > MAX_DIFFERENCES)
        if len(many):
            among = among.copy()
            among[many] = _candidates_in_float64(rows, exact[many], centers)
        labels[part] = _nearest_by_difference(exact, centers, among)
    return labels


def _candidates_in_float64(rows: Rows, points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    book = codebook(rows, centers[None], np.dtype(np.float64))
    points = points - rows.origin
    score = scores(book, points)[0]
    norms = np.sqrt(np.einsum("ij,ij->i", points, points))
    return candidates(norms, score, book.slack_per_norm[0], book.slack[0])


def _nearest_by_difference(
    points: np.ndarray, centers: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Choose for ``points[i]`` among the centroids that ``candidates[i]`` marks the first."""
    chosen = np.empty(len(points), np.intp)
    step = max(1, EXACT_ELEMENTS // centers.size)
    for start in range(0, len(points), step):
        part = slice(start, start + step)
        point, center = np.nonzero(candidates[part])
        difference = points[part][point] - centers[center]
        distance = np.full(candidates[part].shape, np.inf)
        distance[point, center] = np.einsum("ij,ij->i", difference, difference)
        equal = distance.min(axis=1) * (1 + equal_within(points.shape[1]))
        chosen[part] = (distance <= equal[:, None]).argmax(axis=1)
    return chosen


def inertia(rows: Rows, share: slice, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the weighted sum of squared distances of rows to their own centroid, in float64."""
    total = 0.0
    for part, block in rows.blocks(share):
        difference = block - centers[labels[part]]
        total += np.einsum("ij,ij->i", difference, difference) @ rows.weight[part]
    return float(total)
