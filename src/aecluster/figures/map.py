"""A space of many dimensions as a map of two."""

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from aecluster.figures.canvas import MARKERS, PALETTE, drawing, write_title
from aecluster.store import Split

# More points than this hide each other.
_MOST_POINTS = 3000
_MOST_NAMES = 20


def draw_map(
    path: str | os.PathLike[str],
    points: Split,
    labels: np.ndarray,
    y: np.ndarray | None,
    class_names: Sequence[str],
    *,
    representation: str,
    map_kind: str = "pca",
    seed: int = 0,
) -> None:
    """Draw the points in two dimensions, by cluster and by class.

    The first two principal components keep distances, and the axes say which share of the variance
    they hold: what overlaps may lie apart in the others. t-SNE and UMAP keep neighbours together;
    sizes of groups and distances between them mean nothing. Of more than 3000 points a random
    sample is drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    points : Split
        What was clustered: n points of at least two values. Of a split that is too large for
        memory evenly spread rows are looked at.
    labels : ndarray of shape (n,), int
        Cluster of each point.
    y : ndarray of shape (n,), int, or None
        Class of each point, if it is known: a second map is coloured by it.
    class_names : sequence of str
        Names of the classes by label.
    representation : str
        What was clustered, for the title.
    map_kind : {"pca", "tsne", "umap"}, default="pca"
        How the two dimensions are found.
    seed : int, default=0
        Of the sample, and of what is random in the method.

    Raises
    ------
    ValueError
        If there is not one label, or class, per point.

    References
    ----------
    van der Maaten and Hinton, "Visualizing data using t-SNE", Journal of Machine Learning Research
    9 (2008), 2579-2605. McInnes, Healy and Melville, "UMAP", arXiv 1802.03426.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path, points = Path(tempfile.mkdtemp()) / "map.png", Split(np.eye(4), None, (), scale=1)
    >>> draw_map(path, points, np.array([0, 0, 1, 1]), None, [], representation="pixels")
    >>> path.exists()
    True
    """
    for name, values in (("labels", labels), ("y", y)):
        if values is not None and len(values) != len(points):
            raise ValueError(
                f"{name}: found {len(values)}, expected one for each of {len(points)} points"
            )
    # The axes of a part of a large split are its own to within what a picture shows.
    rows = points.thinned()
    X, labels, y = points.matrix_of(rows), labels[rows], None if y is None else y[rows]
    n_drawn = min(len(X), _MOST_POINTS)
    drawn = np.sort(np.random.default_rng(seed).choice(len(X), n_drawn, replace=False))
    title, places, axis_labels = _project(X, drawn, map_kind, seed)
    clusters = {int(c): f"{c}" for c in np.unique(labels)}
    panels = [("cluster", labels, clusters)]
    if y is not None:
        panels.append(("class", y, dict(enumerate(class_names))))
    sample = "" if n_drawn == len(points) else f", {n_drawn:,} of them drawn"
    with drawing(path, 4.4 * len(panels) + 0.6, 5.0) as figure:
        write_title(figure, f"{title} of {representation} (n = {len(points):,}{sample})")
        first = None
        for number, (word, values, names) in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), number + 1, sharex=first, sharey=first)
            first = first or axes
            # Cluster 3 has nothing to do with class 3: it must not look like it.
            step = 1 if word == "cluster" else -1
            _scatter(axes, places, values[drawn], names, PALETTE[::step], MARKERS[::step])
            if len(names) <= _MOST_NAMES:
                _add_legend(axes, word)
            axes.set_title(f"by {word}", fontsize=9)
            axes.set_xlabel(axis_labels[0])
            axes.set_ylabel(axis_labels[1])
        figure.tight_layout(rect=(0, 0, 1, 0.95))


def _project(
    X: np.ndarray, drawn: np.ndarray, kind: str, seed: int
) -> tuple[str, np.ndarray, list[str]]:
    """Return the method's name, the drawn points in two dimensions, and the axes' labels."""
    if kind == "pca":
        from sklearn.decomposition import PCA

        pca = PCA(n_components=2, random_state=seed).fit(X)
        shares = pca.explained_variance_ratio_
        labels = [f"component {i + 1} ({shares[i]:.1%} of the variance)" for i in range(2)]
        return "Principal components", pca.transform(X[drawn]), labels
    if kind == "tsne":
        from sklearn.manifold import TSNE

        # The customary perplexity; fewer than so many neighbours are taken of few points.
        tsne = TSNE(perplexity=min(30, (len(drawn) - 1) / 3), init="pca", random_state=seed)
        return "t-SNE", tsne.fit_transform(X[drawn]), ["t-SNE 1", "t-SNE 2"]
    from umap import UMAP

    umap = UMAP(random_state=seed, n_jobs=1)
    return "UMAP", umap.fit_transform(X[drawn]), ["UMAP 1", "UMAP 2"]


def _scatter(
    axes: Axes,
    points: np.ndarray,
    values: np.ndarray,
    names: dict[int, str],
    colours: Sequence[str],
    markers: Sequence[str],
) -> None:
    for place, (value, name) in enumerate(names.items()):
        chosen = points[values == value]
        axes.scatter(
            *chosen.T,
            s=9,
            color=colours[place % len(colours)],
            marker=markers[place % len(markers)],
            alpha=0.6,
            linewidths=0,
            label=name,
        )


def _add_legend(axes: Axes, title: str) -> None:
    axes.legend(
        title=title, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5, frameon=False,
        fontsize=8, title_fontsize=8, markerscale=2, handletextpad=0.1, columnspacing=0.8,
    )  # fmt: skip
