"""A clusterer fitted to some rows, where all of them would take too long or too much memory."""

from collections.abc import Callable

import numpy as np

from aecluster.clusterers.partition import Partition
from aecluster.errors import ConfigError


def fitted_to(
    X: np.ndarray,
    n_fit: int | None,
    fit: Callable[[np.ndarray], Partition],
    most: int | None = None,
) -> Partition:
    """Fit a clusterer to some rows; every other row gets the label of the nearest one of them.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    n_fit : int or None
        Number of rows that are drawn, always the same ones; None takes all of them.
    fit : callable
        Returns the partition of its rows.
    most : int, optional
        Most rows that it takes.

    Returns
    -------
    Partition
        A row whose nearest fitted row is noise is noise, too.

    Raises
    ------
    ConfigError
        If there are too many rows, before any of them is looked at.
    """
    n_fitted = min(len(X), n_fit or len(X))
    if most is not None and n_fitted > most:
        raise ConfigError(
            f"n_fit: found {n_fit or 'null'}, expected at most {most:,}, since something is kept "
            f"for each pair of the {n_fitted:,} rows"
        )
    if n_fit is None or n_fit >= len(X):
        return fit(X)
    # Which rows are fitted is no chance of the method: the same for each of its seeds.
    rows = np.sort(np.random.default_rng(0).choice(len(X), n_fit, replace=False))
    found = fit(X[rows])
    others = np.setdiff1d(np.arange(len(X)), rows, assume_unique=True)
    labels = np.empty(len(X), dtype=np.int64)
    labels[rows] = found.labels
    labels[others] = found.labels[_nearest(X[others], X[rows])]
    return found._replace(labels=labels)


def _nearest(X: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    # Block by block, by products of matrices.
    from sklearn.metrics import pairwise_distances_argmin

    return pairwise_distances_argmin(X, fitted)
