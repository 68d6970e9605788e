"""The silhouette of more points than all pairs can be taken of: exact, of a sample of them."""

from typing import NamedTuple

import numpy as np

from aecluster.metrics._input import as_labels
from aecluster.metrics._scale import exponent_to_one, scaled
from aecluster.metrics.points import Points, blocks_of


class SampledIndices(NamedTuple):
    """Result of `sampled_indices`.

    Attributes
    ----------
    silhouette : float
        Estimate of the mean silhouette of all points, without bias.
    standard_error : float
        Of the estimate, by the choice of the sample.
    silhouette_samples : ndarray of shape (n_samples,), dtype float64
        Silhouettes of the sample in the order of the points; NaN for the others.
    n_sampled : int
        Size of the sample.
    dunn : None
        There is none: the extremes of a sample are not those of all points.
    """

    silhouette: float
    standard_error: float
    silhouette_samples: np.ndarray
    n_sampled: int
    dunn: None = None


def sampled_indices(
    points: Points, labels: np.ndarray, n_sampled: int, seed: int = 0
) -> SampledIndices:
    """Estimate the mean silhouette from a sample that is stratified by cluster.

    The silhouette of a sampled point is exact: its distances are taken to all points. So the
    estimate has no bias, unlike that of the silhouette within a sample, and its standard error is
    that of a stratified mean. Memory does not grow with the number of points, but for their labels.

    Parameters
    ----------
    points : Points
        The points, read twice, a block at a time.
    labels : ndarray of shape (n_samples,), int
        Cluster of each point.
    n_sampled : int
        Size of the sample; every cluster has its share, and at least two points.
    seed : int, default=0
        Of the choice.

    Returns
    -------
    SampledIndices

    Raises
    ------
    ValueError
        If there is one cluster only.

    References
    ----------
    Cochran, "Sampling Techniques" (1977), section 5.3: the stratified mean and its variance.
    Rousseeuw (1987), see `internal_indices`.

    Examples
    --------
    >>> from aecluster.metrics.points import ArrayPoints
    >>> X = np.array([[0.0], [1.0], [5.0], [6.0]])
    >>> found = sampled_indices(ArrayPoints(X), np.array([0, 0, 1, 1]), n_sampled=4)
    >>> round(found.silhouette, 4), found.standard_error
    (0.798, 0.0)
    """
    _, codes, sizes = np.unique(as_labels(labels), return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        raise ValueError("labels: found one cluster, expected two or more")
    chosen = _stratified(codes, sizes, n_sampled, np.random.default_rng(seed))
    silhouettes = silhouettes_of(points, chosen, codes, sizes)
    shares, mean, variance = sizes / sizes.sum(), 0.0, 0.0
    for cluster, size in enumerate(sizes):
        own = silhouettes[codes[chosen] == cluster]
        mean += shares[cluster] * own.mean()
        if len(own) > 1:
            left_out = 1 - len(own) / size
            variance += shares[cluster] ** 2 * left_out * own.var(ddof=1) / len(own)
    samples = np.full(len(labels), np.nan)
    samples[chosen] = silhouettes
    return SampledIndices(float(mean), float(variance**0.5), samples, len(chosen))


def _stratified(
    codes: np.ndarray, sizes: np.ndarray, n_sampled: int, rng: np.random.Generator
) -> np.ndarray:
    """Return numbers of rows in increasing order, of every cluster its share."""
    wanted = np.rint(n_sampled * sizes / sizes.sum()).astype(int)
    wanted = np.minimum(np.maximum(wanted, 2), sizes)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes)[:-1])
    return np.sort(
        np.concatenate(
            [rng.choice(m, n, replace=False) for m, n in zip(members, wanted, strict=True)]
        )
    )


def silhouettes_of(
    points: Points, chosen: np.ndarray, codes: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """Compute the exact silhouettes of some points, in flat memory.

    Parameters
    ----------
    points : Points
        All points, read twice, a block at a time.
    chosen : ndarray of int of shape (m,)
        Numbers of the points in question, in increasing order.
    codes : ndarray of int of shape (n_samples,)
        Cluster of each point, from 0.
    sizes : ndarray of int of shape (n_clusters,)
        Sizes of the clusters.

    Returns
    -------
    silhouettes : ndarray of shape (m,), dtype float64
    """
    sample = np.concatenate(
        [
            block[chosen[(chosen >= part.start) & (chosen < part.stop)] - part.start]
            for part, block in blocks_of(points)
        ]
    )
    # About their middle, where a product of matrices loses the fewest digits.
    origin = sample.mean(axis=0)
    exponent = exponent_to_one(max(float(sample.max()), -float(sample.min())))
    sample = scaled(sample - origin, exponent)
    norms = np.einsum("ij,ij->i", sample, sample)
    sums = np.zeros((len(chosen), len(sizes)))
    for part, block in blocks_of(points, len(chosen)):
        order = np.argsort(codes[part], kind="stable")
        near = scaled(block[order] - origin, exponent)
        squares = sample @ (-2 * near.T)
        squares += norms[:, None]
        squares += np.einsum("ij,ij->i", near, near)
        distances = np.sqrt(np.maximum(squares, 0, out=squares), out=squares)
        _exclude_themselves(distances, chosen, part, order)
        present, starts = np.unique(codes[part][order], return_index=True)
        sums[:, present] += np.add.reduceat(distances, starts, axis=1, dtype=np.float64)
    own = np.arange(len(chosen)), codes[chosen]
    a = sums[own] / np.maximum(sizes[codes[chosen]] - 1, 1)
    means = sums / sizes
    means[own] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    # A point alone in its cluster has 0 (Rousseeuw 1987, section 2), and so has 0 / 0.
    defined = (sizes[codes[chosen]] > 1) & (larger > 0)
    return np.divide(b - a, larger, out=np.zeros(len(chosen)), where=defined)


def _exclude_themselves(
    distances: np.ndarray, chosen: np.ndarray, part: slice, order: np.ndarray
) -> None:
    """Put 0 for the distance of a point to itself, which rounding may leave above."""
    sampled = np.flatnonzero((chosen >= part.start) & (chosen < part.stop))
    distances[sampled, np.argsort(order)[chosen[sampled] - part.start]] = 0.0
