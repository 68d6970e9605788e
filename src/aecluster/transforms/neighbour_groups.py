"""Groups that nearest neighbours agree on: the second step of SCAN, on vectors as they are.

A linear head gives every vector probabilities of k groups. It is trained so that an image and its
neighbours are given the same group, and that all groups are used alike::

    loss = - mean over pairs of log <p_i, p_j>  -  weight * entropy of the mean of all p

The probabilities of a trained head are nearly 0 or 1, so that K-Means with the same k finds its
groups, and whatever scores K-Means scores them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from aecluster.errors import ConfigError
from aecluster.store import Store
from aecluster.transforms.vectors import Vectors, apply

# Of SCAN: the weight of the entropy, the neighbours of an image, and that the head of the lowest
# loss among several is taken.
_ENTROPY_WEIGHT = 5.0
_N_HEADS = 5
# A linear head has converged after a thousand steps of this size.
_STEPS, _BATCH, _LEARNING_RATE = 1000, 1024, 1e-2
_TINY = 1e-12


def neighbour_groups(base: Store, *, n_clusters: int, n_neighbors: int, seed: int) -> Vectors:
    """Return the probabilities of the groups that neighbours among the train images agree on.

    Parameters
    ----------
    base : Store
    n_clusters : int
        Number of groups.
    n_neighbors : int
        Neighbours of an image, by cosine about the mean.
    seed : int
        Decides the first weights and the pairs.

    Returns
    -------
    Vectors
        With n_clusters values per row, which sum to 1.

    Raises
    ------
    ConfigError
        If there are no more train images than groups or neighbours.

    References
    ----------
    Van Gansbeke, Vandenhende, Georgoulis, Proesmans et al., "SCAN: Learning to classify images
    without labels", ECCV 2020, arXiv 2005.12320, equation 2.
    """
    train = base["train"].matrix()
    for name, value in (("n_clusters", n_clusters), ("n_neighbors", n_neighbors)):
        if value >= len(train):
            raise ConfigError(f"{name}: found {value}, expected less than {len(train)} images")
    mean = train.mean(axis=0)
    train -= mean
    scale = 1 / np.sqrt(np.mean(train**2) + _TINY)
    train *= scale
    # Between unit vectors the distance falls as the cosine rises.
    search = NearestNeighbors(n_neighbors=n_neighbors, algorithm="brute").fit(normalize(train))
    neighbours = search.kneighbors(return_distance=False)
    heads = [
        _train_head(train, neighbours, n_clusters, np.random.default_rng([seed, number]))
        for number in range(_N_HEADS)
    ]
    best = min(heads, key=lambda head: _loss(head, train, neighbours))
    return apply(lambda block: best((block - mean) * scale), base)


@dataclass
class _Head:
    """A linear map and a softmax."""

    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        scores = rows @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return powers / powers.sum(axis=1, keepdims=True)


def _train_head(
    rows: np.ndarray, neighbours: np.ndarray, n_clusters: int, random: np.random.Generator
) -> _Head:
    d = rows.shape[1]
    start = random.normal(scale=d**-0.5, size=(d, n_clusters)).astype(np.float32)
    head = _Head(start, np.zeros(n_clusters, np.float32))
    adam = [_Adam(head.weights), _Adam(head.bias)]
    for _ in range(_STEPS):
        anchors = random.integers(len(rows), size=_BATCH)
        partners = neighbours[anchors, random.integers(neighbours.shape[1], size=_BATCH)]
        X = np.concatenate([rows[anchors], rows[partners]])
        slopes = _slopes(head(X))
        adam[0].step(X.T @ slopes)
        adam[1].step(slopes.sum(axis=0))
    return head


def _slopes(p: np.ndarray) -> np.ndarray:
    """Return the gradient of the loss by the scores of anchors, and of their partners below."""
    n = len(p) // 2
    agreement = np.sum(p[:n] * p[n:], axis=1) + _TINY
    by_p = -np.concatenate([p[n:], p[:n]]) / np.tile(agreement, 2)[:, None] / n
    by_p += _ENTROPY_WEIGHT * (np.log(p.mean(axis=0) + _TINY) + 1) / len(p)
    return p * (by_p - np.sum(by_p * p, axis=1, keepdims=True))


def _loss(head: _Head, rows: np.ndarray, neighbours: np.ndarray) -> float:
    p = head(rows)
    agreement = [np.sum(p * p[column], axis=1) for column in neighbours.T]
    mean = p.mean(axis=0)
    negative_entropy = np.sum(mean * np.log(mean + _TINY))
    return float(-np.log(np.array(agreement) + _TINY).mean() + _ENTROPY_WEIGHT * negative_entropy)


class _Adam:
    """The optimizer of Kingma and Ba, ICLR 2015, algorithm 1, on one array in place."""

    def __init__(self, values: np.ndarray):
        self._values = values
        self._first, self._second = np.zeros_like(values), np.zeros_like(values)
        self._n = 0

    def step(self, slope: np.ndarray) -> None:
        self._n += 1
        self._first += 0.1 * (slope - self._first)
        self._second += 0.001 * (slope**2 - self._second)
        first = self._first / (1 - 0.9**self._n)
        second = self._second / (1 - 0.999**self._n)
        self._values -= _LEARNING_RATE * first / (np.sqrt(second) + 1e-8)
