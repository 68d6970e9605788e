"""One fit: who does what part of it, and which restart is the best."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np

from aecluster.clustering._lloyd import lloyd
from aecluster.clustering._outcome import Outcome, Run, best_run
from aecluster.clustering._plain import PlainRestarts, Table
from aecluster.clustering._plan import plan_fit
from aecluster.clustering._projection import Projection
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import random_rows
from aecluster.clustering._workers import (
    Team,
    one_blas_thread,
    shared_array,
)

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
    is_verbose: bool,
) -> Run:
    """Cluster rows from several starts and return the best outcome.

    Parameters
    ----------
    rows : Rows
    start : {"k-means++", "random"} or ndarray of shape (n_restarts, n_clusters, n_features)
    n_clusters, n_restarts : int
    random : RandomState
    max_iter : int
    tol : float
        Bound on the sum of squared movements of centroids, in variances of a feature.
    is_verbose : bool
        Print the progress of every iteration.
    """
    n, n_features = rows.n_samples, rows.n_features
    plan = plan_fit(rows, n_clusters, n_restarts, is_verbose=is_verbose)
    array = np.zeros if plan.n_workers == 1 else shared_array
    outcome = Outcome(
        labels=array((n_restarts, n), np.intp),
        centers=array((n_restarts, n_clusters, n_features), np.float64),
        explained=array((n_restarts,), np.float64),
        n_iter=array((n_restarts,), np.intp),
        is_mean=array((n_restarts,), np.bool_),
    )
    if plan.is_plain:
        return _fit_plain(rows, start, outcome, random, max_iter, tol, is_verbose=is_verbose)
    # Only large fits wait for Numba, which loads in half a second.
    from aecluster.clustering._bounds import BoundedRestarts
    from aecluster.clustering._compiled import load
    from aecluster.clustering._plus_plus import plus_plus

    if plan.n_workers > 1:
        load(rows.read(slice(0, 1)), rows.fast_dtype)
    rows.make_room()
    outcome.labels[:] = -1
    closest = array((n_restarts, n), rows.fast_dtype)
    is_idle = array((1,), np.bool_)
    projection = Projection(rows) if plan.is_projected else None

    def work(team: Team) -> Run:
        rows.survey(team, visit=projection.project if projection else None)
        own, crew = slice(None), team
        if plan.by_restarts:
            own, crew = slice(team.rank, None, team.size), Team()
        if isinstance(start, np.ndarray):
            starts = start[own]
        else:
            if start == "k-means++":
                seeds = plus_plus(team, rows, n_clusters, random, closest, projection)
            else:
                seeds = random_rows(rows.order(), rows.weight, n_clusters, n_restarts, random)
            seeds = seeds[own]
            starts = rows.take(seeds.ravel()).reshape(*seeds.shape, n_features)
        restarts = BoundedRestarts(crew, rows, outcome.labels[own], starts, projection)
        limits = max_iter, tol * rows.variance
        if plan.by_restarts:
            # Who has no restart left calls the others, to finish theirs together.
            left = lloyd(restarts, *limits, is_verbose=False, is_called_off=is_idle.any)
            is_idle[:] = True
            is_left = np.zeros(n_restarts)
            is_left[own][left] = 1
            together = BoundedRestarts(team, rows, outcome.labels, outcome.centers, projection)
            together.take_over(restarts, own)
            restarts, left = together, np.flatnonzero(team.add(is_left))
            lloyd(restarts, *limits, is_verbose=False, active=left)
        else:
            lloyd(restarts, *limits, is_verbose=is_verbose)
        if team.rank == 0:
            restarts.write(outcome)
        team.wait()
        return best_run(team, rows, outcome, rows.scatter)

    # The largest sums that the workers add up are those of an iteration, or of candidates.
    capacity = n_restarts * (n_clusters + 1) * (n_features + 2)
    return Team(plan.n_workers, capacity).run(work)


def _fit_plain(
    rows: Rows,
    start: str | np.ndarray,
    outcome: Outcome,
    random: np.random.RandomState,
    max_iter: int,
    tol: float,
    *,
    is_verbose: bool,
) -> Run:
    n_restarts, n_clusters, n_features = outcome.centers.shape
    # A second thread takes longer to wake up than the products take.
    is_tiny = n_restarts * n_clusters * rows.n_samples * (n_features + 1) <= SINGLE_THREADED_WORK
    with nullcontext() if is_tiny else one_blas_thread():
        if isinstance(start, str):
            table = Table(rows)
            start = table.starts(start, n_clusters, n_restarts, random)
        else:
            table = Table(rows, start)
        restarts = PlainRestarts(table, outcome.labels, start)
        lloyd(restarts, max_iter, tol * table.variance, is_verbose=is_verbose)
        restarts.write(outcome)
        return best_run(Team(), rows, outcome, table.scatter)
