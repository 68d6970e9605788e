"""Principal components: the linear control of a learned code of the same length."""

import numpy as np

from aecluster.errors import ConfigError
from aecluster.store import Split, Store
from aecluster.transforms.vectors import Vectors, apply


def principal_components(base: Store, *, n_components: int, whiten: bool, seed: int) -> Vectors:
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
    Vectors
        With n_components values per row.

    Raises
    ------
    ConfigError
        If there are fewer images or values than components.

    References
    ----------
    Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical
    Magazine 2 (1901), 559-572.
    """
    train = base["train"]
    shape = len(train), train.n_features
    if n_components > min(shape):
        raise ConfigError(
            f"n_components: found {n_components}, expected at most {min(shape)} for "
            f"{shape[0]} train images of {shape[1]} values"
        )
    mean, variances, components = _principal_axes(train, n_components)
    if whiten:
        # A component without variance stays as small as rounding has left it.
        components /= np.sqrt(np.maximum(variances, np.finfo(np.float32).eps * variances[0]))
    components = components.astype(np.float32)
    return apply(lambda block: (block - mean) @ components, base)


def _principal_axes(train: Split, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean, float32, and the largest variances and their axes, in columns.

    The matrix of covariances is summed up by blocks about the mean of the first one, where
    products in float32 cancel least; so memory does not grow with the number of images.
    """
    origin = next(train.blocks()).mean(axis=0, dtype=np.float64).astype(np.float32)
    total = np.zeros(train.n_features)
    products = np.zeros((train.n_features, train.n_features))
    for block in train.blocks():
        block -= origin
        total += block.sum(axis=0, dtype=np.float64)
        products += block.T @ block
    shift = total / len(train)
    covariances = (products - len(train) * np.outer(shift, shift)) / max(len(train) - 1, 1)
    variances, axes = np.linalg.eigh(covariances)
    variances, axes = variances[: -n - 1 : -1], axes[:, : -n - 1 : -1]
    # An axis has two directions: the one in which its largest part is positive is taken.
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return (origin + shift).astype(np.float32), variances, axes * np.sign(largest)
