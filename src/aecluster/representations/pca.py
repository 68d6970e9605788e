"""Principal components: the linear control of a learned code of the same length."""

from collections.abc import Iterator

import numpy as np

from aecluster.errors import ConfigError
from aecluster.representations.blocks import apply
from aecluster.store import Store


def principal_components(
    base: Store, *, n_components: int, whiten: bool, seed: int
) -> dict[str, Iterator[np.ndarray]]:
    """Project every split on the principal components of the train images.

    Parameters
    ----------
    base : Store
    n_components : int
        Number of components.
    whiten : bool
        Whether each component is brought to variance 1.
    seed : int
        Not used: the components are exact.

    Returns
    -------
    dict of str to iterator of ndarray of shape (m, n_components), float32

    Raises
    ------
    ConfigError
        If there are fewer images or values than components.

    References
    ----------
    Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical
    Magazine 2 (1901), 559-572.
    """
    train = base["train"].matrix()
    if n_components > min(train.shape):
        raise ConfigError(
            f"n_components: found {n_components}, expected at most {min(train.shape)} for "
            f"{train.shape[0]} train images of {train.shape[1]} values"
        )
    from sklearn.decomposition import PCA

    pca = PCA(n_components, whiten=whiten, svd_solver="covariance_eigh").fit(train)
    return apply(pca.transform, base)
