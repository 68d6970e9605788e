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
    n_bits,
    packing,
    rounding,
    rounding_in_parts,
    underflow,
)
from aecluster.clustering._rows import Rows

EXACT_ELEMENTS = 2**20  # float64 differences held at a time: 8 MB
MAX_DIFFERENCES = 4  # of a point; for more, products in float64 are faster

# OpenBLAS multiplies matrices below twice this product of their three sizes, and with no more than
# so many results, without packing them first, which makes a product with few centroids two to
# three times as fast.
SMALL_PRODUCT = 5 * 10**5
SMALL_RESULT = 1000

# So many scores of a point are looked at twice in less time than pairs of them are compared.
MANY_CLUSTERS = 32


class Codebook(NamedTuple):
    """Centroids of several restarts, prepared for products with blocks of points.

    Attributes
    ----------
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    near : ndarray of shape (n_clusters, n_restarts, n_features)
        The same about the origin, in the dtype of the product.
    half_norms_sq : ndarray of shape (n_clusters, n_restarts)
    offsets : ndarray of shape (n_clusters, n_restarts)
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

    def of(self, i: int) -> Codebook:
        """Return the part of one restart."""
        return Codebook(
            self.centers[i : i + 1],
            np.ascontiguousarray(self.near[:, i : i + 1]),
            self.half_norms_sq[:, i : i + 1],
            self.offsets[:, i : i + 1],
            self.slack_per_norm[i : i + 1],
            self.slack[i : i + 1],
        )


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
    near = centers.swapaxes(0, 1) - rows.origin
    norms_sq = np.einsum("krd,krd->kr", near, near)
    offsets = norms_sq / 2
    relative = rounding_in_parts(rows.n_features, dtype) + packing(len(near), dtype)
    relative = dtype.type(relative)
    farthest_sq = norms_sq.max(axis=0).astype(dtype)
    per_norm = relative * np.sqrt(farthest_sq)
    slack = relative * farthest_sq + underflow(rows.n_features, dtype)
    if not (centred_in or rows.is_centred):
        offsets += near @ rows.origin.astype(np.float64)
        slack += 8 * np.finfo(dtype).eps * np.sqrt(farthest_sq * (rows.origin @ rows.origin))
    near = near.astype(dtype, copy=False)
    half_norms_sq, offsets = (norms_sq / 2).astype(dtype), offsets.astype(dtype, copy=False)
    return Codebook(centers, near, half_norms_sq, offsets, per_norm, slack)


def scores(book: Codebook, points: np.ndarray) -> np.ndarray:
    """Return the scores of points as shape (n_clusters, n_restarts, n)."""
    n_clusters, n_restarts, n_features = book.near.shape
    product = np.empty((n_clusters * n_restarts, len(points)), points.dtype)
    multiply(book.near.reshape(-1, n_features), points, product)
    product = product.reshape(n_clusters, n_restarts, -1)
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


def two_smallest(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which score of each point is the smallest, that score, and the second smallest.

    Parameters
    ----------
    scores : ndarray of shape (n_clusters, ...)
        Their last digits make place for the number of the centroid, so that minima and maxima,
        which are fast, carry it along.

    Returns
    -------
    label : ndarray of shape (...), int32 or int64
    smallest, second : ndarray of shape (...)
        Right to within `packing`; the second is huge where there is one cluster only.
    """
    n_clusters = len(scores)
    integers = np.int32 if scores.dtype == np.float32 else np.int64
    number = integers((1 << n_bits(n_clusters)) - 1)
    packed = scores.view(integers)
    packed &= ~number
    packed |= np.arange(n_clusters, dtype=integers).reshape(-1, *[1] * (scores.ndim - 1))
    if n_clusters == 1:
        # Large, and yet of a size that the arithmetic on scores does not overflow.
        return (
            packed[0] & number,
            scores[0],
            np.full_like(scores[0], np.finfo(scores.dtype).max / 8),
        )
    find = _two_in_passes if n_clusters >= MANY_CLUSTERS else _two_in_rounds
    smallest, second = find(scores, number)
    return smallest.view(integers) & number, smallest, second


def _two_in_passes(scores: np.ndarray, number: np.integer) -> tuple[np.ndarray, np.ndarray]:
    """Look at all for the smallest, and again at all others."""
    smallest = np.minimum.reduce(scores, axis=0)
    # What overflowed may hide any number.
    own = np.minimum(smallest.view(number.dtype) & number, len(scores) - 1)[None]
    np.put_along_axis(scores, own, np.inf, axis=0)
    second = np.minimum.reduce(scores, axis=0)
    np.put_along_axis(scores, own, smallest, axis=0)
    return smallest, second


def _two_in_rounds(scores: np.ndarray, _: np.integer) -> tuple[np.ndarray, np.ndarray]:
    """Keep of each pair the smaller one in the game, and of the losers to the same one the best."""
    n, half = len(scores), len(scores) // 2
    first, second = scores[: n - half].copy(), np.empty_like(scores[: n - half])
    if n % 2:
        second[half:] = np.inf
    np.maximum(first[:half], scores[n - half :], out=second[:half])
    np.minimum(first[:half], scores[n - half :], out=first[:half])
    n -= half
    while n > 1:
        half = n // 2
        rest = n - half
        left, right = first[:half], first[rest:n]
        loser = np.maximum(left, right)
        np.minimum(left, right, out=left)
        np.minimum(second[:half], second[rest:n], out=second[:half])
        np.minimum(second[:half], loser, out=second[:half])
        n = rest
    return first[0], second[0]


def gap(
    smallest: np.ndarray, second: np.ndarray, error: np.ndarray, norms: np.ndarray
) -> np.ndarray:
    """Return by how much the second nearest centroid is farther than the nearest at least.

    Parameters
    ----------
    smallest, second : ndarray of shape (..., n)
        Scores; overwritten.
    error : ndarray of shape (..., n)
        Bound of the error of each score.
    norms : ndarray of shape (n,)
        Norms of the points, or more.

    Returns
    -------
    ndarray of shape (..., n)
        Difference of distances; 0 where it is not certain that there is one.
    """
    margin = second - smallest
    margin -= 2 * error
    # D - d = (D^2 - d^2) / (D + d), where the margin is known better than the distances.
    about = norms * norms + 2 * error
    distances = np.zeros_like(margin)
    for score in (smallest, second):
        score *= 2
        score += about
        distances += np.sqrt(np.maximum(score, 0, out=score), out=score)
    certain = margin > 0
    gap = np.zeros_like(margin)
    # A gap is good for millions of times that it is narrowed, each of which rounds in float64.
    shrunk = 1 - max(8 * float(np.finfo(gap.dtype).eps), 1e-9)
    np.divide(2 * shrunk, distances, out=gap, where=certain)
    np.multiply(gap, margin, out=gap, where=certain)
    return gap


def nearest(
    norms: np.ndarray, reach: np.ndarray, scores: np.ndarray, book: Codebook
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest centroids of each restart where they are certain.

    Parameters
    ----------
    norms, reach : ndarray of shape (n,)
        Of the points, as `Rows.norms` and `Rows.reach` give them.
    scores : ndarray of shape (n_clusters, n_restarts, n)
        Their scores; the last digits change.
    book : Codebook

    Returns
    -------
    labels : ndarray of shape (n_restarts, n), int32 or int64
    gaps : ndarray of shape (n_restarts, n)
        By how much the second nearest is farther at least; 0 where the label is not certain.
    """
    error = np.multiply.outer(book.slack_per_norm, reach)
    error += book.slack[:, None]
    label, smallest, second = two_smallest(scores)
    return label, gap(smallest, second, error, norms)


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
    score = scores(book, points)[:, 0]
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
        chosen[part] = distance.argmin(axis=1)
    return chosen


def squared_distances(
    rows: Rows, indices: slice | np.ndarray, points: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Return squared distances from the float64 rows `targets` to a block, to leading digits.

    Parameters
    ----------
    rows : Rows
    indices : slice or ndarray of int
        Which rows.
    points : ndarray of shape (n, n_features)
        These rows as `Rows.factors` gives them.
    targets : ndarray of shape (n_targets, n_features), float64

    Returns
    -------
    ndarray of shape (n_targets, n), the dtype of `points`
        Never negative, and 0 for equal rows.
    """
    near = targets - rows.origin
    target_sq = np.einsum("ij,ij->i", near, near)
    constant = target_sq if rows.is_centred else target_sq + 2 * (near @ rows.origin)
    distance = np.empty((len(targets), len(points)), points.dtype)
    multiply((-2 * near).astype(points.dtype), points, distance)
    distance += constant.astype(points.dtype)[:, None]
    distance += rows.norms_sq[indices]
    # Below this, rounding may be more than a hundredth of the distance.
    relative = 100 * rounding(rows.n_features, points.dtype)
    of_targets, of_points = relative * target_sq, relative * rows.reach_sq[indices]
    some = np.flatnonzero(~(distance.min(axis=0) > of_targets.max() + of_points))
    doubtful = np.add.outer(of_targets, of_points[some])
    target, position = np.nonzero(~(distance[:, some] > doubtful))
    position = some[position]
    first = indices.start if isinstance(indices, slice) else None
    step = max(1, EXACT_ELEMENTS // rows.n_features)
    for start in range(0, len(target), step):
        t, p = target[start : start + step], position[start : start + step]
        difference = targets[t] - rows.take(indices[p] if first is None else first + p)
        distance[t, p] = np.einsum("ij,ij->i", difference, difference)
    return distance


def inertia(rows: Rows, share: slice, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the weighted sum of squared distances of rows to their own centroid, in float64."""
    total = 0.0
    for part, block in rows.blocks(share):
        difference = block - centers[labels[part]]
        total += np.einsum("ij,ij->i", difference, difference) @ rows.weight[part]
    return float(total)
