"""Lloyd's iterations over all restarts, by workers that each assign a share of the rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from tqdm import tqdm

from aecluster.clustering._centroids import centroids
from aecluster.clustering._outcome import Outcome
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

PROGRESS_AFTER_S = 5


class Restarts(ABC):
    """All restarts as one worker holds them; what is about centroids is the same in all workers.

    Parameters
    ----------
    team : Team
    rows : Rows
    labels : ndarray of shape (n_restarts, n_samples), intp
        Shared by the workers; -1 where there is none yet.
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64

    Attributes
    ----------
    rank : int
        Of the worker in the team.
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    n_iter : ndarray of shape (n_restarts,), intp
    is_at_rest : ndarray of shape (n_restarts,), bool
        Whether no label changed when the points were assigned to `centers`.
    """

    def __init__(self, team: Team, rows: Rows, labels: np.ndarray, starts: np.ndarray):
        self.rank = team.rank
        self._team, self._rows = team, rows
        self._labels = labels
        self.centers = starts.copy()
        self.n_iter = np.zeros(len(starts), np.intp)
        self.is_at_rest = np.zeros(len(starts), bool)
        self._shift = np.zeros(starts.shape[:2])
        self._sums = np.zeros(starts.shape)
        self._mass = np.zeros(starts.shape[:2])

    @abstractmethod
    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""

    def update(self, active: np.ndarray) -> np.ndarray:
        """Move the centroids to the means, and return the squared way of each active restart."""
        own = self._own(active)
        sums, mass = self._sums[own], self._mass[own]
        if mass.all():
            moved = sums / mass[:, :, None]
        else:
            moved = np.stack(
                [
                    centroids(self._rows, sums[i], mass[i], self._labels[r], self.centers[r])
                    for i, r in enumerate(active)
                ]
            )
            self._team.wait()  # all labels were read, and may change again
        way = moved - self.centers[own]
        self.centers[own] = moved
        shift_sq = np.einsum("rkd,rkd->rk", way, way)
        self._shift[own] = np.sqrt(shift_sq)
        return shift_sq.sum(axis=1)

    def _own(self, active: np.ndarray) -> np.ndarray | slice:
        """Return what selects the active restarts, without a copy where these are all."""
        return slice(None) if len(active) == len(self.centers) else active

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        outcome.centers[:] = self.centers
        outcome.n_iter[:] = self.n_iter
        outcome.is_mean[:] = ~self.is_at_rest
        # Sums of squares about the origin, less inertia.
        origin = self._rows.origin.astype(np.float64)
        centers = self.centers - origin
        sums = self._sums - self._mass[:, :, None] * origin
        explained = 2 * np.einsum("rkd,rkd->rk", sums, centers)
        explained -= self._mass * np.einsum("rkd,rkd->rk", centers, centers)
        outcome.explained[:] = explained.sum(axis=1)


def lloyd(
    restarts: Restarts,
    max_iter: int,
    tol: float,
    *,
    is_verbose: bool,
    active: np.ndarray | None = None,
    is_called_off: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Iterate every restart until its centroids rest, or move by no more than `tol` in all.

    Parameters
    ----------
    restarts : Restarts
    max_iter : int
    tol : float
        Bound on the sum of squared movements of the centroids of a restart.
    is_verbose : bool
        Print the progress of every iteration.
    active : ndarray of int, optional
        The restarts to iterate, all by default.
    is_called_off : callable
        Whether to stop before the next iteration.

    Returns
    -------
    ndarray of int
        The restarts that have not come to their end.
    """
    active = np.arange(len(restarts.centers)) if active is None else active
    stale = []
    # A line for who waits at a terminal.
    disable = None if restarts.rank == 0 else True
    with tqdm(desc="K-Means", unit=" iterations", delay=PROGRESS_AFTER_S, disable=disable) as bar:
        while len(active) and not is_called_off():
            restarts.assign(active)
            moved_sq = restarts.update(active)
            restarts.n_iter[active] += 1
            is_at_rest = restarts.is_at_rest[active]
            has_converged = is_at_rest | (moved_sq <= tol)
            if is_verbose and restarts.rank == 0:
                _print_iteration(restarts.n_iter, active, has_converged, moved_sq)
            bar.update()
            is_done = has_converged | (restarts.n_iter[active] == max_iter)
            stale += list(active[is_done & ~is_at_rest])
            active = active[~is_done]
    if stale:
        stale = np.array(stale)
        restarts.assign(stale)
        restarts.is_at_rest[stale] = False
    return active


def _print_iteration(
    n_iter: np.ndarray, active: np.ndarray, has_converged: np.ndarray, moved_sq: np.ndarray
) -> None:
    for i, restart in enumerate(active):
        state = "converged" if has_converged[i] else f"centroids moved {np.sqrt(moved_sq[i]):.3g}"
        print(f"Restart {restart + 1}, iteration {n_iter[restart]}: {state}.")  # noqa: T201
