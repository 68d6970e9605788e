"""The centres of the clusters as images."""

import math
import os

import numpy as np
from scipy.sparse import csr_array

from aecluster.figures.canvas import DPI, drawing, write_title
from aecluster.figures.clusters import check_labels
from aecluster.figures.mosaic import CAPTION_POINTS, Mosaic, scale_on_paper
from aecluster.store import Split

_BLOCK_VALUES = 2**22  # 16 MiB of float32


def draw_centroids(
    path: str | os.PathLike[str],
    pixels: Split,
    labels: np.ndarray,
    centroids: np.ndarray,
    *,
    representation: str,
) -> None:
    """Draw the centre of every cluster as an image.

    A centroid of the representation `pixels` is itself an image. Of any other representation the
    mean image of the cluster's members is drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    pixels : Split
        The split that was clustered, as images: `X` of shape (n, height, width, 1 or 3).
    labels : ndarray of shape (n,), int
        Cluster of each image.
    centroids : ndarray of shape (k, d)
        Centres of the clusters in the space of the representation.
    representation : str
        What was clustered.

    Raises
    ------
    ValueError
        If `pixels` holds no images, there is not one label per image, or centroids of `pixels` have
        another size.
    """
    check_labels(labels, pixels)
    counts = np.bincount(labels, minlength=len(centroids))
    if representation == "pixels":
        if centroids.shape[1] != pixels.n_features:
            raise ValueError(
                f"centroids: shape {centroids.shape}, expected (k, {pixels.n_features}) for "
                f"images of shape {pixels.X.shape[1:]}"
            )
        title, centres = "Centroids", centroids
    else:
        title, centres = "Mean images of the clusters", _mean_images(pixels, labels, counts)
    images = centres.reshape(-1, *pixels.X.shape[1:])
    _draw_centres(
        path,
        images,
        counts,
        f"{title} of {representation}\n(k = {len(images)}, n = {len(labels):,})",
    )


def _draw_centres(
    path: str | os.PathLike[str], images: np.ndarray, counts: np.ndarray, title: str
) -> None:
    k, height, width, _ = images.shape
    n_columns = min(k, max(5, math.ceil(math.sqrt(2 * k))))
    per_inch = DPI / scale_on_paper(height, width)
    mosaic = Mosaic(
        height,
        width,
        math.ceil(k / n_columns),
        n_columns,
        gap_x=math.ceil(0.2 * per_inch),
        gap_y=math.ceil(0.4 * per_inch),
    )
    drawn_width = max(mosaic.size[0] + 0.4, 4.0)
    top = 0.9
    with drawing(path, drawn_width, top + mosaic.size[1] + 0.15) as figure:
        write_title(figure, title)
        rows = [images[start : start + n_columns] for start in range(0, k, n_columns)]
        axes = mosaic.show(figure, rows, (drawn_width - mosaic.size[0]) / 2, top)
        for cluster, count in enumerate(counts):
            row, column = divmod(cluster, n_columns)
            axes.annotate(
                f"cluster {cluster}\nn = {count:,}",
                (mosaic.centre_x(column), mosaic.top(row)),
                (0, 3),
                textcoords="offset points",
                annotation_clip=False,
                ha="center",
                va="bottom",
                fontsize=CAPTION_POINTS,
            )


def _mean_images(pixels: Split, labels: np.ndarray, counts: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(counts), pixels.n_features))
    start = 0
    for block in pixels.blocks(max(1, _BLOCK_VALUES // pixels.n_features)):
        n = len(block)
        members = csr_array(
            (np.ones(n), (labels[start : start + n], np.arange(n))), shape=(len(counts), n)
        )
        sums += members @ block
        start += n
    with np.errstate(invalid="ignore"):
        means = sums / counts[:, None]
    return np.nan_to_num(means, nan=1.0)  # an empty cluster stays white
