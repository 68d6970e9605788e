"""From a clustering and the stores of some spaces to its scores.

Every clustering is scored in the space in which it was made. Scores of two spaces do not compare:
distances there mean different things. So it can be scored in further spaces too, in which all
clusterings meet.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecluster.metrics import internal_indices, score_clustering
from aecluster.store import Store, read_clustering

# What says something about labels in a space in which they were not made.
_IN_OTHER_SPACES = ("silhouette", "dunn", "calinski_harabasz", "davies_bouldin")


@dataclass(frozen=True)
class Evaluation:
    """The scores of a clustering.

    Attributes
    ----------
    scores : dict of str to float
        By the names of `METRICS`; in another space by `<metric>_in_<space>`.
    silhouettes : ndarray of shape (n,), float64
        Silhouette of each point in the clustering's own space.
    details : dict
        `n`, `d`: number of points and of their values.
    """

    scores: dict[str, float]
    silhouettes: np.ndarray
    details: dict[str, Any]


def evaluate(
    store: str | os.PathLike[str],
    clustering: str | os.PathLike[str],
    split: str,
    spaces: Mapping[str, str | os.PathLike[str]],
) -> Evaluation:
    """Score a clustering by every metric that applies.

    Parameters
    ----------
    store : path-like
        Store of the representation that was clustered.
    clustering : path-like
        Its labels and centroids.
    split : str
        `train`, `test` or `all`.
    spaces : mapping of str to path-like
        Stores of the spaces to score it in too, by name; its own may be among them.

    Returns
    -------
    Evaluation

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    with Store(store) as opened:
        rows = opened[split]
        X, y = rows.matrix(), rows.y
    indices = internal_indices(X, labels)
    scores = score_clustering(X, labels, y, centroids, indices=indices)
    details = {"n": len(X), "d": X.shape[1]}
    for name, path in spaces.items():
        found = scores if path == store else _score_in(path, split, labels)
        scores = scores | {f"{metric}_in_{name}": found[metric] for metric in _IN_OTHER_SPACES}
    return Evaluation(scores, indices.silhouette_samples, details)


def _score_in(store: str | os.PathLike[str], split: str, labels: np.ndarray) -> dict[str, float]:
    with Store(store) as opened:
        return score_clustering(opened[split].matrix(), labels)
