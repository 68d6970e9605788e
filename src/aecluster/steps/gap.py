"""From the store of a representation to what says how many clusters it has."""

import csv
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecluster.atomic import atomic_write
from aecluster.clustering import k_means
from aecluster.errors import ConfigError
from aecluster.probes.gap import Fit, Gaps, Stability, gap_statistic, subsample_stability
from aecluster.store import Store

# Every so many rows are taken that there are no more: each is clustered some hundred times.
_MOST_ROWS = 5000

COLUMNS = ("k", "log_w", "expected_log_w", "gap", "se_gap", "stability", "se_stability")


@dataclass(frozen=True)
class Counted:
    """What was found.

    Attributes
    ----------
    gaps : Gaps
    stability : Stability
    n : int
        Number of rows that were clustered.
    """

    gaps: Gaps
    stability: Stability
    n: int

    @property
    def metrics(self) -> dict[str, float]:
        """The numbers of clusters that are chosen, none by the gap statistic if all k are few."""
        found = {"k_by_stability": self.stability.chosen}
        return found if self.gaps.chosen is None else {"k_by_gap": self.gaps.chosen} | found


def count_clusters(
    store: str | os.PathLike[str],
    split: str,
    *,
    k: list[int],
    n_references: int,
    seed: int,
    **options: Any,
) -> Counted:
    """Take the gap statistic of a split, and what subsamples of it agree on.

    Parameters
    ----------
    store : path-like
        Store of a representation.
    split : str
        `train`, `test` or `all`.
    k : list of int
        Numbers of clusters.
    n_references : int
        Number of reference data sets, and of pairs of subsamples.
    seed : int
        Of these and of K-Means.
    **options
        Further parameters of `k_means`: `init`, `n_init`, `max_iter`, `tol`.

    Returns
    -------
    Counted

    Raises
    ------
    ConfigError
        If a subsample has too few rows for the largest k.
    StoreError
        If the store or the split is missing.
    """
    with Store(store) as opened:
        rows = opened[split]
        X = rows.matrix_of(slice(None, None, -(-len(rows) // _MOST_ROWS)))
    if max(k) >= 0.8 * len(X) - 1:
        raise ConfigError(
            f"clustering.k: found {max(k)}, expected less than 80 % of the {len(X)} rows of split "
            f"{split!r} in {store}, of which subsamples are for evaluation.gap"
        )

    def cluster(some: np.ndarray, of_k: int, of_seed: int) -> Fit:
        found = k_means(some, of_k, random_state=of_seed, **options)
        return Fit(found.labels, found.inertia)

    return Counted(
        gap_statistic(X, k, cluster, n_references=n_references, seed=seed),
        subsample_stability(X, k, cluster, n_pairs=n_references, seed=seed),
        len(X),
    )


def write_counted(path: str | os.PathLike[str], found: Counted) -> None:
    """Write one row per number of clusters as CSV; stability is empty for one cluster."""
    gaps = found.gaps
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for values in zip(gaps.ks, gaps.log_w, gaps.expected, gaps.gap, gaps.error, strict=True):
            stability = (of.get(values[0]) for of in (found.stability.mean, found.stability.error))
            writer.writerow((*values, *stability))
