"""Where the centroids start: greedy k-means++ and random rows, for all restarts in one go.

Rows are drawn in an order that depends on their content alone. So the clusters do not depend on
the order in which samples are given, and a weight of 2 is the same as giving a sample twice.
"""

from __future__ import annotations

import numpy as np
from numpy.random.bit_generator import ISeedSequence


class _Blank(ISeedSequence):
    """A state that is seeded later."""

    def generate_state(self, n_words: int, dtype: type = np.uint32) -> np.ndarray:
        return np.zeros(n_words, dtype)


def seeded(seed: int) -> np.random.RandomState:
    """Return ``RandomState(seed)``, without the 70 us for a first state that the seed replaces."""
    random = np.random.RandomState(np.random.MT19937(_Blank()))
    random.seed(seed)
    return random


def check_enough_rows(weight: np.ndarray, n_clusters: int) -> None:
    """Raise ValueError where too few rows count for `random_rows`."""
    n_rows = np.count_nonzero(weight / weight.sum())
    if n_rows < n_clusters:
        raise ValueError(
            f"sample_weight: found {n_rows} rows that count, expected at least "
            f'n_clusters={n_clusters} for init="random"'
        )


def random_rows(
    order: np.ndarray,
    weight: np.ndarray,
    n_clusters: int,
    n_restarts: int,
    random: np.random.RandomState,
) -> np.ndarray:
    """Draw `n_clusters` different rows for each restart, with probability as their weight.

    Among fewer rows that count, see `check_enough_rows`.

    Parameters
    ----------
    order : ndarray of shape (n,), intp
        Of the rows that count; see `Rows.order`.
    weight : ndarray of shape (n_samples,), float64
    n_clusters, n_restarts : int
    random : RandomState

    Returns
    -------
    ndarray of shape (n_restarts, n_clusters), intp
    """
    share = weight[order]
    share = share / share.sum()
    draws = [
        random.choice(order, size=n_clusters, replace=False, p=share) for _ in range(n_restarts)
    ]
    return np.stack(draws)


def draw(
    order: np.ndarray,
    weight: np.ndarray,
    n_clusters: int,
    n_restarts: int,
    random: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw what k-means++ needs: parameters as in `random_rows`.

    Returns
    -------
    chosen : ndarray of shape (n_restarts, n_clusters), intp
        The first row of each restart, and room for the others.
    uniform : ndarray of shape (n_restarts, n_clusters - 1, n_trials)
        For `drawn_by`: ``2 + log(k)`` candidates for each of the others.
    """
    n_trials = 2 + int(np.log(n_clusters))
    chosen = np.empty((n_restarts, n_clusters), np.intp)
    uniform = np.empty((n_restarts, n_clusters - 1, n_trials))
    cumulated = np.cumsum(weight[order])
    for restart in range(n_restarts):
        drawn = random.uniform() * cumulated[-1]
        found = cumulated.searchsorted(drawn, side="right")
        chosen[restart, 0] = order[min(found, len(order) - 1)]
        uniform[restart] = random.uniform(size=uniform.shape[1:])
    return chosen, uniform


def drawn_by(
    uniform: np.ndarray, order: np.ndarray, closest: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Return the rows that numbers from [0, 1) stand for, where squared distances are shares."""
    cumulated = np.cumsum((closest * weight).take(order), dtype=np.float64)
    found = np.searchsorted(cumulated, uniform * cumulated[-1], side="right")
    # Rounding, or seeds wherever a row is, may leave none above.
    return order[np.minimum(found, np.searchsorted(cumulated, cumulated[-1]))]
