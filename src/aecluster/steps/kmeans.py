"""From the store of a representation to a clustering of one of its splits."""

import os
from typing import Any, NamedTuple

import numpy as np

from aecluster.clustering import k_means
from aecluster.errors import ConfigError
from aecluster.store import MOST_IN_MEMORY, Store, Subject


class Partition(NamedTuple):
    """What K-Means made of a split.

    Attributes
    ----------
    labels : ndarray of shape (n,), intp
        Cluster of each row.
    centroids : ndarray of shape (k, d), float64
        In the unit of the rows as they were read.
    inertia : float
        Sum of the squared distances of the rows to their centroids.
    n_iter : int
        Iterations of the best start.
    scale : float
        What brings the centroids to the unit of the scaled rows.
    of : Subject
        What was clustered.
    """

    labels: np.ndarray
    centroids: np.ndarray
    inertia: float
    n_iter: int
    scale: float
    of: Subject

    @property
    def sizes(self) -> list[int]:
        """How many rows each cluster has."""
        return np.bincount(self.labels, minlength=len(self.centroids)).tolist()


def cluster(
    store: str | os.PathLike[str], split: str, *, k: int, seed: int, **options: Any
) -> Partition:
    """Fit K-Means to one split of a store; a large one is streamed.

    Parameters
    ----------
    store : path-like
        Store of a representation.
    split : str
        `train`, `test` or `all`.
    k : int
        Number of clusters.
    seed : int
        Seed of the start.
    **options
        Further parameters of `k_means`: `init`, `n_init`, `max_iter`, `tol`.

    Returns
    -------
    Partition

    Raises
    ------
    ConfigError
        If the split has too few rows for `k` clusters that could be scored.
    StoreError
        If the store or the split is missing.
    """
    with Store(store) as opened:
        rows = opened[split]
        if k >= len(rows):
            raise ConfigError(
                f"clustering.k: found {k}, expected less than the {len(rows)} rows of split "
                f"{split!r} in {store}"
            )
        is_streamed = 4 * len(rows) * rows.n_features > MOST_IN_MEMORY
        # Streamed as it is kept: what is scaled is then the result.
        scale = rows.scale if is_streamed else 1.0
        X = rows.X if is_streamed else rows.matrix()
        run = k_means(X, k, random_state=seed, **options)
        of = Subject(
            dataset=opened.dataset,
            representation=opened.representation,
            split=split,
            k=k,
            seed=seed,
        )
    return Partition(run.labels, run.centers, run.inertia * scale**2, run.n_iter, scale, of)
