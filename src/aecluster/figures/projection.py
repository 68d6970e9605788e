"""A space of many dimensions as a map: its two principal components."""

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from aecluster.figures.canvas import MARKERS, PALETTE, drawing, write_title

# More points than this hide each other.
_MOST_POINTS = 3000
_MOST_NAMES = 20


def draw_map(
    path: str | os.PathLike[str],
    X: np.ndarray,
    labels: np.ndarray,
    y: np.ndarray | None,
    class_names: Sequence[str],
    *,
    representation: str,
    seed: int = 0,
) -> None:
    """Draw the points on their first two principal components, by cluster and by class.

    Of more than 3000 points a random sample is drawn, as the title says; the components are those
    of all points. What overlaps here may lie apart in the dimensions that are not drawn: the axes
    say which share of the variance they hold.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    X : ndarray of shape (n, d), d >= 2
        The points that were clustered.
    labels : ndarray of shape (n,), int
        Cluster of each point.
    y : ndarray of shape (n,), int, or None
        Class of each point, if it is known: a second map is coloured by it.
    class_names : sequence of str
        Names of the classes by label.
    representation : str
        What was clustered, for the title.
    seed : int, default=0
        Of the sample, and of the solver of large matrices.

    Raises
    ------
    ValueError
        If there is not one label, or class, a point.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path, X = Path(tempfile.mkdtemp()) / "map.png", np.eye(4)
    >>> draw_map(path, X, np.array([0, 0, 1, 1]), None, [], representation="pixels")
    >>> path.exists()
    True
    """
    from sklearn.decomposition import PCA

    for name, values in (("labels", labels), ("y", y)):
        if values is not None and len(values) != len(X):
            raise ValueError(
                f"{name}: found {len(values)}, expected one for each of {len(X)} points"
            )
    pca = PCA(n_components=2, random_state=seed)
    points = pca.fit_transform(X)
    n_drawn = min(len(X), _MOST_POINTS)
    drawn = np.sort(np.random.default_rng(seed).choice(len(X), n_drawn, replace=False))
    clusters = {int(c): f"{c}" for c in np.unique(labels)}
    panels = [("cluster", labels, clusters)]
    if y is not None:
        panels.append(("class", y, dict(enumerate(class_names))))
    sample = "" if n_drawn == len(X) else f", {n_drawn:,} of them drawn"
    with drawing(path, 4.4 * len(panels) + 0.6, 5.0) as figure:
        write_title(
            figure,
            f"Principal components of {representation} (n = {len(X):,}{sample})",
        )
        first = None
        for place, (word, values, names) in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), place + 1, sharex=first, sharey=first)
            first = first or axes
            _scatter(axes, points[drawn], values[drawn], names)
            axes.set_title(f"by {word}", fontsize=9)
            for set_label, number in ((axes.set_xlabel, 0), (axes.set_ylabel, 1)):
                share = pca.explained_variance_ratio_[number]
                set_label(f"component {number + 1} ({share:.1%} of the variance)")
        figure.tight_layout(rect=(0, 0, 1, 0.95))


def _scatter(axes: Axes, points: np.ndarray, values: np.ndarray, names: dict[int, str]) -> None:
    for place, (value, name) in enumerate(names.items()):
        chosen = points[values == value]
        axes.scatter(
            *chosen.T,
            s=9,
            color=PALETTE[place % len(PALETTE)],
            marker=MARKERS[place % len(MARKERS)],
            alpha=0.6,
            linewidths=0,
            label=name,
        )
    if len(names) <= _MOST_NAMES:
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5, frameon=False, fontsize=7,
            markerscale=2, handletextpad=0.1, columnspacing=0.8,
        )  # fmt: skip
