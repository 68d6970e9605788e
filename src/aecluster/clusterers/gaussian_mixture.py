"""A mixture of Gaussians, fitted by expectation maximization."""

from typing import Literal

import numpy as np
from sklearn.mixture import GaussianMixture

from aecluster.clusterers.partition import Partition


def gaussian_mixture(
    X: np.ndarray,
    *,
    covariance: Literal["full", "tied", "diag", "spherical"],
    n_init: int,
    max_iter: int,
    regularization: float,
    k: int,
    seed: int,
) -> Partition:
    """Give every row to the Gaussian from which it most likely comes.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    covariance : {"full", "tied", "diag", "spherical"}
        Which covariances the Gaussians have.
    n_init : int
        Number of starts by K-Means, of which the likeliest is kept.
    max_iter : int
        Most iterations of one start.
    regularization : float
        What is added to each variance.
    k : int
        Number of Gaussians; some may win no row.
    seed : int

    Returns
    -------
    Partition

    References
    ----------
    Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 39 (1977), 1-38.
    """
    mixture = GaussianMixture(
        k,
        covariance_type=covariance,
        n_init=n_init,
        max_iter=max_iter,
        reg_covar=regularization,
        random_state=seed,
    )
    # In float32 the Cholesky factor of a covariance is lost.
    labels = mixture.fit_predict(X.astype(np.float64))
    return Partition(labels, int(mixture.n_iter_))
