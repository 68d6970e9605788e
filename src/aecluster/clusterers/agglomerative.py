"""Agglomerative clustering: the two nearest clusters become one, until `k` are left."""

from typing import Literal

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from aecluster.clusterers.limits import MOST_PAIRED
from aecluster.clusterers.partition import Partition
from aecluster.clusterers.sample import fitted_to


def agglomerative(
    X: np.ndarray,
    *,
    linkage: Literal["ward", "complete", "average", "single"],
    metric: Literal["euclidean", "cosine"],
    n_fit: int | None,
    k: int,
) -> Partition:
    """Join the nearest clusters until `k` are left; nothing is random.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    linkage : {"ward", "complete", "average", "single"}
        What the distance of two clusters is.
    metric : {"euclidean", "cosine"}
        What the distance of two rows is.
    n_fit : int or None
        See `aecluster.clusterers.sample.fitted_to`.
    k : int
        Number of clusters.

    Returns
    -------
    Partition

    References
    ----------
    Ward, Journal of the American Statistical Association 58 (1963), 236-244.
    """

    def fit(rows: np.ndarray) -> Partition:
        tree = AgglomerativeClustering(k, linkage=linkage, metric=metric)
        return Partition(tree.fit_predict(rows))

    return fitted_to(X, n_fit, fit, MOST_PAIRED)
