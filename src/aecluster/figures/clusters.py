"""Pictures of a clustering: what is in the clusters, nearest and at random, and their centres."""

import math
import os

import numpy as np
from scipy.sparse import csr_array

from aecluster.figures.canvas import DPI, drawing, write_title
from aecluster.figures.mosaic import Mosaic, check_images, scale_on_paper
from aecluster.store import Split

_N_SAMPLES = 12
# Rows of a picture that one still looks at.
_MOST_ROWS = 40
_CAPTION_POINTS = 7
_BLOCK_VALUES = 2**22  # 16 MiB of float32


def draw_clusters(
    path: str | os.PathLike[str],
    pixels: Split,
    labels: np.ndarray,
    *,
    representation: str,
    seed: int = 0,
) -> None:
    """Draw twelve random images of every cluster, a row a cluster, with its size.

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
        If `pixels` holds no images, or not one a label.
    """
    _check(pixels, labels)
    clusters, shown = largest_clusters(labels)
    members = [np.flatnonzero(labels == cluster) for cluster in clusters]
    rng = np.random.default_rng(seed)
    _draw_rows(
        path,
        pixels,
        [np.sort(rng.choice(m, min(len(m), _N_SAMPLES), replace=False)) for m in members],
        [_describe(*named, pixels) for named in zip(clusters, members, strict=True)],
        f"Random images of the clusters of {representation} ({shown}, n = {len(labels):,})",
    )


def draw_nearest(
    path: str | os.PathLike[str],
    pixels: Split,
    points: Split,
    labels: np.ndarray,
    centroids: np.ndarray,
    *,
    representation: str,
) -> None:
    """Draw the twelve images nearest to every centroid, a row a cluster, the nearest first.

    They show what a centroid stands for, and flatter; `draw_clusters` shows what else is in.
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
        If `pixels` holds no images, or not one a label, or `points` do not fit the centroids.
    """
    _check(pixels, labels)
    if len(points) != len(labels) or points.n_features != centroids.shape[1]:
        raise ValueError(
            f"points: found {len(points)} of {points.n_features} values, expected {len(labels)} of "
            f"{centroids.shape[1]}, as labels and centroids have"
        )
    distances = _distances(points, labels, centroids)
    clusters, shown = largest_clusters(labels)
    members = [np.flatnonzero(labels == cluster) for cluster in clusters]
    _draw_rows(
        path,
        pixels,
        [m[np.argsort(distances[m], kind="stable")[:_N_SAMPLES]] for m in members],
        [_describe(*named, pixels) for named in zip(clusters, members, strict=True)],
        f"Images nearest to the centroids of {representation} ({shown}, n = {len(labels):,})",
    )


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
        If `pixels` holds no images, not one a label, or centroids of `pixels` have another size.
    """
    _check(pixels, labels)
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
                fontsize=_CAPTION_POINTS,
            )


def _check(pixels: Split, labels: np.ndarray) -> None:
    check_images(pixels.X, "pixels")
    if len(labels) != len(pixels) or len(labels) == 0:
        raise ValueError(
            f"labels: found {len(labels)}, expected one for each of the {len(pixels)} images"
        )


def _describe(cluster: int, members: np.ndarray, pixels: Split) -> str:
    lines = [f"cluster {cluster}", f"n = {len(members):,}"]
    if pixels.y is not None:
        counts = np.bincount(pixels.y[members])
        most = counts.argmax()
        lines.append(f"{pixels.class_names[most]} {counts[most] / len(members):.0%}")
    return "\n".join(lines)


def _width_of(captions: list[str]) -> float:
    """Return the inches that the longest line takes, in whole dots so that images stay sharp."""
    n_characters = max(len(line) for caption in captions for line in caption.splitlines())
    # DejaVu Sans: a character is about 0.6 of its size wide; a point is 1/72 inch.
    return math.ceil(n_characters * 0.6 * _CAPTION_POINTS / 72 * DPI) / DPI


def largest_clusters(labels: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the clusters that a picture shows, at most 40, and how to say which they are."""
    counts = np.bincount(labels)
    n_clusters = np.count_nonzero(counts)
    largest = np.argsort(-counts, kind="stable")[: min(n_clusters, _MOST_ROWS)]
    is_cut = n_clusters > _MOST_ROWS
    shown = f"the {_MOST_ROWS} largest of {n_clusters}" if is_cut else f"k = {n_clusters}"
    return np.sort(largest), shown


def _draw_rows(
    path: str | os.PathLike[str],
    pixels: Split,
    rows: list[np.ndarray],
    captions: list[str],
    title: str,
) -> None:
    """Draw images of `pixels` by their numbers, each row beside its caption."""
    mosaic = Mosaic(*pixels.X.shape[1:3], len(rows), _N_SAMPLES)
    left, top = _width_of(captions) + 0.2, 0.4
    with drawing(path, left + mosaic.size[0] + 0.1, top + mosaic.size[1] + 0.1) as figure:
        write_title(figure, title)
        axes = mosaic.show(figure, [_images(pixels, numbers) for numbers in rows], left, top)
        for row, caption in enumerate(captions):
            axes.annotate(
                caption,
                (-0.5, mosaic.top(row) + mosaic.height / 2),
                (-6, 0),
                textcoords="offset points",
                annotation_clip=False,
                ha="right",
                va="center",
                fontsize=_CAPTION_POINTS,
                linespacing=1.3,
            )


def _images(pixels: Split, numbers: np.ndarray) -> np.ndarray:
    # HDF5 reads rows in increasing order only.
    increasing, places = np.unique(numbers, return_inverse=True)
    return pixels.X[increasing][places] * pixels.scale


def _distances(points: Split, labels: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    n_rows = max(1, _BLOCK_VALUES // points.n_features)
    starts = range(0, len(points), n_rows)
    return np.concatenate(
        [
            np.linalg.norm(block - centroids[labels[start : start + n_rows]], axis=1)
            for start, block in zip(starts, points.blocks(n_rows), strict=True)
        ]
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
