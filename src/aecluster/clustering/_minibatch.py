"""Better first centroids: those of k-means++, pulled about by small batches of rows.

Each centroid follows the means of what a batch assigns to it as an exponential moving average, by
steps that shrink along half a cosine, as in e-means. The noise of the batches brings the centroids
out of places where Lloyd's iterations would stay. Seeds make one such iteration before: a seed is a
point, longer than the mean of its cluster, and would lose its rows to others.

Rows are drawn by their weight, in an order that depends on their content alone, as those of
k-means++ are; labels of a batch are exact, and each worker sums it up whole. So the start is the
same whatever the order of the rows, whole weights or repeated rows, and the number of workers.

References
----------
Sculley, Web-scale k-means clustering, WWW 2010.
Bessa et al., e-means: outperforming k-means (in one-tenth the epochs), 2026, arXiv 2611.09501.
"""

from __future__ import annotations

import numpy as np

from aecluster.clustering._distances import candidates, codebook, scores, settle
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

FIRST_STEP = 0.1  # share by which a single row pulls a centroid at first
# Measured on pixels and codes of CIFAR-10: a centroid should meet some hundred rows; where there
# are a thousand centroids, a tenth of that does, in the time that k-means++ takes.
ROWS_PER_CLUSTER, FEWEST_ROWS = 4, 256
MOST_BATCHES, FEWEST_BATCHES, CLUSTERS_TIMES_BATCHES = 125, 10, 20_000


def batch_size(n_clusters: int) -> int:
    """Return how many rows make a batch."""
    return max(FEWEST_ROWS, ROWS_PER_CLUSTER * n_clusters)


def n_batches(n_clusters: int) -> int:
    """Return how many batches there are."""
    return min(MOST_BATCHES, max(FEWEST_BATCHES, CLUSTERS_TIMES_BATCHES // n_clusters))


def draw_batches(
    order: np.ndarray, weight: np.ndarray, n_clusters: int, random: np.random.RandomState
) -> np.ndarray:
    """Draw the rows of all batches, each with probability as its weight; rows may come again.

    Parameters
    ----------
    order : ndarray of shape (n,), intp
        Of the rows that count; see `Rows.order`.
    weight : ndarray of shape (n_samples,), float64
    n_clusters : int
    random : RandomState

    Returns
    -------
    ndarray of shape (n_batches, batch_size), intp
    """
    cumulated = np.cumsum(weight[order])
    drawn = random.uniform(size=(n_batches(n_clusters), batch_size(n_clusters))) * cumulated[-1]
    return order[np.minimum(cumulated.searchsorted(drawn, side="right"), len(order) - 1)]


def pulled(team: Team, rows: Rows, starts: np.ndarray, batches: np.ndarray) -> np.ndarray:
    """Return the centroids after all batches.

    Parameters
    ----------
    team : Team
        Its workers call this together.
    rows : Rows
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64
        Means of clusters.
    batches : ndarray of shape (n_batches, n_rows), intp
        As `draw_batches` draws them; all restarts see the same.

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters, n_features), float64
    """
    pulled = starts.copy()
    share = team.share(batches.shape[1])
    for number, batch in enumerate(batches):
        exact = rows.take(batch)
        points = (exact[share] - rows.subtracted).astype(rows.fast_dtype)
        step = FIRST_STEP * (1 + np.cos(np.pi * number / len(batches))) / 2
        for centers in pulled:
            labels = np.zeros(len(batch))
            labels[share] = _nearest(rows, batch[share], points, centers)
            _pull(centers, exact, team.add(labels).astype(np.intp), step)
    return pulled


def _nearest(
    rows: Rows, indices: np.ndarray, points: np.ndarray, centers: np.ndarray
) -> np.ndarray:
    book = codebook(rows, centers[None])
    norms = rows.lengths(np.einsum("ij,ij->i", points, points))
    among = candidates(scores(book, points)[0], book.error(0, norms))
    labels = among.argmax(axis=1)
    open_ = np.flatnonzero(np.count_nonzero(among, axis=1) != 1)
    labels[open_] = settle(rows, indices[open_], centers, among[open_])
    return labels


def _pull(centers: np.ndarray, exact: np.ndarray, labels: np.ndarray, step: float) -> None:
    """Move each centroid towards the mean of its rows, as if they came one after the other."""
    order = np.argsort(labels, kind="stable")
    hit, first = np.unique(labels[order], return_index=True)
    counts = np.diff(np.append(first, len(labels)))[:, None]
    means = np.add.reduceat(exact[order], first, axis=0) / counts
    centers[hit] += (1 - (1 - step) ** counts) * (means - centers[hit])
