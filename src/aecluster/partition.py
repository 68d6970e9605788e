"""From the store of a representation to a clustering of one of its splits."""

import os
from typing import Any

from aecluster.clustering import KMeans
from aecluster.errors import ConfigError
from aecluster.store import Store


def cluster(
    store: str | os.PathLike[str], split: str, *, k: int, seed: int, **options: Any
) -> KMeans:
    """Fit K-Means to one split of a store.

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
        Further parameters of `KMeans`: `init`, `n_init`, `max_iter`, `tol`.

    Returns
    -------
    KMeans
        Fitted.

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
        X = rows.matrix()
    return KMeans(k, random_state=seed, **options).fit(X)
