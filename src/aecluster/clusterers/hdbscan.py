"""HDBSCAN: clusters are where points lie densely, over all densities; the rest is noise."""

from typing import Literal

import numpy as np
from sklearn.cluster import HDBSCAN

from aecluster.clusterers.partition import Partition
from aecluster.clusterers.sample import fitted_to


def hdbscan(
    X: np.ndarray,
    *,
    min_cluster_size: int,
    min_samples: int | None,
    selection: Literal["eom", "leaf"],
    n_fit: int | None,
) -> Partition:
    """Find the clusters that last over the most densities; their number is found, not given.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    min_cluster_size : int
        Fewest rows of a cluster.
    min_samples : int or None
        Rows within the distance that tells how dense it is at a row, itself among them; None takes
        `min_cluster_size`.
    selection : {"eom", "leaf"}
        Clusters that last longest, or the leaves of the tree of clusters.
    n_fit : int or None
        See `aecluster.clusterers.sample.fitted_to`.

    Returns
    -------
    Partition
        Rows in no cluster are noise.

    References
    ----------
    Campello, Moulavi and Sander, PAKDD 2013, 160-172.
    """

    def fit(rows: np.ndarray) -> Partition:
        found = HDBSCAN(
            min_cluster_size=min(min_cluster_size, len(rows)),
            min_samples=None if min_samples is None else min(min_samples, len(rows)),
            cluster_selection_method=selection,
            copy=True,
        )
        return Partition(found.fit_predict(rows))

    return fitted_to(X, n_fit, fit)
