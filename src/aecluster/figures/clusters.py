"""What is in the clusters: random images of each."""

import math
import os
from collections.abc import Callable

import numpy as np

from aecluster.figures.canvas import DPI, drawing, write_title
from aecluster.figures.mosaic import CAPTION_POINTS, Mosaic, check_images
from aecluster.store import Split

# Images of a row.
N_IMAGES = 10
# Rows of a picture that one still looks at.
_MOST_ROWS = 40


def draw_clusters(
    path: str | os.PathLike[str],
    pixels: Split,
    labels: np.ndarray,
    *,
    representation: str,
    seed: int = 0,
) -> None:
    """Draw ten random images of every cluster, one row per cluster, with its size.

    The images are a random sample and not those nearest to the centroid, since the nearest look
    alike in any clustering. Where classes are known, the most frequent one and its share stand
    beside the row. Of more than 40 clusters the 40 largest are drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    pixels : Split
        The split that was clustered, as images: `X` of shape (n, height, width, 1 or 3).
    labels : ndarray of shape (n,), int
        Cluster of each image.
    representation : str
        What was clustered, for the title.
    seed : int, default=0
        Of the sample.

    Raises
    ------
    ValueError
        If `pixels` holds no images, or there is not one label per image.
    """
    rng = np.random.default_rng(seed)
    draw_rows(
        path,
        pixels,
        labels,
        lambda members: np.sort(rng.choice(members, min(len(members), N_IMAGES), replace=False)),
        f"Random images of the clusters of {representation}",
    )


def draw_rows(
    path: str | os.PathLike[str],
    pixels: Split,
    labels: np.ndarray,
    choose: Callable[[np.ndarray], np.ndarray],
    title: str,
) -> None:
    """Draw some images of each cluster, one row per cluster, beside its size and commonest class.

    Parameters
    ----------
    path, pixels, labels
        As for `draw_clusters`.
    choose : callable
        From the numbers of a cluster's images to those that are drawn, at most `N_IMAGES`.
    title : str
        What the images are; which clusters are shown is added.

    Raises
    ------
    ValueError
        As for `draw_clusters`.
    """
    check_labels(labels, pixels)
    clusters, shown = largest_clusters(labels)
    members = [np.flatnonzero(labels == cluster) for cluster in clusters]
    captions = [_describe(*named, pixels) for named in zip(clusters, members, strict=True)]
    rows = [_images(pixels, choose(numbers)) for numbers in members]
    mosaic = Mosaic(*pixels.X.shape[1:3], len(rows), N_IMAGES)
    left, top = _width_of(captions) + 0.2, 0.4
    with drawing(path, left + mosaic.size[0] + 0.1, top + mosaic.size[1] + 0.1) as figure:
        write_title(figure, f"{title} ({shown}, n = {len(labels):,})")
        axes = mosaic.show(figure, rows, left, top)
        for row, caption in enumerate(captions):
            axes.annotate(
                caption,
                (-0.5, mosaic.top(row) + mosaic.height / 2),
                (-6, 0),
                textcoords="offset points",
                annotation_clip=False,
                ha="right",
                va="center",
                fontsize=CAPTION_POINTS,
                linespacing=1.3,
            )


def check_labels(labels: np.ndarray, pixels: Split) -> None:
    """Raise ValueError unless `pixels` holds images, and `labels` one label for each of them."""
    check_images(pixels.X, "pixels")
    if len(labels) != len(pixels) or len(labels) == 0:
        raise ValueError(
            f"labels: found {len(labels)}, expected one for each of the {len(pixels)} images"
        )


def largest_clusters(labels: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the clusters that a picture shows, at most 40, and how to say which they are."""
    counts = np.bincount(labels)
    n_clusters = np.count_nonzero(counts)
    largest = np.argsort(-counts, kind="stable")[: min(n_clusters, _MOST_ROWS)]
    is_cut = n_clusters > _MOST_ROWS
    shown = f"the {_MOST_ROWS} largest of {n_clusters}" if is_cut else f"k = {n_clusters}"
    return np.sort(largest), shown


def _describe(cluster: int, members: np.ndarray, pixels: Split) -> str:
    lines = [f"cluster {cluster}", f"n = {len(members):,}"]
    if pixels.y is not None:
        counts = np.bincount(pixels.y[members])
        most = counts.argmax()
        lines.append(f"{pixels.class_names[most]} {counts[most] / len(members):.0%}")
    return "\n".join(lines)


def _images(pixels: Split, numbers: np.ndarray) -> np.ndarray:
    # HDF5 reads rows in increasing order only.
    increasing, places = np.unique(numbers, return_inverse=True)
    return pixels.X[increasing][places] * pixels.scale


def _width_of(captions: list[str]) -> float:
    """Return the inches that the longest line takes, in whole dots so that images stay sharp."""
    n_characters = max(len(line) for caption in captions for line in caption.splitlines())
    # DejaVu Sans: a character is about 0.6 of its size wide; a point is 1/72 inch.
    return math.ceil(n_characters * 0.6 * CAPTION_POINTS / 72 * DPI) / DPI
