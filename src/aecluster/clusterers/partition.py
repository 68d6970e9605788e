"""What a clusterer makes of vectors, and how vectors beside those it was fitted to get clusters."""

from typing import NamedTuple

import numpy as np

# What an image has for a label that is in no cluster.
NOISE = -1


class Partition(NamedTuple):
    """Which cluster each row is in.

    Attributes
    ----------
    labels : ndarray of shape (n,), int
        Any numbers from 0; `NOISE` of a row that is in no cluster.
    n_iter : int or None
        Iterations until the method stopped, where it iterates.
    """

    labels: np.ndarray
    n_iter: int | None = None


def in_order(labels: np.ndarray) -> np.ndarray:
    """Return labels as 0, 1, ... without a gap, in the order of the clusters' first rows.

    Parameters
    ----------
    labels : ndarray of shape (n,), int
        Everything below 0 is noise.

    Returns
    -------
    ndarray of shape (n,), int64

    Examples
    --------
    >>> in_order(np.array([7, 7, -2, 3])).tolist()
    [0, 0, -1, 1]
    """
    found, first, places = np.unique(labels, return_index=True, return_inverse=True)
    named = np.full(len(found), NOISE, dtype=np.int64)
    clusters = np.flatnonzero(found >= 0)
    named[clusters[np.argsort(first[clusters])]] = np.arange(len(clusters))
    return named[places]


def centres_of(X: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean of each cluster's rows.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
        0, 1, ... without a gap, or `NOISE`.

    Returns
    -------
    ndarray of shape (m, d), float64

    Examples
    --------
    >>> centres_of(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, -1])).tolist()
    [[1.0]]
    """
    members = (X[labels == cluster] for cluster in range(labels.max(initial=-1) + 1))
    means = [rows.mean(axis=0, dtype=np.float64) for rows in members]
    return np.array(means).reshape(len(means), X.shape[1])
