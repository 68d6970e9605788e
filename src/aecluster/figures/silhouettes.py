"""The silhouette plot: the silhouettes of all points, cluster by cluster."""

import os

import numpy as np

from aecluster.figures.canvas import GRAY, INK, PALETTE, drawing
from aecluster.figures.clusters import largest_clusters

# Share of the height that is white between two clusters.
_GAP = 0.01


def draw_silhouettes(
    path: str | os.PathLike[str],
    silhouettes: np.ndarray,
    labels: np.ndarray,
    *,
    representation: str,
) -> None:
    """Draw the silhouette of every point, one blade per cluster, with size, mean, share below 0.

    A blade is as high as the cluster is large. A point below 0 is nearer to another cluster than to
    its own. Of more than 40 clusters the 40 largest are drawn, as the title says.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    silhouettes : ndarray of shape (n,), float
        Silhouette of each point, -1 to 1; NaN where it is not known, which is not drawn.
    labels : ndarray of shape (n,), int
        Cluster of each point.
    representation : str
        In whose space the distances were taken.

    Raises
    ------
    ValueError
        If there is not one silhouette per label.

    References
    ----------
    Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65, figure 2.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "silhouettes.png"
    >>> draw_silhouettes(path, np.array([0.5, -0.1]), np.array([0, 1]), representation="pixels")
    >>> path.exists()
    True
    """
    if len(silhouettes) != len(labels) or len(labels) == 0:
        raise ValueError(
            f"silhouettes: found {len(silhouettes)}, expected one for each of the {len(labels)} "
            "labels"
        )
    clusters, shown = largest_clusters(labels)
    is_known = ~np.isnan(silhouettes)
    silhouettes, labels = silhouettes[is_known], labels[is_known]
    sample = "" if is_known.all() else f", {len(labels):,} sampled"
    gap = max(1.0, _GAP * len(labels))
    with drawing(path, 6.0, 1.2 + max(2.6, 0.3 * len(clusters))) as figure:
        axes = figure.add_subplot()
        bottom, ticks, names = 0.0, [], []
        for place, cluster in enumerate(clusters):
            blade = np.sort(silhouettes[labels == cluster])
            edges = bottom + np.arange(len(blade) + 1)
            axes.stairs(
                blade,
                edges,
                orientation="horizontal",
                fill=True,
                color=PALETTE[place % len(PALETTE)],
            )
            ticks.append(bottom + len(blade) / 2)
            size, below = f"n = {len(blade):,}", f"{(blade < 0).mean():.0%} < 0"
            names.append(f"{cluster}: {size}, mean {blade.mean():.3f}, {below}")
            bottom += len(blade) + gap
        mean = float(silhouettes.mean(dtype=np.float64))
        axes.axvline(0, color=GRAY, linewidth=0.8)
        axes.axvline(mean, color=INK, linewidth=1, linestyle="--")
        axes.annotate(
            f"mean {mean:.4f}", (mean, 1), (3, -2), xycoords=("data", "axes fraction"),
            textcoords="offset points", va="bottom", fontsize=8,
        )  # fmt: skip
        axes.set_yticks(ticks, names, fontsize=7)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(bottom, -gap)
        axes.set_xlabel(f"silhouette, distances in the space of {representation}")
        figure.suptitle(
            f"Silhouettes by cluster of {representation} ({shown}, n = {len(is_known):,}{sample})",
            fontsize=10,
        )
        figure.tight_layout()
