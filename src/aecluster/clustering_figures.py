"""From the files of one clustering to its pictures."""

import os
from collections.abc import Mapping

import numpy as np

from aecluster.figures import (
    draw_centroids,
    draw_clusters,
    draw_confusion,
    draw_map,
    draw_nearest,
    draw_silhouettes,
)
from aecluster.store import Split, Store, read_clustering, read_silhouettes

_MOST_MAPPED = 20_000
_BLOCK_VALUES = 2**22  # 16 MiB of float32

Path = str | os.PathLike[str]


def draw_clustering(
    pictures: Mapping[str, Path],
    split: str,
    *,
    pixels: Path,
    store: Path,
    clustering: Path,
    silhouettes: Path,
    map_kind: str = "pca",
) -> None:
    """Draw what there is to see of a clustering.

    Parameters
    ----------
    pictures : mapping of str to path-like
        PNG files to make: `clusters`, `centroids`, `nearest`, `silhouettes`, `confusion`, `map`.
    split : str
        `train` or `test`.
    pixels, store : path-like
        Stores of the images and of the representation that was clustered.
    clustering, silhouettes : path-like
        Labels and centroids, and the silhouettes of the points in the representation's space.
    map_kind : {"pca", "tsne", "umap"}, default="pca"
        How the map is made. Of more than 20,000 points it is made from a random sample.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    with Store(pixels) as images, Store(store) as vectors:
        name = {"representation": vectors.representation}
        shown, points = images[split], vectors[split]
        classes = shown.y, shown.class_names
        draw_clusters(pictures["clusters"], shown, labels, **name)
        draw_centroids(pictures["centroids"], shown, labels, centroids, **name)
        draw_nearest(pictures["nearest"], shown, points, labels, centroids, **name)
        draw_silhouettes(pictures["silhouettes"], read_silhouettes(silhouettes), labels, **name)
        draw_confusion(pictures["confusion"], labels, *classes, **name)
        chosen, X = _some(points)
        draw_map(
            pictures["map"],
            X,
            labels[chosen],
            None if shown.y is None else shown.y[chosen],
            shown.class_names,
            n_points=len(points),
            kind=map_kind,
            **name,
        )


def _some(points: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and rows of all points, or of a random sample of many, read in blocks."""
    if len(points) <= _MOST_MAPPED:
        return np.arange(len(points)), points.matrix()
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.choice(len(points), _MOST_MAPPED, replace=False))
    rows, n_rows = [], max(1, _BLOCK_VALUES // points.n_features)
    for number, block in enumerate(points.blocks(n_rows)):
        start = number * n_rows
        rows.append(block[chosen[(chosen >= start) & (chosen < start + len(block))] - start])
    return chosen, np.concatenate(rows)
