"""From a clustering that may leave images in no cluster to its scores.

Without such images, which are noise, all is as `aecluster.steps.evaluate` does it. With them:

- Scores of distances, and silhouettes, are those of the images in clusters.
- Scores against the classes are of all images. Noise counts as a group of its own, as scikit-learn
  counts the label -1; but in accuracy and purity no image of it is right.
- A clustering of fewer than two clusters has scores against the classes only.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from aecluster.clusterers.partition import NOISE
from aecluster.metrics import METRICS
from aecluster.metrics._counts import count
from aecluster.steps.evaluate import Evaluation, evaluate
from aecluster.steps.points import write_points
from aecluster.store import Split, Store, read_clustering, write_clustering

# Shares of images that are right, which none of noise is.
_SHARES = ("accuracy", "purity")
# The only split of a store of some of the rows.
_CLUSTERED = "test"


def evaluate_clusterer(
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
    store, clustering, split, spaces, seed, max_exact
        As for `aecluster.steps.evaluate.evaluate`; the labels may be -1.

    Returns
    -------
    Evaluation
        Silhouettes of noise are NaN. The details have `n_clustered` beside `n`, where some images
        are noise.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    is_clustered = labels != NOISE
    # Indices of pairs need two clusters, and more images than clusters.
    has_pairs = 1 < len(centroids) < is_clustered.sum()
    if is_clustered.all() and has_pairs:
        return evaluate(store, clustering, split, spaces, seed=seed, max_exact=max_exact)
    with Store(store) as opened:
        rows = opened[split]
        y, d = rows.y, rows.n_features
    found = Evaluation({}, np.empty(0), {"n": len(labels), "d": d})
    if has_pairs:
        found = _of_clustered(
            store, labels, centroids, split, spaces, seed=seed, max_exact=max_exact
        )
    silhouettes = np.full(len(labels), np.nan)
    silhouettes[is_clustered] = found.silhouettes if len(found.silhouettes) else np.nan
    scores = {name: value for name, value in found.scores.items() if not _is_external(name)}
    details: dict[str, Any] = {**found.details, "n": len(labels), "d": d}
    details["n_clustered"] = int(is_clustered.sum())
    if y is not None and (y >= 0).any():
        scores |= _against(y, labels)
        details["n_labelled"] = int((y >= 0).sum())
    ordered = [*METRICS, *scores]
    return Evaluation(
        {name: scores[name] for name in dict.fromkeys(ordered) if name in scores},
        silhouettes,
        details,
    )


def write_all_points(
    path: str | os.PathLike[str],
    store: str | os.PathLike[str],
    clustering: str | os.PathLike[str],
    split: str,
    silhouettes: np.ndarray,
) -> None:
    """Write one row per image as `aecluster.steps.points.write_points` does, noise among them.

    An image in no cluster has the cluster -1, no distance and no silhouette.
    """
    labels, centroids = read_clustering(clustering)
    # The last row, to which a label of -1 leads.
    nowhere = np.full((1, centroids.shape[1]), np.nan)
    with tempfile.TemporaryDirectory(prefix="aecluster-") as folder:
        padded = Path(folder) / "clustering.h5"
        write_clustering(padded, labels, np.concatenate([centroids, nowhere]))
        write_points(path, store, padded, split, silhouettes)


def _of_clustered(
    store: str | os.PathLike[str],
    labels: np.ndarray,
    centroids: np.ndarray,
    split: str,
    spaces: Mapping[str, str | os.PathLike[str]],
    **options: Any,
) -> Evaluation:
    """Return the evaluation of the images in clusters alone, from stores of these."""
    rows = np.flatnonzero(labels != NOISE)
    with tempfile.TemporaryDirectory(prefix="aecluster-") as folder:
        clustering = Path(folder) / "clustering.h5"
        write_clustering(clustering, labels[rows], centroids)
        made: dict[str, Path] = {}
        for place, path in enumerate(dict.fromkeys([store, *spaces.values()])):
            made[os.fspath(path)] = Path(folder) / f"{place}.h5"
            _write_some(made[os.fspath(path)], path, split, rows)
        others = {name: made[os.fspath(path)] for name, path in spaces.items()}
        return evaluate(made[os.fspath(store)], clustering, _CLUSTERED, others, **options)


def _write_some(new: Path, store: str | os.PathLike[str], split: str, rows: np.ndarray) -> None:
    with Store(store) as opened:
        whole = opened[split]
        with Store.create(
            new,
            dataset=opened.dataset,
            representation=opened.representation,
            source_digest=opened.source_digest,
        ) as some:
            some.add_split(
                _CLUSTERED,
                _blocks(whole, rows),
                n=len(rows),
                y=None if whole.y is None else whole.y[rows],
                class_names=whole.class_names,
                scale=whole.scale if whole.X.dtype == np.uint8 else None,
            )


def _blocks(whole: Split, rows: np.ndarray) -> Iterator[np.ndarray]:
    start = 0
    for block in whole.unscaled_blocks():
        inside = rows[(rows >= start) & (rows < start + len(block))]
        if len(inside):
            yield block[inside - start]
        start += len(block)


def _against(y: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the scores against the classes, of the images that have one."""
    y, labels = y[y >= 0], labels[y >= 0]
    clustered = labels != NOISE
    scores = _external(y, labels)
    within = _external(y[clustered], labels[clustered]) if clustered.any() else {}
    return scores | {name: within.get(name, 0.0) * clustered.mean() for name in _SHARES}


def _external(y: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    # What these look at; a single cluster, of which there is no other score, has them too.
    of = SimpleNamespace(labels=labels, y=y, counts=count(y, labels))
    return {name: METRICS[name].compute(of) for name in METRICS if _is_external(name)}


def _is_external(name: str) -> bool:
    return name in METRICS and METRICS[name].kind == "external"
