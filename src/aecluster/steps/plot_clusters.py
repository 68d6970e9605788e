"""From the files of one clustering to its pictures."""

import os
from collections.abc import Mapping

from aecluster.figures import (
    draw_centroids,
    draw_clusters,
    draw_confusion,
    draw_map,
    draw_nearest,
    draw_silhouettes,
)
from aecluster.store import Store, read_clustering, read_silhouettes

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
        How the map is made.

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
        # The axes of a part of a large split are its own to within what a picture shows.
        rows = points.thinned()
        y = None if shown.y is None else shown.y[rows]
        X, names = points.matrix_of(rows), shown.class_names
        options = {"n_points": len(points), "kind": map_kind}
        draw_map(pictures["map"], X, labels[rows], y, names, **options, **name)
