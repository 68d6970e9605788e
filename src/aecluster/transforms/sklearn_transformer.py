"""A representation that a transformer of scikit-learn makes."""

import inspect
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from aecluster.errors import ConfigError
from aecluster.store import Store
from aecluster.transforms.vectors import Vectors, apply


def transformed(base: Store, *, transformer: str, options: dict[str, Any], seed: int) -> Vectors:
    """Fit a transformer to the train images and apply it to every split.

    Parameters
    ----------
    base : Store
    transformer : str
        Dotted name of a class of scikit-learn with a method `transform`.
    options : dict
        Its parameters.
    seed : int
        Its `random_state`, where it has one and `options` do not name it.

    Returns
    -------
    Vectors

    Raises
    ------
    ConfigError
        If there is no such class, it lacks `transform`, needs labels, or does not take an option.

    References
    ----------
    Pedregosa et al., "Scikit-learn: Machine learning in Python", JMLR 12 (2011), 2825-2830.
    """
    estimator = _estimator(transformer, options, seed)
    estimator.fit(base["train"].matrix())

    def transform(block: np.ndarray) -> np.ndarray:
        rows = estimator.transform(block)
        return rows.toarray() if issparse(rows) else rows

    return apply(transform, base)


def _estimator(name: str, options: dict[str, Any], seed: int) -> BaseEstimator:
    try:
        kind = resolve_name(name)
    except (ImportError, AttributeError):
        kind = None
    if not inspect.isclass(kind) or not issubclass(kind, BaseEstimator):
        raise ConfigError(f"transformer: found {name!r}, expected a class of scikit-learn")
    if not hasattr(kind, "transform"):
        raise ConfigError(
            f"transformer: {name} has no method `transform`, with which images are embedded that "
            "it was not fitted to"
        )
    known = inspect.signature(kind).parameters
    if unknown := sorted(set(options) - set(known)):
        raise ConfigError(f"options: {name} takes no {unknown[0]!r}, only {', '.join(known)}")
    seeded = {"random_state": seed} if "random_state" in known else {}
    estimator = kind(**seeded | options)
    if get_tags(estimator).target_tags.required:
        raise ConfigError(
            f"transformer: {name} needs labels, which are for scores only; expected one without"
        )
    return estimator
