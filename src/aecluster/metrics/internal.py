"""Validity of a clustering judged by the points alone: exact silhouette and Dunn index.

Both need the distance of every pair of points. The pairs are visited a block of rows at a time, so
that memory stays proportional to the number of points.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aecluster.metrics._indices import silhouettes_and_extremes
from aecluster.metrics._input import as_labels, refuse_masked


class InternalIndices(NamedTuple):
    """Result of `internal_indices`.

    Attributes
    ----------
    silhouette : float
        Mean of `silhouette_samples`.
    dunn : float
        Dunn index.
    silhouette_samples : ndarray of shape (n_samples,), dtype float64
        Silhouette of each point, in the order of the points.
    """

    silhouette: float
    dunn: float
    silhouette_samples: np.ndarray


def internal_indices(X: ArrayLike, labels: ArrayLike) -> InternalIndices:
    """Compute the exact silhouette and Dunn index of a clustering together.

    Distances are Euclidean. The silhouette of a point is (b - a) / max(a, b), where a is its mean
    distance to the other points of its cluster and b the smallest mean distance to the points of
    another cluster; it is 0 for the only point of a cluster. The Dunn index is the smallest
    distance between two points of different clusters, divided by the largest distance between two
    points of one cluster.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    labels : array-like of shape (n_samples,)
        Cluster of each point. Numbers need not be consecutive.

    Returns
    -------
    indices : InternalIndices
        Named tuple of `silhouette` and `dunn`, both float, and `silhouette_samples`, an array of
        shape (n_samples,) and dtype float64. Silhouettes lie in [-1, 1], the Dunn index in
        [0, inf]; for both higher is better.

    Raises
    ------
    ValueError
        If there is one cluster only or every point is a cluster of its own, if X has NaN, infinite
        or masked values or is not two-dimensional, or if labels has another length or missing
        values.

    Notes
    -----
    Several definitions go by the name of Dunn; their values are not comparable. This is the index
    over points: single linkage between clusters, the diameter as their size, distances not squared
    (clValid in R and validclust compute the same). Dunn (1974) also has a stricter one, which
    measures to the convex hull of the other cluster. Bezdek and Pal (1998) list the family that
    replaces numerator or denominator; torchmetrics, for one, divides the smallest distance between
    centroids by the largest distance of a point to its centroid. jqm_cvi leaves distances of 0 out
    of the numerator.

    Two equal points in different clusters make the Dunn index 0. If every cluster consists of
    copies of one point, all diameters are 0, and the index is infinite, its limit for shrinking
    clusters.

    References
    ----------
    Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", Journal of Computational and Applied Mathematics 20 (1987), 53-65.
    Dunn, "Well-separated clusters and optimal fuzzy partitions", Journal of Cybernetics 4 (1974),
    95-104.
    Bezdek and Pal, "Some new indexes of cluster validity", IEEE Transactions on Systems, Man, and
    Cybernetics B 28 (1998), 301-315.

    Examples
    --------
    >>> X = [[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]]
    >>> indices = internal_indices(X, [0, 0, 1, 1])
    >>> round(indices.silhouette, 4), indices.dunn
    (0.7538, 4.0)
    """
    X, codes, counts = _check_clustering(X, labels)
    samples, separation, diameter = silhouettes_and_extremes(X, codes, counts)
    return InternalIndices(float(samples.mean()), _ratio(separation, diameter), samples)


def silhouette_samples(
    X: ArrayLike, labels: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Compute the silhouette of each point.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    labels : array-like of shape (n_samples,)
        Cluster of each point.
    sample_weight : array-like of shape (n_samples,), default=None
        How many points each row stands for: a row of weight 3 counts as three equal rows, one of
        weight 0 as none. The default is 1 for each.

    Returns
    -------
    silhouettes : ndarray of shape (n_samples,), dtype float64
        Between -1 and 1; higher is better, and below 0 the point is nearer to another cluster than
        to its own. Points that are alone in their cluster have 0, rows of weight 0 have NaN.

    Raises
    ------
    ValueError
        As `internal_indices`, which computes it; the definition and its reference stand there. And
        if a weight is negative, infinite, masked or NaN, or if all are 0, or if with them there is
        one cluster only or none that weighs more than 1.

    Notes
    -----
    With weights w, the mean distance of point i to its own cluster C is
    sum_j w_j d(i, j) / (sum_j w_j - 1) over all j in C, since one of the copies is the point
    itself; the mean distance to another cluster is the weighted mean. So weights are numbers of
    copies: multiplying all of them by 10 is not without effect. They need not be whole; a cluster
    that weighs 1 or less is no more than one point, and its points have 0. Distances are taken in
    float64 then, whatever the type of the points.

    Examples
    --------
    >>> silhouette_samples([[0.0], [1.0], [5.0]], [0, 0, 1])
    array([0.8 , 0.75, 0.  ])
    >>> silhouette_samples([[0.0], [1.0], [5.0]], [0, 0, 1], sample_weight=[1, 1, 2])
    array([0.8 , 0.75, 1.  ])
    """
    if sample_weight is None:
        return internal_indices(X, labels).silhouette_samples
    return _weighted_silhouettes(X, labels, sample_weight)[0]


def silhouette_score(
    X: ArrayLike, labels: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """Compute the mean silhouette of all points.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    labels : array-like of shape (n_samples,)
        Cluster of each point.
    sample_weight : array-like of shape (n_samples,), default=None
        How many points each row stands for, in its silhouette and in the mean; see
        `silhouette_samples`.

    Returns
    -------
    silhouette : float
        Between -1 and 1; higher is better. It is the mean over points, not over clusters.

    Raises
    ------
    ValueError
        As `internal_indices`, which computes it; the definition and its reference stand there. With
        weights, as `silhouette_samples`.

    Examples
    --------
    >>> round(silhouette_score([[0.0], [1.0], [5.0]], [0, 0, 1]), 4)
    0.5167
    >>> round(silhouette_score([[0.0], [1.0], [5.0]], [0, 0, 1], sample_weight=[1, 1, 2]), 4)
    0.8875
    """
    if sample_weight is None:
        return internal_indices(X, labels).silhouette
    silhouettes, weights = _weighted_silhouettes(X, labels, sample_weight)
    counts = weights > 0
    return float(np.average(silhouettes[counts], weights=weights[counts]))


def dunn_index(X: ArrayLike, labels: ArrayLike) -> float:
    """Compute the smallest distance between clusters over the largest diameter of a cluster.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    labels : array-like of shape (n_samples,)
        Cluster of each point.

    Returns
    -------
    dunn : float
        Between 0 and inf; higher is better.

    Raises
    ------
    ValueError
        As `internal_indices`, which computes it; definition, variants and reference stand there.

    Examples
    --------
    >>> dunn_index([[0.0], [1.0], [5.0]], [0, 0, 1])
    4.0
    """
    return internal_indices(X, labels).dunn


def _weighted_silhouettes(X, labels, sample_weight):
    """Return the silhouettes, NaN for rows of weight 0, and the weights as float64."""
    X, labels = as_points(X, labels)
    weights = _as_weights(sample_weight, len(X))
    counted = weights > 0
    _, codes, counts = np.unique(labels[counted], return_inverse=True, return_counts=True)
    sizes = np.bincount(codes, weights[counted])
    if len(sizes) < 2:
        raise ValueError("sample_weight: found weight in one cluster, expected two or more")
    if sizes.max() <= 1:
        raise ValueError(
            f"sample_weight: found {sizes.max():g} as the weight of the heaviest cluster, expected "
            "over 1; weights are numbers of copies"
        )
    silhouettes = np.full(len(X), np.nan)
    found, _, _ = silhouettes_and_extremes(X[counted], codes, counts, weights[counted])
    silhouettes[counted] = found
    return silhouettes, weights


def _as_weights(values, n_samples):
    """Return weights as float64 if they are weights of so many points."""
    refuse_masked(values, "sample_weight")
    weights = np.asarray(values)
    if weights.shape != (n_samples,) or weights.dtype.kind not in "biuf":
        raise ValueError(
            f"sample_weight: found shape {weights.shape} of {weights.dtype}, expected numbers of "
            f"shape ({n_samples},)"
        )
    weights = weights.astype(np.float64)
    for is_bad, what in (
        (~np.isfinite(weights), "that are NaN or infinite"),
        (weights < 0, "below 0"),
    ):
        if is_bad.any():
            raise ValueError(f"sample_weight: found {is_bad.sum()} {what}, expected none")
    if not weights.any():
        raise ValueError("sample_weight: found only 0, expected some above 0")
    return weights


def _check_clustering(X, labels):
    """Return X as a numeric array, labels as 0..k-1 and the size of each cluster."""
    X, labels = as_points(X, labels)
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if not 2 <= len(counts) <= len(X) - 1:
        raise ValueError(
            f"Number of labels is {len(counts)}. Valid values are 2 to n_samples - 1 (inclusive)"
        )
    return X, codes, counts


def as_points(X, labels):
    """Return X as a numeric array and labels as an array of the same length."""
    refuse_masked(X, "X")
    labels = as_labels(labels)
    if not _is_plain(X, labels):
        from sklearn.utils import check_X_y

        X, labels = check_X_y(X, labels, estimator="internal_indices")
    return X, labels


def _is_plain(X, labels):
    """Tell whether scikit-learn, slow to load, has nothing to convert or to refuse."""
    return (
        isinstance(X, np.ndarray)
        and isinstance(labels, np.ndarray)
        and X.dtype in (np.float32, np.float64, np.uint8)
        and X.ndim == 2
        and labels.shape == (len(X),)
        and labels.dtype.kind in "iu"
        and X.size > 0
        and bool(np.isfinite(X).all())
    )


def _ratio(separation, diameter):
    """Return the Dunn index, which is 0 without separation and infinite without diameter."""
    if separation == 0:
        return 0.0
    return float(separation / diameter) if diameter > 0 else np.inf
