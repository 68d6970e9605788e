"""From the files of one clustering to its pictures."""

import os
from collections.abc import Mapping

from aecluster.figures.registry import draw
from aecluster.store import Store, read_clustering, read_silhouettes

Path = str | os.PathLike[str]


def plot_clusters(
    files: Mapping[str, Path],
    split: str,
    *,
    pixels: Path,
    store: Path,
    clustering: Path,
    silhouettes: Path,
    map_kind: str,
) -> None:
    """Draw what there is to see of a clustering.

    Parameters
    ----------
    files : mapping of str to path-like
        PNG files to make, by the names of their pictures in `aecluster.figures.registry`. A
        picture's function is given what it names of `pixels` and `points` (the split as images and
        in the representation that was clustered), `labels`, `centroids`, `silhouettes`, `y`,
        `class_names`, `representation` (its name) and `map_kind`.
    split : str
        `train` or `test`.
    pixels, store : path-like
        Stores of the images and of the representation that was clustered.
    clustering, silhouettes : path-like
        Labels and centroids, and the silhouettes of the points in the representation's space.
    map_kind : {"pca", "tsne", "umap"}
        How the map is made.

    Raises
    ------
    StoreError
        If a file is missing, cut short, or holds something else.
    """
    labels, centroids = read_clustering(clustering)
    with Store(pixels) as images, Store(store) as vectors:
        shown = images[split]
        draw(
            files,
            pixels=shown,
            points=vectors[split],
            labels=labels,
            centroids=centroids,
            silhouettes=read_silhouettes(silhouettes),
            y=shown.y,
            class_names=shown.class_names,
            representation=vectors.representation,
            map_kind=map_kind,
        )
