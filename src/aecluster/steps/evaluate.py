"""From a clustering and the stores of some spaces to its scores, and to those of its controls.

Every clustering is scored in the space in which it was made. Scores of two spaces do not compare:
distances there mean different things. So it can be scored in further spaces too, in which all
clusterings meet; and beside it, in its own space, what a score is worth: random labels with the
same cluster sizes, and the classes themselves as a clustering.

The silhouette and the Dunn index need all pairs of points. Of a split too large for that, the
silhouette is that of a sample, with its standard error, and there is no Dunn index.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecluster.metrics import (
    METRICS,
    InternalIndices,
    SampledIndices,
    internal_indices,
    sampled_indices,
    score_clustering,
)
from aecluster.records.record import STANDARD_ERROR
from aecluster.store import Split, Store, read_clustering

# Gives a mean silhouette of spread 0.1 to about 0.002.
_N_SAMPLED = 2000


@dataclass(frozen=True)
class Evaluation:
    """The scores of a clustering.

    Attributes
    ----------
    scores : dict of str to float
        By the names of `METRICS`; in another space by `<metric>_in_<space>`. A silhouette of a
        sample has its standard error under the same name after `se_`.
    silhouettes : ndarray of shape (n,), float64
        Silhouette of each point in the clustering's own space; NaN where it is not sampled.
    details : dict
        `n`, `d`: number of points and of their values; `n_sampled`, where silhouettes are those of
        a sample; `controls`: scores of `random` labels and of the `classes`, by name.
    """

    scores: dict[str, float]
    silhouettes: np.ndarray
    details: dict[str, Any]


def evaluate(
    store: str | os.PathLike[str],
    clustering: str | os.PathLike[str],
    split: str,
    spaces: Mapping[str, str | os.PathLike[str]],
    *,
    seed: int = 0,
    max_exact: int = 20_000,
) -> Evaluation:
    """Score a clustering by every metric that applies.

    Parameters
    ----------
    store : path-like
        Store of the representation that was clustered.
    clustering : path-like
        Its labels and centroids.
    split : str
        `train`, `test` or `all`.
    spaces : mapping of str to path-like
        Stores of the spaces to score it in too, by name; its own may be among them.
    seed : int, default=0
        Of the random labels, and of a sample.
    max_exact : int, default=20000
        Most rows of which the indices of all pairs are computed; of more the split is streamed.

    Returns
    -------
    Evaluation
        The classes are a control where there are as many as clusters, since most indices change
        with k, and every image has one. Scores that compare with the classes are of the images
        that have a label; `n_labelled` of the details says of how many, where not of all.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    with Store(store) as opened:
        space = _Space(opened[split], max_exact, seed)
        y = _masked(opened[split].y)
        details: dict[str, Any] = {"n": len(labels), "d": space.n_features}
        indices = space.indices(labels)
        scores = space.score(labels, indices, y, centroids)
        if isinstance(indices, SampledIndices):
            details["n_sampled"] = indices.n_sampled
        if y is not None and y.mask.any():
            details["n_labelled"] = int(y.count())
        details["controls"] = {
            name: space.score(control, space.indices(control), y)
            for name, control in _controls(labels, y, seed).items()
        }
    metrics = [name for name, metric in METRICS.items() if metric.in_other_spaces]
    for name, path in spaces.items():
        found = scores if path == store else _score_in(path, split, labels, max_exact, seed)
        scores = scores | {
            f"{prefix}{metric}_in_{name}": found[prefix + metric]
            for metric in metrics
            for prefix in ("", STANDARD_ERROR)
            if prefix + metric in found
        }
    return Evaluation(scores, indices.silhouette_samples, details)


class _Space:
    """Points of a split, in memory if they are few enough for all their pairs."""

    def __init__(self, rows: Split, max_exact: int, seed: int):
        self.n_features = rows.n_features
        self._points = rows.matrix() if len(rows) <= max_exact else rows
        self._seed = seed

    def indices(self, labels: np.ndarray) -> InternalIndices | SampledIndices:
        if isinstance(self._points, np.ndarray):
            return internal_indices(self._points, labels)
        return sampled_indices(self._points, labels, _N_SAMPLED, self._seed)

    def score(
        self,
        labels: np.ndarray,
        indices: InternalIndices | SampledIndices,
        y: np.ma.MaskedArray | None = None,
        centroids: np.ndarray | None = None,
    ) -> dict[str, float]:
        scores = score_clustering(self._points, labels, y, centroids, indices=indices)
        if isinstance(indices, SampledIndices):
            scores[f"{STANDARD_ERROR}silhouette"] = indices.standard_error
        return scores


def _score_in(
    store: str | os.PathLike[str], split: str, labels: np.ndarray, max_exact: int, seed: int
) -> dict[str, float]:
    with Store(store) as opened:
        space = _Space(opened[split], max_exact, seed)
        return space.score(labels, space.indices(labels))


def _masked(y: np.ndarray | None) -> np.ma.MaskedArray | None:
    """Return the labels with those masked that are none; None where all are."""
    if y is None or (y < 0).all():
        return None
    return np.ma.masked_array(y, y < 0)


def _controls(labels: np.ndarray, y: np.ma.MaskedArray | None, seed: int) -> dict[str, np.ndarray]:
    found = {"random": np.random.default_rng(seed).permutation(labels)}
    if y is None or y.mask.any():
        return found
    if len(np.unique(y.data)) == len(np.unique(labels)):
        found["classes"] = y.data
    return found
