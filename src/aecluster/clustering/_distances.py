"""Distances between points and centroids: fast by matrix products, exact where it decides.

A *score* is half a squared distance, less the part that is the same for all centroids of a point:
``|c|^2 / 2 - x.c``, about an origin. A matrix product gives it with a rounding error of at most
about ``d eps (|x| |c| + |c|^2)``. A comparison whose outcome could hang on that error is made
again in float64, from the differences ``x - c`` for the few centroids that may be the nearest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._rounding import (
    MAX_TERMS,
    equal_within,
    rounding,
    rounding_in_parts,
    underflow,
)
from aecluster.clustering._rows import Rows

EXACT_ELEMENTS = 2**20  # float64 differences held at a time: 8 MB
CENTROID_ELEMENTS = 2**16  # float64 centroids about the origin that stay in the cache
TINY_SQUARE = 1e-280  # below it, a square has lost digits
# Products that are within the range of their dtype, whatever they are sums of.
RANGES = {np.dtype(np.float32): 1e36, np.dtype(np.float64): 1e300}
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
    tie : float
        A score of point x is off by less than ``slack_per_norm |x| + slack + tie |x|^2``. The last
        part is for the rounding of float64 itself, within which centroids are equally near.
    """

    centers: np.ndarray
    near: np.ndarray
    half_norms_sq: np.ndarray
    offsets: np.ndarray
    slack_per_norm: np.ndarray
    slack: np.ndarray
    tie: float

    def error(self, restart: int, norms: np.ndarray) -> np.ndarray:
        """Return how far scores of points of some norms may be off."""
        return self.slack_per_norm[restart] * norms + self.slack[restart] + self.tie * norms**2


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
    is_shifted = not (centred_in or rows.is_centred)
    near = np.empty(centers.shape, dtype)
    norms_sq = np.empty(centers.shape[:2])
    along = np.zeros(centers.shape[:2])
    origin = rows.origin.astype(np.float64)
    step = max(1, CENTROID_ELEMENTS // rows.n_features)
    for restart, start in np.ndindex(len(centers), -(-centers.shape[1] // step)):
        part = restart, slice(start * step, (start + 1) * step)
        exact = centers[part] - origin
        near[part] = exact
        norms_sq[part] = np.einsum("kd,kd->k", exact, exact)
        if is_shifted:
            along[part] = exact @ origin
    offsets = norms_sq / 2 + along
    relative = dtype.type(rounding_in_parts(rows.n_features, dtype))
    farthest_sq = norms_sq.max(axis=1).astype(dtype)
    per_norm = relative * np.sqrt(farthest_sq)
    tie = equal_within(rows.n_features)
    slack = (relative + dtype.type(tie)) * farthest_sq + underflow(rows.n_features, dtype)
    if is_shifted:
        origin_sq = rows.origin @ rows.origin
        slack += 8 * np.finfo(dtype).eps * np.sqrt(farthest_sq * origin_sq)
        slack += dtype.type(tie) * origin_sq
    half_norms_sq, offsets = (norms_sq / 2).astype(dtype), offsets.astype(dtype, copy=False)
    return Codebook(centers, near, half_norms_sq, offsets, per_norm, slack, tie)


def product_limit(book: Codebook, restart: int) -> float:
    """Return how far points may reach so that no product leaves the range of its dtype."""
    largest = RANGES[book.near.dtype]
    farthest_sq = 2 * float(book.half_norms_sq[restart].max())
    return largest / (1 + farthest_sq**0.5) if farthest_sq < largest else 0.0


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


def candidates(scores: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Tell which centroids may be the nearest.

    Parameters
    ----------
    scores : ndarray of shape (n_clusters, n)
    error : ndarray of shape (n,)
        How far the scores of each point may be off.

    Returns
    -------
    ndarray of shape (n, n_clusters), bool
    """
    highest = scores.min(axis=0) + 2 * error.astype(scores.dtype, copy=False)
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
    return candidates(score, book.error(0, norms))


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
        is_lost = np.count_nonzero(distance < TINY_SQUARE, axis=1) > 1
        is_lost |= distance.min(axis=1) == np.inf
        for i in np.flatnonzero(is_lost):
            among = candidates[part][i]
            distance[i, among] = _squares_in_range(points[part][i], centers[among])
        equal = distance.min(axis=1) * (1 + equal_within(points.shape[1]))
        chosen[part] = (distance <= equal[:, None]).argmax(axis=1)
    return chosen


def labels_of(rows: Rows, part: slice, block: np.ndarray, book: Codebook) -> np.ndarray:
    """Return the nearest centroids of a block of rows; of equally near ones the first.

    Parameters
    ----------
    rows : Rows
    part : slice
        Which rows these are.
    block : ndarray of shape (n, n_features)
        As they are stored.
    book : Codebook
        Of one restart, for points as `Rows.factors` gives them.
    """
    points = rows.factors(block)
    norms = rows.lengths(np.einsum("ij,ij->i", points, points))
    among = candidates(scores(book, points)[0], book.error(0, norms))
    return _labels_among(rows, part, book, among)


def nearest_to(rows: Rows, centers: np.ndarray) -> np.ndarray:
    """Return the nearest centroids of all rows, int32; of equally near ones the first."""
    labels = np.empty(rows.n_samples, np.int32)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        book = codebook(rows, centers.astype(np.float64)[None])
        for part, block in rows.blocks(slice(0, rows.n_samples), len(centers)):
            labels[part] = labels_of(rows, part, block, book)
    return labels


def _labels_among(rows: Rows, part: slice, book: Codebook, among: np.ndarray) -> np.ndarray:
    labels = among.argmax(axis=1)
    open_ = np.flatnonzero(np.count_nonzero(among, axis=1) != 1)
    labels[open_] = settle(rows, part.start + open_, book.centers[0], among[open_])
    return labels


def distances_of(rows: Rows, part: slice, block: np.ndarray, book: Codebook) -> np.ndarray:
    """Return the distances of a block of rows to all centroids, to 9 digits at least.

    Parameters
    ----------
    rows, part, block
        As for `labels_of`.
    book : Codebook
        Of one restart, for points about the origin in float64.

    Returns
    -------
    ndarray of shape (n, n_clusters), float64 or the float type of the rows
        In each row the first of the smallest is that of the nearest centroid as `labels_of` has it.
    """
    points, centers = np.subtract(block, rows.origin, dtype=np.float64), book.centers[0]
    norms_sq = np.einsum("ij,ij->i", points, points)
    half = scores(book, points)[0]
    among = candidates(half, book.error(0, np.sqrt(norms_sq)))
    squares = (2 * half).T + norms_sq[:, None]
    terms = norms_sq[:, None] + 2 * book.half_norms_sq[0]
    lost = 4 * rounding(rows.n_features, squares.dtype) * terms
    doubtful = ~((squares > 1e9 * lost) & (squares > TINY_SQUARE) & (squares < np.inf))
    distances = np.sqrt(np.where(doubtful, 0, squares))
    point, center = np.nonzero(doubtful)
    step = max(1, EXACT_ELEMENTS // rows.n_features)
    for start in range(0, len(point), step):
        pairs = point[start : start + step], center[start : start + step]
        # Halves, of which none overflows.
        difference = block[pairs[0]] / 2.0 - centers[pairs[1]] / 2
        distances[pairs] = 2 * _norms_in_range(difference)
    dtype = np.float32 if block.dtype == np.float32 else np.float64
    distances = distances.astype(dtype, copy=False)
    labels = _labels_among(rows, part, book, among)
    for i in np.flatnonzero(distances.argmin(axis=1) != labels):
        # Rounding made others as near, or the label is one of several that are equal but for it.
        nearest, least = labels[i], distances[i].min()
        before = distances[i, :nearest]
        before[before == least] = np.nextafter(least, dtype(np.inf))
        distances[i, nearest] = least
    return distances


def _norms_in_range(vectors: np.ndarray) -> np.ndarray:
    """Return norms, of which no square overflows or underflows."""
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    exponents = np.frexp(largest)[1]
    scaled = np.ldexp(vectors, -exponents[:, None])
    return np.ldexp(np.sqrt(np.einsum("ij,ij->i", scaled, scaled)), exponents)


def _squares_in_range(point: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return squared distances, multiplied by a power of two that brings the least to about 1."""
    difference = point / 2 - centers / 2  # of which none overflows
    largest = np.abs(difference).max(axis=1)
    if not largest.any():
        return largest
    difference = np.ldexp(difference, -np.frexp(largest[largest > 0].min())[1])
    return np.einsum("ij,ij->i", difference, difference)


def inertia(rows: Rows, share: slice, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the weighted sum of squared distances of rows to their own centroid, in float64."""
    total = 0.0
    centers = centers.astype(np.float64, copy=False)
    for part, block in rows.blocks(share):
        difference = block - centers[labels[part]]
        found = float(np.einsum("ij,ij->i", difference, difference) @ rows.weight[part])
        is_sound = TINY_SQUARE < found < np.inf
        total += found if is_sound else _weighted_squares(difference, rows.weight[part])
    return total


def _weighted_squares(difference: np.ndarray, weight: np.ndarray) -> float:
    """Return the weighted sum of squares where squares leave the range of float64."""
    difference, weight = difference[weight > 0], weight[weight > 0]
    exponent = np.frexp(np.abs(difference).max(initial=0.0))[1]
    difference = np.ldexp(difference, -exponent)
    found = np.einsum("ij,ij->i", difference, difference) @ weight
    return float(np.ldexp(found, 2 * exponent))
