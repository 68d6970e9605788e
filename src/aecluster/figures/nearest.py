"""What the centroids stand for: the images nearest to each."""

import os

import numpy as np

from aecluster.figures.clusters import N_IMAGES, check_labels, draw_rows
from aecluster.store import Split

_BLOCK_VALUES = 2**22  # 16 MiB of float32


def draw_nearest(
    path: str | os.PathLike[str],
    pixels: Split,
    points: Split,
    labels: np.ndarray,
    centroids: np.ndarray,
    *,
    representation: str,
) -> None:
    """Draw the ten images nearest to every centroid, one row per cluster, nearest first.

    They are a cluster's most typical images; `draw_clusters` shows how mixed it is.
    Of more than 40 clusters the 40 largest are drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    pixels : Split
        The split that was clustered, as images: `X` of shape (n, height, width, 1 or 3).
    points : Split
        The same split in the representation that was clustered, in which distances are taken.
    labels : ndarray of shape (n,), int
        Cluster of each image.
    centroids : ndarray of shape (k, d)
        Centres of the clusters.
    representation : str
        What was clustered, for the title.

    Raises
    ------
    ValueError
        If `pixels` holds no images, there is not one label per image, or `points` do
        not fit the centroids.
    """
    check_labels(labels, pixels)
    if len(points) != len(labels) or points.n_features != centroids.shape[1]:
        raise ValueError(
            f"points: found {len(points)} of {points.n_features} values, expected {len(labels)} of "
            f"{centroids.shape[1]}, as labels and centroids have"
        )
    distances = _distances(points, labels, centroids)
    draw_rows(
        path,
        pixels,
        labels,
        lambda members: members[np.argsort(distances[members], kind="stable")[:N_IMAGES]],
        f"Images nearest to the centroids of {representation}",
    )


def _distances(points: Split, labels: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    n_rows = max(1, _BLOCK_VALUES // points.n_features)
    starts = range(0, len(points), n_rows)
    return np.concatenate(
        [
            np.linalg.norm(block - centroids[labels[start : start + n_rows]], axis=1)
            for start, block in zip(starts, points.blocks(n_rows), strict=True)
        ]
    )
