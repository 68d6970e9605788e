"""Lloyd's iterations over all restarts, by workers that each assign a share of the rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable

import numpy as np
from tqdm import tqdm

from aecluster.clustering._centroids import refilled
from aecluster.clustering._outcome import Outcome, is_told, whole_inertia
from aecluster.clustering._rows import Rows
from aecluster.clustering._watching import Step, Watcher
from aecluster.clustering._workers import Team

PROGRESS_AFTER_S = 5
# Sums that have become so much smaller since they were made anew have lost digits to what left.
MAX_SHRINKAGE = 2.0**-20


class Restarts(ABC):
    """All restarts as one worker holds them; what is about centroids is the same in all workers.

    Parameters
    ----------
    team : Team
    rows : Rows
    labels : ndarray of shape (n_restarts, n_samples), intp
        Shared by the workers; -1 where there is none yet.
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64
    scatter : float
        As in `Rows`.
    centers, sums : ndarray of shape (n_restarts, n_clusters, n_features), float64, optional
        Memory to keep them in; new by default.

    Attributes
    ----------
    team : Team
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    n_iter : ndarray of shape (n_restarts,), intp
    is_at_rest : ndarray of shape (n_restarts,), bool
        Whether no label changed when the points were assigned to `centers`.
    """

    def __init__(
        self,
        team: Team,
        rows: Rows,
        labels: np.ndarray,
        starts: np.ndarray,
        scatter: float,
        centers: np.ndarray | None = None,
        sums: np.ndarray | None = None,
    ):
        self.team, self._rows = team, rows
        self._scatter = scatter
        self._labels = labels
        self.centers = starts.copy() if centers is None else centers
        self.centers[:] = starts
        self.n_iter = np.zeros(len(starts), np.intp)
        self.is_at_rest = np.zeros(len(starts), bool)
        self._shift = np.zeros(starts.shape[:2])
        self._sums = np.zeros(starts.shape) if sums is None else sums
        self._mass = np.zeros(starts.shape[:2])
        # Whether sums are made by differences, of the points that come and go.
        self._is_chained = True
        self._largest = np.zeros((2, *starts.shape[:2]))
        self._n_refills: list[Counter[int]] = [Counter() for _ in starts]

    @abstractmethod
    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""

    @abstractmethod
    def sum_anew(self, active: np.ndarray) -> None:
        """Make the sums of some restarts without the rounding of a chain of differences."""

    def update(self, active: np.ndarray) -> np.ndarray:
        """Move the centroids to the means, and return the squared way of each active restart.

        Those of restarts at rest stay: no point is nearer to another of them.
        """
        own = self._own(active)
        moved = self._means(own)
        if self._is_chained:
            sums = self._sums[own]
            norms = np.sqrt(np.einsum("rkd,rkd->rk", sums, sums))
            if (has_shrunk := self._has_shrunk(own, norms)).any():
                self.sum_anew(active[has_shrunk])
                moved = self._means(own)
        mass = self._mass[own]
        if np.count_nonzero(mass) < mass.size:
            for i, restart in enumerate(active):
                if not mass[i].all():
                    self._refill(restart, mass[i], moved[i])
            self.team.wait()  # all labels were read, and may change again
        is_at_rest = self.is_at_rest[own]
        if np.count_nonzero(is_at_rest):
            moved[is_at_rest] = self.centers[active[is_at_rest]]
        return self.move(active, moved)

    def move(self, active: np.ndarray, centers: np.ndarray) -> np.ndarray:
        """Move the centroids of some restarts, and return their squared ways."""
        own = self._own(active)
        way = centers - self.centers[own]
        self.team.wait()  # workers may share the centroids, and all have read where they were
        self.centers[own] = centers
        shift_sq = np.einsum("rkd,rkd->rk", way, way)
        self._shift[own] = np.sqrt(shift_sq)
        return shift_sq.sum(axis=1)

    def _means(self, own: np.ndarray | slice) -> np.ndarray:
        """Return the means of clusters; of empty ones what is of no use."""
        mass = self._mass[own]
        if np.count_nonzero(mass) < mass.size:
            mass = np.where(mass > 0, mass, 1)
        return self._sums[own] / mass[:, :, None]

    def _has_shrunk(self, own: np.ndarray | slice, norms: np.ndarray) -> np.ndarray:
        """Tell of which restarts sums have shrunk to what rounding may have left of larger ones.

        `norms` are those of the sums.
        """
        now = np.stack([self._mass[own], norms])
        largest = np.maximum(self._largest[:, own], now)
        has_shrunk = (now < MAX_SHRINKAGE * largest).any(axis=(0, 2))
        self._largest[:, own] = np.where(has_shrunk[:, None], now, largest)
        return has_shrunk

    def _refill(self, restart: int, mass: np.ndarray, moved: np.ndarray) -> None:
        """Move empty clusters, in place: to far points, or to the heaviest cluster."""
        labels, empty = self._labels[restart], np.flatnonzero(mass == 0)
        # A refill lowers the inertia below that of the labels and their means, so these cannot come
        # back after two of them, of which one may have started elsewhere; but by rounding.
        state = hash(labels.tobytes())
        if self._n_refills[restart][state] == 2:
            moved[empty] = moved[mass.argmax()]
            return
        moved[:], n_refilled = refilled(self._rows, labels, self.centers[restart], moved, empty)
        if n_refilled:
            self._n_refills[restart][state] += 1
            self.is_at_rest[restart] = False

    def inertia(self, restart: int) -> float:
        """Return the inertia of the labels of a restart and its centroids."""
        found = self._scatter - float(self._explained(np.array([restart]))[0])
        if not is_told(self._rows, found, self._scatter):
            labels = self.labels(restart)
            found = whole_inertia(self.team, self._rows, self.centers[restart], labels)
        return found

    def labels(self, restart: int) -> np.ndarray:
        """Return the labels of a restart."""
        return self._labels[restart]

    def relabelled(self, restart: int, centers: np.ndarray) -> bool:
        """Move the centroids of a restart, assign its points, and tell whether a label changed."""
        active = np.array([restart])
        self.move(active, centers[None])
        self.assign(active)
        return not self.is_at_rest[restart]

    def _own(self, active: np.ndarray) -> np.ndarray | slice:
        """Return what selects the active restarts, without a copy where these are all.

        Active restarts are in ascending order.
        """
        return slice(None) if len(active) == len(self.centers) else active

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        outcome.centers[:] = self.centers
        outcome.n_iter[:] = self.n_iter
        outcome.is_mean[:] = ~self.is_at_rest
        outcome.explained[:] = self._explained(slice(None))

    def _explained(self, own: np.ndarray | slice) -> np.ndarray:
        """Return sums of squares about the origin, less inertia."""
        origin = self._rows.origin.astype(np.float64)
        centers, mass = self.centers[own] - origin, self._mass[own]
        sums = self._sums[own] - mass[:, :, None] * origin
        explained = 2 * np.einsum("rkd,rkd->rk", sums, centers)
        explained -= mass * np.einsum("rkd,rkd->rk", centers, centers)
        return explained.sum(axis=1)


def lloyd(
    restarts: Restarts,
    max_iter: int,
    tol: float,
    *,
    watcher: Watcher | None = None,
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
    watcher : Watcher, optional
        Is told of every iteration, in the caller's process, and may stop restarts.
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
    disable = None if restarts.team.rank == 0 else True
    with tqdm(desc="K-Means", unit=" iterations", delay=PROGRESS_AFTER_S, disable=disable) as bar:
        while len(active) and not is_called_off():
            restarts.assign(active)
            inertias = [restarts.inertia(r) for r in active] if watcher else []
            moved_sq = restarts.update(active)
            restarts.n_iter[active] += 1
            is_at_rest = restarts.is_at_rest[active]
            has_converged = is_at_rest | (moved_sq <= tol)
            is_done = has_converged | (restarts.n_iter[active] == max_iter)
            if watcher:
                steps = [
                    Step(r, int(restarts.n_iter[r]), inertias[i], float(moved_sq[i]), tol,
                         bool(is_at_rest[i]), bool(is_done[i]), restarts.centers[r])
                    for i, r in enumerate(active)
                ]  # fmt: skip
                is_done |= restarts.team.add(watcher.stops(steps, restarts.team.rank)) > 0
            bar.update()
            stale += list(active[is_done & ~is_at_rest])
            active = active[~is_done]
    if stale:
        stale = np.sort(stale)
        restarts.assign(stale)
        restarts.is_at_rest[stale] = False
    return active
