"""One fit: who does what part of it, and which restart is the best."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from aecluster.clustering._lloyd import Restarts, lloyd
from aecluster.clustering._minibatch import batch_size, draw_batches, pulled
from aecluster.clustering._outcome import Outcome, Run, best_run
from aecluster.clustering._plain import PlainRestarts, Table
from aecluster.clustering._plan import Plan, plan_fit
from aecluster.clustering._projection import Projection, screening_directions
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import check_enough_rows, random_rows
from aecluster.clustering._watching import Watcher
from aecluster.clustering._workers import Team, shared_array
from aecluster.cores import one_blas_thread

# Products of matrices of which OpenBLAS by itself uses one thread.
SINGLE_THREADED_WORK = 2**18


def fit(
    rows: Rows,
    start: str | np.ndarray,
    n_clusters: int,
    n_restarts: int,
    random: np.random.RandomState,
    max_iter: int,
    tol: float,
    *,
    watcher: Watcher | None = None,
    rounded_to: type = np.float64,
) -> Run:
    """Cluster rows from several starts and return the best outcome.

    Parameters
    ----------
    rows : Rows
    start : {"k-means++", "minibatch", "random"} or ndarray
        An array has the shape (n_restarts, n_clusters, n_features).
    n_clusters, n_restarts : int
    random : RandomState
    max_iter : int
    tol : float
        Bound on the sum of squared movements of centroids, in variances of a feature.
    watcher : Watcher, optional
        Is told of every iteration.
    rounded_to : type
        Of which the numbers of the centroids are, if no label hangs on that.

    Raises
    ------
    ValueError
        If fewer rows count than `n_clusters`, and these are to be drawn at random.
    """
    if isinstance(start, str) and start == "random":
        check_enough_rows(rows.weight, n_clusters)
    fit_ = _Fit(n_clusters, n_restarts, random, max_iter, tol, watcher, rounded_to)
    # What leaves the range of a dtype is found out, and settled otherwise.
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        run = fit_.run(rows, start)
        if run is None:
            rows = rows.in_range()
            if not isinstance(start, str):
                start = np.ldexp(start, rows.scale.of_rows)
            run = fit_.run(rows, start)
        inertia = rows.scale.undone_squares(run.inertia)
        return run._replace(centers=rows.scale.undone(run.centers), inertia=inertia)


@dataclass(frozen=True)
class _Fit:
    """What a fit was asked for: see `fit`."""

    n_clusters: int
    n_restarts: int
    random: np.random.RandomState
    max_iter: int
    tol: float
    watcher: Watcher | None
    rounded_to: type

    def run(self, rows: Rows, start: str | np.ndarray) -> Run | None:
        """Return the best outcome, or None if the squares of rows leave the range of their dtype.

        Then nothing was drawn yet.
        """
        plan = plan_fit(rows, self.n_clusters, self.n_restarts, is_watched=self.watcher is not None)
        array = np.zeros if plan.n_workers == 1 else shared_array
        outcome = Outcome(
            labels=array((self.n_restarts, rows.n_samples), np.intp),
            centers=array((self.n_restarts, self.n_clusters, rows.n_features), np.float64),
            explained=array((self.n_restarts,), np.float64),
            n_iter=array((self.n_restarts,), np.intp),
            is_mean=array((self.n_restarts,), np.bool_),
        )
        if plan.is_plain:
            return self._plain(rows, start, outcome)
        return self._bounded(rows, start, outcome, plan, array)

    def _bounded(
        self,
        rows: Rows,
        start: str | np.ndarray,
        outcome: Outcome,
        plan: Plan,
        array: Callable[..., np.ndarray],
    ) -> Run | None:
        # Only large fits wait for Numba, which loads in half a second.
        from aecluster.clustering._bounds import Assignment, BoundedRestarts, Memory
        from aecluster.clustering._compiled import load
        from aecluster.clustering._grouping import Grouping
        from aecluster.clustering._plus_plus import plus_plus
        from aecluster.clustering._screening import Screening

        n_restarts, n_clusters, n_features = outcome.centers.shape
        screened_by = screening_directions(rows) if plan.is_screened else None
        is_grouped = plan.is_grouped and screened_by is None
        if plan.n_workers > 1:
            by = "groups" if is_grouped else "survey" if plan.is_screened else "products"
            load(rows.read(slice(0, 1)), rows.fast_dtype, by)
        rows.make_room()
        outcome.labels[:] = -1
        closest = array((n_restarts, rows.n_samples), rows.fast_dtype)
        shape = outcome.centers.shape
        memory = Memory(
            outcome.centers,
            array(shape, np.float64),
            array((plan.n_workers, *shape), np.float64),
        )
        is_idle = array((1,), np.bool_)
        is_projected = plan.is_projected or screened_by is not None
        projection = Projection(rows, screened_by) if is_projected else None

        def assigned_by(share: slice, labels: np.ndarray) -> Assignment | Grouping | Screening:
            if is_grouped:
                return Grouping(rows, share, labels, n_clusters)
            if plan.is_screened:
                seen = None if screened_by is None else projection
                return Screening(rows, share, labels, seen)
            return Assignment(rows, share, labels, n_clusters, projection)

        def work(team: Team) -> Run | None:
            rows.survey(team, visit=projection.project if projection else None)
            if not rows.is_in_range(rows.scatter, rows.fast_dtype):
                return None
            own, crew = slice(None), team
            if plan.by_restarts:
                own, crew = slice(team.rank, None, team.size), Team()
            if isinstance(start, np.ndarray):
                starts = start[own]
            else:
                if start == "random":
                    order = rows.order()
                    seeds = random_rows(order, rows.weight, n_clusters, n_restarts, self.random)
                else:
                    seeds = plus_plus(team, rows, n_clusters, self.random, closest, projection)
                seeds = seeds[own]
                starts = rows.take(seeds.ravel()).reshape(*seeds.shape, n_features)
            self._begin(rows, team)
            ours, labels = memory.of(own), outcome.labels[own]
            if plan.by_restarts:
                ours = ours._replace(changes=ours.changes[team.rank :][:1])
            if isinstance(start, str) and start == "minibatch":
                batches = draw_batches(rows.order(), rows.weight, n_clusters, self.random)
                first = BoundedRestarts(crew, rows, labels, starts, ours, assigned_by)
                starts = pulled(crew, rows, _moved_once(first), batches)
                labels[:], ours.sums[:], ours.changes[:] = -1, 0, 0
                crew.wait()  # before the first of them writes there
            restarts = BoundedRestarts(crew, rows, labels, starts, ours, assigned_by)
            limits = self.max_iter, self.tol * rows.variance
            if plan.by_restarts:
                # Who has no restart left calls the others, to finish theirs together.
                left = lloyd(restarts, *limits, is_called_off=is_idle.any)
                is_idle[:] = True
                is_left = np.zeros(n_restarts)
                is_left[own][left] = 1
                team.wait()  # for the last restarts to be where the others find them
                labels, centers = outcome.labels, outcome.centers
                together = BoundedRestarts(team, rows, labels, centers, memory, assigned_by)
                together.take_over(restarts, own)
                restarts, left = together, np.flatnonzero(team.add(is_left))
                lloyd(restarts, *limits, active=left)
            else:
                lloyd(restarts, *limits, watcher=self.watcher)
            return self._finish(restarts, rows, outcome, rows.scatter, limits)

        # What the workers add up is no more than the sums of a restart, and for each restart a
        # number per cluster and two, or a batch; of candidates there are fewer.
        capacity = n_clusters * n_features + n_restarts * (n_clusters + 2)
        capacity = max(capacity, batch_size(n_clusters))
        return Team(plan.n_workers, capacity).run(work)

    def _plain(self, rows: Rows, start: str | np.ndarray, outcome: Outcome) -> Run | None:
        n_restarts, n_clusters, n_features = outcome.centers.shape
        # A second thread takes longer to wake up than the products take.
        work = n_restarts * n_clusters * rows.n_samples * (n_features + 1)
        with nullcontext() if work <= SINGLE_THREADED_WORK else one_blas_thread():
            table = Table(rows, None if isinstance(start, str) else start)
            if not rows.is_in_range(table.scatter, np.float64):
                return None
            if isinstance(start, str):
                starts = table.starts(start, n_clusters, n_restarts, self.random)
                if start == "minibatch":
                    order = rows.order_of(table.exact)
                    batches = draw_batches(order, rows.weight, n_clusters, self.random)
                    first = PlainRestarts(table, outcome.labels, starts)
                    starts = pulled(Team(), rows, _moved_once(first), batches)
                start = starts
            self._begin(rows, Team())
            restarts = PlainRestarts(table, outcome.labels, start)
            limits = self.max_iter, self.tol * table.variance
            lloyd(restarts, *limits, watcher=self.watcher)
            return self._finish(restarts, rows, outcome, table.scatter, limits)

    def _begin(self, rows: Rows, team: Team) -> None:
        if self.watcher is not None and team.rank == 0:
            self.watcher.watch(rows.scale, self.n_restarts)

    def _finish(
        self,
        restarts: Restarts,
        rows: Rows,
        outcome: Outcome,
        scatter: float,
        limits: tuple[int, float],
    ) -> Run:
        """Return the best restart, of which every label is that of the nearest centroid.

        The centroids to which the points were assigned last may not be those to return: they are
        rounded, and sums made by a chain of differences are made anew.
        """
        team = restarts.team
        while True:
            if team.rank == 0:
                restarts.write(outcome)
            team.wait()
            best, run = best_run(team, rows, outcome, scatter)
            run = run._replace(labels=run.labels.copy())
            team.wait()  # all labels were read, and may change again
            rounded = run.centers
            if self.rounded_to != np.float64:
                rounded = rounded.astype(self.rounded_to).astype(np.float64)
            if (rounded == restarts.centers[best]).all():
                return run._replace(centers=rounded)
            if not restarts.relabelled(best, rounded):
                # Rounding is no part of the inertia, unless it lowers that.
                inertia = min(run.inertia, restarts.inertia(best))
                return run._replace(centers=rounded, inertia=inertia)
            restarts.relabelled(best, run.centers)
            labels = restarts.labels(best)
            if np.array_equal(labels, run.labels):
                return run  # rounded, they would be nearer to other points
            inertia = restarts.inertia(best)
            if restarts.n_iter[best] == self.max_iter:
                return run._replace(labels=labels.copy(), inertia=inertia)
            # Only the rounding of a chain was at rest.
            restarts.n_iter[best] += 1
            restarts.sum_anew(np.array([best]))
            restarts.update(np.array([best]))
            lloyd(restarts, *limits, active=np.array([best]))


def _moved_once(restarts: Restarts) -> np.ndarray:
    """Return the centroids of all restarts after one iteration."""
    active = np.arange(len(restarts.centers))
    restarts.assign(active)
    restarts.update(active)
    restarts.team.wait()
    return restarts.centers.copy()
