"""Any clusterer of scikit-learn, by its dotted name."""

import inspect
from collections.abc import Mapping
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from aecluster.clusterers.limits import MOST_PAIRED
from aecluster.clusterers.partition import Partition
from aecluster.clusterers.sample import fitted_to
from aecluster.errors import ConfigError

# What scikit-learn calls the number of clusters.
_NUMBERS = ("n_clusters", "n_components")
# Those whose memory grows with the number of pairs of rows.
_OF_PAIRS = {"AffinityPropagation", "AgglomerativeClustering", "DBSCAN", "SpectralClustering"}


def sklearn_clusterer(
    X: np.ndarray,
    *,
    estimator: str,
    options: dict[str, Any],
    n_fit: int | None,
    k: int,
    seed: int,
) -> Partition:
    """Cluster rows by a class of scikit-learn.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
    estimator : str
        Dotted name of a class with `fit_predict`.
    options : dict
        Its parameters.
    n_fit : int or None
        See `aecluster.clusterers.sample.fitted_to`.
    k : int
        Its `n_clusters` or `n_components`, where it has one of them.
    seed : int
        Its `random_state`, where it has one.

    Returns
    -------
    Partition
        A label below 0 is noise.

    Raises
    ------
    ConfigError
        If there is no such class, it has no `fit_predict`, or does not take an option.

    References
    ----------
    Pedregosa et al., "Scikit-learn: Machine learning in Python", JMLR 12 (2011), 2825-2830.
    """

    def fit(rows: np.ndarray) -> Partition:
        made = _made(estimator, options, k, seed)
        labels = np.asarray(made.fit_predict(rows))
        n_iter = getattr(made, "n_iter_", None)
        return Partition(labels, None if n_iter is None else int(np.max(n_iter)))

    return fitted_to(X, n_fit, fit, MOST_PAIRED if is_of_pairs(estimator) else None)


def check(estimator: str, options: Mapping[str, Any]) -> None:
    """Raise ConfigError unless there is such a class, which takes these options."""
    _made(estimator, options, 2, 0)


def chooses_k(estimator: str) -> bool:
    """Return whether a class finds the number of clusters itself."""
    return not any(name in _parameters(_class(estimator)) for name in _NUMBERS)


def is_random(estimator: str, options: Mapping[str, Any]) -> bool:
    """Return whether a class depends on a seed that the options leave open."""
    return "random_state" in _parameters(_class(estimator)) and "random_state" not in options


def is_of_pairs(estimator: str) -> bool:
    """Return whether the memory of a class grows with the number of pairs of rows."""
    return estimator.rpartition(".")[2] in _OF_PAIRS


def _class(name: str) -> type[BaseEstimator]:
    try:
        kind = resolve_name(name)
    except (ImportError, AttributeError):
        kind = None
    if not inspect.isclass(kind) or not issubclass(kind, BaseEstimator):
        raise ConfigError(f"estimator: found {name!r}, expected a class of scikit-learn")
    if not hasattr(kind, "fit_predict"):
        raise ConfigError(
            f"estimator: {name} has no method `fit_predict`, expected a class that clusters"
        )
    return kind


def _parameters(kind: type[BaseEstimator]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(kind).parameters


def _made(name: str, options: Mapping[str, Any], k: int, seed: int) -> BaseEstimator:
    kind = _class(name)
    known = _parameters(kind)
    number = next((one for one in _NUMBERS if one in known), None)
    if unknown := sorted(set(options) - set(known)):
        raise ConfigError(f"options: {name} takes no {unknown[0]!r}, only {', '.join(known)}")
    if number in options:
        raise ConfigError(f"options: found {number!r}, expected it in `clustering.k`")
    given = {} if number is None else {number: k}
    if "random_state" in known and "random_state" not in options:
        given["random_state"] = seed
    estimator = kind(**given, **options)
    try:
        # What scikit-learn itself calls first when it fits.
        estimator._validate_params()
    except ValueError as error:
        raise ConfigError(f"options: {' '.join(str(error).split())}") from None
    return estimator
