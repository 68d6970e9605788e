"""How many images have the class of their nearest neighbours: a score that needs no clustering."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import normalize


def knn_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    n_neighbors: int = 20,
) -> float:
    """Return the share of test vectors whose nearest train vectors are mostly of their class.

    Parameters
    ----------
    train : ndarray of shape (n, d)
    train_labels : ndarray of shape (n,), int
    test : ndarray of shape (m, d)
    test_labels : ndarray of shape (m,), int
    n_neighbors : int, default=20
        How many of the highest cosine have a vote each; all there are, if they are fewer. Of
        classes with as many votes the one of the lowest label wins.

    Returns
    -------
    float
        In 0..1, higher is better; chance is the share of the largest class.

    Examples
    --------
    >>> train, labels = np.eye(2), np.array([0, 1])
    >>> knn_accuracy(train, labels, np.array([[2.0, 1.0]]), np.array([0]), n_neighbors=1)
    1.0
    """
    # Between unit vectors the distance falls as the cosine rises.
    voters = KNeighborsClassifier(min(n_neighbors, len(train)), algorithm="brute")
    voters.fit(normalize(train), train_labels)
    return float(voters.score(normalize(test), test_labels))
