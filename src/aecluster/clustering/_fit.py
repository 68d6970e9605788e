"""One fit: who does what part of it, and which restart is the best."""

from __future__ import annotations

from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from aecluster.clustering._distances import inertia
from aecluster.clustering._lloyd import lloyd
from aecluster.clustering._plain import PlainRestarts, Table
from aecluster.clustering._projection import N_DIRECTIONS, Projection
from aecluster.clustering._rows import Rows
from aecluster.clustering._seeding import random_rows
from aecluster.clustering._workers import (
    Team,
    can_fork,
    n_threads,
    one_blas_thread,
    shared_array,
)

# Products of a point and a centroid, times features, an iteration. Below it, forks, bounds and the
# loading of Numba take longer than they save: all points are computed then, in no more scores than
# the second.
MIN_LARGE_WORK = 15 * 10**6
MAX_PLAIN_SCORES = 2**21
MIN_PROJECTED_ROWS = 2000
# Products of matrices of which OpenBLAS by itself uses one thread.
SINGLE_THREADED_WORK = 2**18
# With so many restarts each, workers that each take some of them end at about the same time.
MIN_RESTARTS_EACH = 4


# Sums of squares less what the clusters explain are an inertia, to a millionth if it is no small
# difference of large numbers and the rounding of many rows averages out.
MIN_UNEXPLAINED = 1 / 8
MIN_AVERAGED_ROWS = 1000


class Run(NamedTuple):
    """What the best restart came to; the centroids are float64."""

    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    n_iter: int


class Plan(NamedTuple):
    """What pays for a fit of some size.

    Attributes
    ----------
    n_workers : int
    by_restarts : bool
        Whether workers share the restarts, else the rows.
    is_projected : bool
        Whether to bound distances by coordinates in a few directions.
    is_plain : bool
        Whether to compute everything anew in every iteration.
    """

    n_workers: int
    by_restarts: bool
    is_projected: bool
    is_plain: bool = False


class Outcome(NamedTuple):
    """What all restarts came to, in memory that the workers share.

    Attributes
    ----------
    labels : ndarray of shape (n_restarts, n_samples), intp
    centers : ndarray of shape (n_restarts, n_clusters, n_features), float64
    explained : ndarray of shape (n_restarts,), float64
        Sums of squares less inertias.
    n_iter : ndarray of shape (n_restarts,), intp
    is_mean : ndarray of shape (n_restarts,), bool
        Whether the centroids are as exact as they need be. Those of a restart at rest may be off
        from the means of its labels by the rounding of a chain of differences.
    """

    labels: np.ndarray
    centers: np.ndarray
    explained: np.ndarray
    n_iter: np.ndarray
    is_mean: np.ndarray


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
        rows.survey(team, projection)
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
        return _best(team, rows, outcome, rows.scatter)

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
        return _best(Team(), rows, outcome, table.scatter)


def plan_fit(rows: Rows, n_clusters: int, n_restarts: int, *, is_verbose: bool) -> Plan:
    """Choose how to fit."""
    n_columns = n_restarts * n_clusters
    n_scores = rows.n_samples * n_columns
    work = n_scores * rows.n_features
    is_large = work >= MIN_LARGE_WORK
    is_plain = not (is_large or n_scores > MAX_PLAIN_SCORES or rows.is_streamed)
    # Processes that read one HDF5 file would share its position.
    is_shared = is_large and not rows.is_streamed and can_fork()
    n_workers = n_threads() if is_shared else 1
    return Plan(
        n_workers=n_workers,
        # What is printed comes from the caller's process.
        by_restarts=n_restarts >= MIN_RESTARTS_EACH * n_workers and not is_verbose,
        is_projected=(
            not rows.is_streamed
            and rows.n_samples >= MIN_PROJECTED_ROWS
            and rows.n_features >= 4 * N_DIRECTIONS
            # The scores that are kept take no more memory than the data in the fast dtype.
            and n_columns <= rows.n_features
        ),
        is_plain=is_plain,
    )


def _best(team: Team, rows: Rows, outcome: Outcome, scatter: float) -> Run:
    """Return the restart of lowest inertia; of the same clustering under other names the first."""
    best, lowest = 0, None
    # Rounding of large sums could hide a difference of small inertias.
    slack = 1e-9 * scatter
    for restart in np.flatnonzero(outcome.explained >= outcome.explained.max() - slack):
        if lowest is not None and _is_same_partition(outcome, restart, best):
            continue
        centers = outcome.centers[restart].copy()
        if not outcome.is_mean[restart] and not _has_fine_sums(rows):
            centers = _means(team, rows, outcome.labels[restart], centers)
        found = scatter - float(outcome.explained[restart])
        if found < MIN_UNEXPLAINED * scatter or rows.n_samples < MIN_AVERAGED_ROWS:
            share = team.share(rows.n_samples)
            own = inertia(rows, share, centers, outcome.labels[restart])
            found = float(team.add(np.array([own]))[0])
        if lowest is None or found < lowest.inertia:
            best = restart
            lowest = Run(outcome.labels[best], centers, found, int(outcome.n_iter[best]))
    return lowest


def _has_fine_sums(rows: Rows) -> bool:
    """Tell whether sums of differences are off by less than centroids in float32 are."""
    if rows.fast_dtype != np.float32:
        return False
    # Each point joins and leaves a few times; each time rounds the sum that it joins or leaves.
    lost = 8 * rows.n_samples * np.finfo(np.float64).eps * np.sqrt(rows.reach_sq.max())
    typical = np.sqrt(rows.scatter / rows.weight.sum())
    return bool(lost <= np.finfo(np.float32).eps * typical)


def _means(team: Team, rows: Rows, labels: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return the means of labels without the rounding of a chain of differences.

    Empty clusters stay at `centers`.
    """
    from aecluster.clustering._compiled import join

    sums, mass = np.zeros(centers.shape), np.zeros(len(centers))
    for part, block in rows.blocks(team.share(rows.n_samples)):
        join(block, rows.weight[part], labels[part], sums, mass)
    sums, mass = team.add(sums), team.add(mass)
    is_filled = mass > 0
    centers[is_filled] = sums[is_filled] / mass[is_filled, None]
    return centers


def _is_same_partition(outcome: Outcome, one: int, other: int) -> bool:
    a, b = outcome.labels[one], outcome.labels[other]
    n_clusters = outcome.centers.shape[1]
    pairs = np.count_nonzero(np.bincount(a * n_clusters + b, minlength=n_clusters**2))
    return pairs == np.count_nonzero(np.bincount(a)) == np.count_nonzero(np.bincount(b))
