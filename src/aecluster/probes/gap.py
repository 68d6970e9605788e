"""How many clusters there are: the gap statistic, and what subsamples agree on.

Both fit K-Means to each number of clusters many times. The gap statistic asks whether k clusters
explain more than they do where there are none; the other, whether half a chance of images would
have given the same ones.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from aecluster.metrics import adjusted_rand_index

# Share of the rows in each of two subsamples, which then have two thirds of them in common.
_SHARE = 0.8


class Fit(NamedTuple):
    """What a clustering of rows comes down to here."""

    labels: np.ndarray
    inertia: float


# From rows, a number of clusters and a seed to a clustering.
Cluster = Callable[[np.ndarray, int, int], Fit]


@dataclass(frozen=True)
class Gaps:
    """The gap statistic by number of clusters.

    Attributes
    ----------
    ks : list of int
        1, and those that were asked for, in increasing order.
    log_w : list of float
        Logarithm of the sum of squared distances to the centroids.
    expected : list of float
        Mean of the same over the reference data sets, which have no clusters.
    gap : list of float
        Expected minus found.
    error : list of float
        Standard error of the expectation, with that of the simulation in it.
    """

    ks: list[int]
    log_w: list[float]
    expected: list[float]
    gap: list[float]
    error: list[float]

    @property
    def chosen(self) -> int | None:
        """The smallest k whose gap the next one does not exceed by more than its error.

        None if every k is exceeded by the next: then there may be more clusters than were tried.
        """
        following = zip(self.ks, self.gap, self.gap[1:], self.error[1:], strict=False)
        return next((k for k, gap, after, error in following if gap >= after - error), None)


def gap_statistic(
    X: np.ndarray, ks: Sequence[int], cluster: Cluster, *, n_references: int, seed: int
) -> Gaps:
    """Compare the dispersion within clusters with that of data without clusters.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    ks : sequence of int
        Numbers of clusters; 1 is added.
    cluster : callable
        From rows, a number of clusters and a seed to their clustering.
    n_references : int
        Number of reference data sets: uniform in the box along the principal components.
    seed : int
        Of these, and of the clusterings.

    Returns
    -------
    Gaps

    References
    ----------
    Tibshirani, Walther and Hastie, "Estimating the number of clusters in a data set via the gap
    statistic", Journal of the Royal Statistical Society B 63 (2001), 411-423, section 4 with the
    reference distribution (b).
    """
    ks = sorted({1, *ks})
    # Along the components the distances are the same: nothing needs to be turned back.
    turned = _along_components(X)
    low, high = turned.min(axis=0), turned.max(axis=0)
    rng = np.random.default_rng(seed)
    log_w = _logs(turned, ks, cluster, seed)
    references = np.array(
        [
            _logs(rng.uniform(low, high, turned.shape).astype(X.dtype), ks, cluster, seed + number)
            for number in range(n_references)
        ]
    )
    expected = references.mean(axis=0)
    error = references.std(axis=0) * math.sqrt(1 + 1 / n_references)
    return Gaps(ks, log_w.tolist(), expected.tolist(), (expected - log_w).tolist(), error.tolist())


@dataclass(frozen=True)
class Stability:
    """How alike subsamples are clustered, by number of clusters.

    Attributes
    ----------
    mean : dict of int to float
        Adjusted Rand index of the rows that two subsamples have in common, mean over pairs of
        subsamples: 1 if the choice of rows changes nothing. In increasing order of k.
    error : dict of int to float
        Standard error of the mean; 0 of a single pair.
    """

    mean: dict[int, float]
    error: dict[int, float]

    @property
    def chosen(self) -> int:
        """The largest k that is as stable as any, within the standard error of the most stable.

        The largest, since few clusters of many are often found again as surely as all of them.
        """
        most = max(self.mean, key=lambda k: self.mean[k])
        return max(k for k in self.mean if self.mean[k] >= self.mean[most] - self.error[most])


def subsample_stability(
    X: np.ndarray, ks: Sequence[int], cluster: Cluster, *, n_pairs: int, seed: int
) -> Stability:
    """Return how alike two subsamples cluster the rows that both have, by number of clusters.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    ks : sequence of int
        Numbers of clusters, each below 0.8 n.
    cluster : callable
        As for `gap_statistic`.
    n_pairs : int
        Number of pairs of subsamples of 80 % of the rows.
    seed : int
        Of these, and of the clusterings.

    Returns
    -------
    Stability

    References
    ----------
    Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure in clustered
    data", Pacific Symposium on Biocomputing (2002), 6-17.
    """
    rng = np.random.default_rng(seed)
    n, size = len(X), int(_SHARE * len(X))
    agreements: dict[int, list[float]] = {k: [] for k in sorted(ks)}
    for number in range(n_pairs):
        first, second = (np.sort(rng.choice(n, size, replace=False)) for _ in range(2))
        _, here, there = np.intersect1d(first, second, assume_unique=True, return_indices=True)
        for k in agreements:
            labels = [cluster(X[rows], k, seed + number).labels for rows in (first, second)]
            agreements[k].append(adjusted_rand_index(labels[0][here], labels[1][there]))
    return Stability(
        {k: float(np.mean(found)) for k, found in agreements.items()},
        {
            k: float(np.std(found, ddof=1)) / math.sqrt(n_pairs) if n_pairs > 1 else 0.0
            for k, found in agreements.items()
        },
    )


def _along_components(X: np.ndarray) -> np.ndarray:
    centred = X - X.mean(axis=0, dtype=np.float64)
    _, components = np.linalg.eigh(centred.T @ centred)
    return (centred @ components[:, ::-1]).astype(X.dtype)


def _logs(X: np.ndarray, ks: Sequence[int], cluster: Cluster, seed: int) -> np.ndarray:
    # A cluster's mean is nearest to its rows, so that a single one needs no K-Means.
    alone = float(((X - X.mean(axis=0, dtype=np.float64)) ** 2).sum())
    found = [alone if k == 1 else cluster(X, k, seed).inertia for k in ks]
    with np.errstate(divide="ignore"):
        return np.log(found)
