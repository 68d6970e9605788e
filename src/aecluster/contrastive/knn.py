"""How many images have the class of their nearest neighbours: a score that needs no clustering."""

from __future__ import annotations

import numpy as np


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
    cosines = _unit(test) @ _unit(train).T
    k = min(n_neighbors, len(train))
    nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    classes = np.unique(train_labels)
    votes = (train_labels[nearest][:, :, None] == classes).sum(axis=1)
    return float(np.mean(classes[votes.argmax(axis=1)] == test_labels))


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
