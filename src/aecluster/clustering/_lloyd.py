"""Lloyd's iterations over all restarts, the data read once an iteration, block by block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aecluster.clustering._centroids import add_block, centroids
from aecluster.clustering._distances import codebook, inertia, nearest
from aecluster.clustering._rows import Rows


class Run(NamedTuple):
    """What one restart came to; the centroids are float64."""

    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    n_iter: int


def lloyd(rows: Rows, starts: np.ndarray, max_iter: int, tol: float, verbose: bool) -> list[Run]:
    """Iterate every restart until its centroids rest, or move by no more than `tol` in all.

    Parameters
    ----------
    rows : Rows
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64
    max_iter : int
    tol : float
        Bound on the sum of squared movements of the centroids of a restart.
    verbose : bool
        Print the progress of every iteration.

    Returns
    -------
    list of Run, one a restart
    """
    n_restarts = len(starts)
    centers = starts.copy()
    labels = np.full((n_restarts, rows.n_samples), -1, np.int32)
    n_iter = np.full(n_restarts, max_iter)
    stale = np.ones(n_restarts, bool)  # the labels are of older centroids
    active = np.arange(n_restarts)
    for iteration in range(1, max_iter + 1):
        sums = np.zeros((len(active), *starts.shape[1:]))
        mass = np.zeros(sums.shape[:2])
        changed = _assign(rows, centers, labels, active, sums, mass)
        moved = np.stack(
            [
                centroids(rows, sums[i], mass[i], labels[restart], centers[restart])
                for i, restart in enumerate(active)
            ]
        )
        shift = np.square(moved - centers[active]).sum(axis=(1, 2))
        centers[active] = moved
        stale[active] = changed
        done = ~changed | (shift <= tol)
        n_iter[active[done]] = iteration
        if verbose:
            for i, restart in enumerate(active):
                state = "converged" if done[i] else f"centroids moved {np.sqrt(shift[i]):.3g}"
                print(f"Restart {restart + 1}, iteration {iteration}: {state}.")  # noqa: T201
        active = active[~done]
        if not len(active):
            break
    if stale.any():
        _assign(rows, centers, labels, np.flatnonzero(stale))
    return [
        Run(labels[i], centers[i], inertia(rows, centers[i], labels[i]), int(n_iter[i]))
        for i in range(n_restarts)
    ]


def _assign(
    rows: Rows,
    centers: np.ndarray,
    labels: np.ndarray,
    active: np.ndarray,
    sums: np.ndarray | None = None,
    mass: np.ndarray | None = None,
) -> np.ndarray:
    """Label all points for the active restarts, in place, and tell in which a label changed."""
    book = codebook(rows, centers[active])
    changed = np.zeros(len(active), bool)
    for part, block in rows.blocks(columns=len(book.rows)):
        found = nearest(rows, part, rows.centred(block), book)
        changed |= (labels[active, part] != found).any(axis=1)
        labels[active, part] = found
        if sums is not None:
            add_block(sums, mass, block, found, rows.weight[part])
    return changed
