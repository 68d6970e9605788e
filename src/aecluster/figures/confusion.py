"""Clusters against the known classes, matched."""

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from scipy.optimize import linear_sum_assignment

from aecluster.figures.canvas import BLUE, VERMILION, drawing, write_title

_SHADES = LinearSegmentedColormap.from_list("shades of blue", ["white", BLUE])
# Inches of a cell.
_WIDTH, _HEIGHT = 0.55, 0.28


def draw_confusion(
    path: str | os.PathLike[str],
    labels: np.ndarray,
    y: np.ndarray | None,
    class_names: Sequence[str],
    *,
    representation: str,
) -> None:
    """Draw how many images of every class are in every cluster.

    The best one-to-one matching of clusters to classes stands on the diagonal, framed: its share of
    all images is the accuracy. Clusters that are left over follow. Without classes the sizes of the
    clusters are drawn.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    labels : ndarray of shape (n,), int
        Cluster of each image.
    y : ndarray of shape (n,), int, or None
        Class of each image, if it is known; -1 of one without, which is not counted.
    class_names : sequence of str
        Names of the classes by label.
    representation : str
        What was clustered, for the title.

    Raises
    ------
    ValueError
        If there is not one class per label.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path, labels = Path(tempfile.mkdtemp()) / "confusion.png", np.array([0, 1, 1])
    >>> draw_confusion(path, labels, 1 - labels, ["cat", "dog"], representation="pixels")
    >>> path.exists()
    True
    """
    if y is not None and len(y) != len(labels):
        raise ValueError(
            f"y: found {len(y)} classes, expected one for each of {len(labels)} labels"
        )
    if y is not None:
        has_class = y >= 0
        labels, y = (labels[has_class], y[has_class]) if has_class.any() else (labels, None)
    if y is None:
        clusters, counts = np.unique(labels, return_counts=True)
        title = f"Sizes of the clusters of {representation} (n = {len(labels):,})"
        _draw_cells(path, counts[:, None], clusters, ["images"], title, n_matched=0)
        return
    clusters, counts = _count(labels, y, len(class_names))
    rows, columns = linear_sum_assignment(-counts)
    accuracy = counts[rows, columns].sum() / len(labels)
    row_order = [*rows[np.argsort(columns)], *np.setdiff1d(np.arange(len(clusters)), rows)]
    column_order = [*np.sort(columns), *np.setdiff1d(np.arange(len(class_names)), columns)]
    _draw_cells(
        path,
        counts[np.ix_(row_order, column_order)],
        clusters[row_order],
        [class_names[column] for column in column_order],
        f"Clusters and classes of {representation}\n"
        f"(k = {len(clusters)}, n = {len(labels):,}, accuracy {accuracy:.4f})",
        n_matched=len(rows),
    )


def _count(labels: np.ndarray, y: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    clusters, places = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(clusters), n_classes), dtype=np.int64)
    np.add.at(counts, (places, y), 1)
    return clusters, counts


def _draw_cells(
    path: str | os.PathLike[str],
    counts: np.ndarray,
    clusters: np.ndarray,
    class_names: Sequence[str],
    title: str,
    n_matched: int,
) -> None:
    n_rows, n_columns = counts.shape
    longest = max(map(len, class_names))
    left, top, bottom = 1.3, 0.6, 0.35 + 0.065 * longest
    width, height = n_columns * _WIDTH, n_rows * _HEIGHT
    whole = (max(left + width + 0.3, 4.5), top + height + bottom)
    with drawing(path, *whole) as figure:
        write_title(figure, title)
        axes = figure.add_axes(
            (left / whole[0], bottom / whole[1], width / whole[0], height / whole[1])
        )
        shares = counts / counts.sum(axis=1, keepdims=True)
        axes.imshow(shares, cmap=_SHADES, vmin=0, vmax=1, aspect="auto")
        for (row, column), count in np.ndenumerate(counts):
            axes.text(
                column, row, f"{count:,}", ha="center", va="center", fontsize=7,
                color="white" if shares[row, column] > 0.6 else "black",
            )  # fmt: skip
        for place in range(n_matched):
            corner = (place - 0.5, place - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=VERMILION, clip_on=False))
        names = [f"{c}: n = {n:,}" for c, n in zip(clusters, counts.sum(axis=1), strict=True)]
        axes.set_yticks(range(n_rows), names, fontsize=7)
        axes.set_xticks(range(n_columns), class_names, fontsize=7, rotation=45, ha="right")
        axes.tick_params(length=0)
        axes.set_ylabel("cluster")
        axes.set_xlabel("class (number of images; shade: share of the cluster)", fontsize=8)
        axes.spines[:].set_visible(False)
