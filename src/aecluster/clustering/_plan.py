"""What pays for a fit of some size: forks, bounds, a projection, or none of them."""

from __future__ import annotations

from typing import NamedTuple

from aecluster.clustering._projection import N_DIRECTIONS
from aecluster.clustering._rounding import MAX_TERMS
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import can_fork
from aecluster.cores import n_threads

# Products of a point and a centroid, times features, an iteration. Below it, forks, bounds and the
# loading of Numba take longer than they save: all points are computed then, in no more scores than
# the second.
MIN_LARGE_WORK = 15 * 10**6
MAX_PLAIN_SCORES = 2**21
MIN_PROJECTED_ROWS = 2000
MIN_SCREENED_CLUSTERS = 256
MIN_GROUPED_CLUSTERS, MIN_GROUPED_CENTERS = 64, 1024
# Groups of 16 have a bound per row: at most 64, or twice as many as there are features.
MAX_GROUPED_CLUSTERS, MAX_GROUPED_PER_FEATURE = 1024, 32
# With so many restarts each, workers that each take some of them end at about the same time.
MIN_RESTARTS_EACH = 4


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
    is_screened : bool
        Whether to rule out most centroids before features are read.
    is_grouped : bool
        Whether to look at centroids that are near each other together, from all features, unless
        a screening has few directions to look at.
    """

    n_workers: int
    by_restarts: bool
    is_projected: bool
    is_plain: bool = False
    is_screened: bool = False
    is_grouped: bool = False


def plan_fit(rows: Rows, n_clusters: int, n_restarts: int, *, is_watched: bool) -> Plan:
    """Choose how to fit."""
    n_columns = n_restarts * n_clusters
    n_scores = rows.n_samples * n_columns
    work = n_scores * rows.n_features
    is_large = work >= MIN_LARGE_WORK
    is_plain = not (is_large or n_scores > MAX_PLAIN_SCORES or rows.is_streamed)
    # Processes that read one HDF5 file would share its position.
    is_shared = is_large and not rows.is_in_file and can_fork()
    n_workers = n_threads() if is_shared else 1
    is_projected = (
        not rows.is_streamed
        and rows.n_samples >= MIN_PROJECTED_ROWS
        and rows.n_features >= 4 * N_DIRECTIONS
        # The scores that are kept take no more memory than the data in the fast dtype.
        and n_columns <= rows.n_features
    )
    is_screened = is_large and n_clusters >= MIN_SCREENED_CLUSTERS and not rows.is_streamed
    most_grouped = max(MAX_GROUPED_CLUSTERS, MAX_GROUPED_PER_FEATURE * rows.n_features)
    return Plan(
        n_workers=n_workers,
        # Who watches is told by the caller's process.
        by_restarts=n_restarts >= MIN_RESTARTS_EACH * n_workers and not is_watched,
        is_projected=is_projected,
        is_plain=is_plain,
        is_screened=is_screened,
        is_grouped=(
            is_large
            and not rows.is_streamed
            and (is_screened or not is_projected)
            and n_clusters >= MIN_GROUPED_CLUSTERS
            and n_clusters * rows.n_features >= MIN_GROUPED_CENTERS
            # Sums of more products round more.
            and rows.n_features <= MAX_TERMS
            and n_columns <= most_grouped
        ),
    )
