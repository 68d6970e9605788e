"""Scores of two partitions of the same points, from the table of how many points they share.

Rows of a table are the classes, columns the clusters; none is empty. The definitions are
scikit-learn's, which takes a second to load: longer than to score ten thousand points.
"""

import math

import numpy as np

from aecluster.metrics._input import as_labels

_EPSILON = np.finfo(np.float64).eps


def count(y_true, labels):
    """Return the number of points by class (row) and cluster (column)."""
    y_true, labels = as_labels(y_true, "y_true"), as_labels(labels)
    for values in (y_true, labels):
        if values.ndim != 1:
            raise ValueError(
                f"y should be a 1d array, got an array of shape {values.shape} instead."
            )
    if len(y_true) != len(labels):
        raise ValueError(
            "Found input variables with inconsistent numbers of samples: "
            f"[{len(y_true)}, {len(labels)}]"
        )
    if len(labels) == 0:
        raise ValueError("y_true and labels are empty, expected one class and one label per point.")
    classes, rows = np.unique(y_true, return_inverse=True)
    clusters, columns = np.unique(labels, return_inverse=True)
    cells = np.bincount(rows * len(clusters) + columns, minlength=len(classes) * len(clusters))
    return cells.reshape(len(classes), len(clusters))


def accuracy(counts):
    """Return the share of points that the best one-to-one matching gets right."""
    # A lighter import than scipy.optimize.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    # A cell of 0 would be a pair that may not be matched; 1 more everywhere chooses the same.
    matched = min_weight_full_bipartite_matching(csr_array(counts + 1), maximize=True)
    return float(counts[matched].sum() / counts.sum())


def purity(counts):
    """Return the share of points in the most frequent class of their cluster."""
    return float(counts.max(axis=0).sum() / counts.sum())


def adjusted_rand_index(counts):
    """Return the Rand index, corrected so that chance scores 0."""
    # Python's integers: numbers of pairs of pairs overflow 64 bits.
    n = int(counts.sum())
    together, in_class, in_cluster = (
        int(np.square(sizes).sum()) for sizes in (counts, counts.sum(axis=1), counts.sum(axis=0))
    )
    both, only_class, only_cluster = together - n, in_class - together, in_cluster - together
    neither = n * n - in_class - only_cluster
    if only_class == only_cluster == 0:
        return 1.0
    return (
        2
        * (both * neither - only_class * only_cluster)
        / (
            (both + only_class) * (only_class + neither)
            + (both + only_cluster) * (only_cluster + neither)
        )
    )


def homogeneity(counts):
    """Return the share of the classes' entropy that the clusters explain."""
    entropy = _entropy(counts.sum(axis=1))
    return _information(counts) / entropy if entropy > 0 else 1.0


def completeness(counts):
    """Return the share of the clusters' entropy that the classes explain."""
    return homogeneity(counts.T)


def normalized_information(counts):
    """Return the shared information over the mean of the two entropies."""
    if counts.shape == (1, 1):
        return 1.0
    entropies = _entropy(counts.sum(axis=1)) + _entropy(counts.sum(axis=0))
    return 2 * _information(counts) / entropies


def adjusted_information(counts):
    """Return the normalized information, corrected so that chance scores 0."""
    if counts.shape == (1, 1):
        return 1.0
    entropies = _entropy(counts.sum(axis=1)) + _entropy(counts.sum(axis=0))
    expected = expected_information(counts.sum(axis=1), counts.sum(axis=0))
    most = entropies / 2 - expected
    most = min(most, -_EPSILON) if most < 0 else max(most, _EPSILON)
    return (_information(counts) - expected) / most


def expected_information(class_sizes, cluster_sizes):
    """Return the mean information of random partitions with these sizes, in nats.

    References
    ----------
    Vinh, Epps and Bailey, Journal of Machine Learning Research 11 (2010), equation 24a.
    """
    n = int(class_sizes.sum())
    log_factorial = np.fromiter(map(math.lgamma, range(1, n + 2)), np.float64, n + 1)
    expected = 0.0
    for a in map(int, class_sizes):
        for b in map(int, cluster_sizes):
            shared = np.arange(max(1, a + b - n), min(a, b) + 1)
            log_probability = (
                (log_factorial[a] + log_factorial[n - a])
                + (log_factorial[b] + log_factorial[n - b])
                - log_factorial[n]
                - log_factorial[shared]
                - log_factorial[a - shared]
                - log_factorial[b - shared]
                - log_factorial[n - a - b + shared]
            )
            information = shared / n * np.log(n * shared / (a * b))
            expected += float(information @ np.exp(log_probability))
    return expected


def balance(labels):
    """Return the entropy of the cluster sizes over that of equal sizes."""
    sizes = np.unique(labels, return_counts=True)[1]
    return _entropy(sizes) / math.log(len(sizes))


def _information(counts):
    """Return the information that the partitions share, in nats."""
    n = counts.sum()
    rows, columns = np.nonzero(counts)
    shared = counts[rows, columns] / n
    independent = counts.sum(axis=1)[rows] / n * (counts.sum(axis=0)[columns] / n)
    # Rounding could leave less than nothing.
    return max(0.0, float(shared @ np.log(shared / independent)))


def _entropy(sizes):
    shares = sizes / sizes.sum()
    return max(0.0, float(-(shares @ np.log(shares))))
