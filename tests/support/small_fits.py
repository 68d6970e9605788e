"""Random small fits beside Lloyd's algorithm as it is defined, for whoever wants many of them.

``PYTHONPATH=src python tests/support/small_fits.py 20000`` makes 20,000 problems, which have
duplicates, whole numbers, weights of 0, starts that leave clusters empty, far origins and odd
scales, and clusters each in all ways in which rows are clustered. It prints in how many the labels
differ from those of `oracle.lloyd_refilling`, how many iterated to the end of `max_iter`, and how
many break one of the promises that every fit keeps.
"""

import argparse
import sys
import warnings
from collections import Counter
from typing import NamedTuple

import h5py
import numpy as np
from scipy.sparse import csr_array

from aecluster.clustering import KMeans, _estimator, _fit
from aecluster.clustering._plan import Plan
from oracle import lloyd_refilling, squared_distances

PLANS = {
    "plain": Plan(1, by_restarts=False, is_projected=False, is_plain=True),
    "bounded": Plan(1, by_restarts=False, is_projected=False),
    "screened": Plan(1, by_restarts=False, is_projected=False, is_screened=True),
    "grouped": Plan(1, by_restarts=False, is_projected=False, is_grouped=True),
}
WAYS = [
    ("plain", "memory"),
    ("bounded", "memory"),
    ("bounded", "file"),
    ("bounded", "sparse"),
    ("screened", "memory"),
    ("screened", "wide"),
    ("grouped", "memory"),
    ("grouped", "wide"),
]
WIDTH = 64  # features, of which few directions hold all of the variance
MAX_ITER = 300


class Problem(NamedTuple):
    """What is to be clustered.

    Attributes
    ----------
    X : ndarray of shape (n, d)
    weight : ndarray of shape (n,) or None
    start : ndarray of shape (k, d), float64
    """

    X: np.ndarray
    weight: np.ndarray | None
    start: np.ndarray


def problem(seed: int) -> Problem:
    """Return a problem, the same for the same seed."""
    rng = np.random.default_rng(seed)
    n, d, k = rng.integers(2, 35), rng.integers(1, 5), rng.integers(1, 9)
    k = min(k, n)
    kind = rng.integers(5)
    if kind == 0:
        X = rng.integers(-3, 4, (n, d)).astype(np.float64)
    elif kind == 1:
        X = rng.integers(0, 256, (n, d)).astype(np.uint8)
    else:
        X = rng.normal(size=(n, d))
        X = X[rng.integers(n, size=n)] if rng.integers(2) else X
        # Powers of ten: scales that no power of two makes round.
        X = (X + rng.choice([0, 0, 1, 100])) * 10.0 ** rng.choice([-23, -6, 0, 0, 0, 3, 12])
        X = X.astype(rng.choice([np.float32, np.float64]))
    start = X[rng.integers(n, size=k)].astype(np.float64)
    moved = rng.integers(3)
    if moved == 1:  # to where no point is
        start[rng.integers(k)] += 1e3 * (np.abs(X.astype(np.float64)).max() + 1e-30)
    elif moved == 2:
        start += rng.normal(size=start.shape) * np.std(X.astype(np.float64))
    weight = [
        None,
        rng.integers(0, 2, n).astype(np.float64),
        rng.integers(0, 4, n).astype(np.float64),
        rng.random(n),
    ][rng.integers(4)]
    if weight is not None and not weight.any():
        weight[rng.integers(n)] = 1.0
    return Problem(X, weight, start)


def widened(problem: Problem) -> Problem:
    """Return a problem of many features in which equal rows are equal, too."""
    X, weight, start = problem
    directions = np.random.default_rng(X.shape[1]).normal(size=(X.shape[1], WIDTH))
    wide = (X[:, :, None] * directions).sum(axis=1)
    wide = wide.astype(np.float64 if X.dtype == np.uint8 else X.dtype)
    return Problem(wide, weight, (start[:, :, None] * directions).sum(axis=1))


def failures(problem: Problem, plan: str, where: str) -> list[str]:
    """Cluster a problem, and return what is wrong with the result.

    Parameters
    ----------
    problem : Problem
    plan : str
        Of `PLANS`.
    where : {"memory", "file", "sparse", "wide"}
        In which the rows are; wide ones are in memory.
    """
    X, weight, start = widened(problem) if where == "wide" else problem
    chosen, most = _fit.plan_fit, _estimator.MAX_DENSE
    _fit.plan_fit = lambda *args, **options: PLANS[plan]
    _estimator.MAX_DENSE = 0
    try:
        with h5py.File("rows", "w", driver="core", backing_store=False) as file:
            rows = {
                "file": lambda: file.create_dataset("X", data=X),
                "sparse": lambda: csr_array(X),
            }
            rows = rows.get(where, lambda: X)()
            estimator = KMeans(len(start), init=start, tol=0, max_iter=MAX_ITER)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = estimator.fit(rows, sample_weight=weight)
            predicted, distances = fitted.predict(rows), fitted.transform(rows)
            score = fitted.score(rows, sample_weight=weight)
    finally:
        _fit.plan_fit, _estimator.MAX_DENSE = chosen, most
    expected = lloyd_refilling(X, start, weight, MAX_ITER)
    labels = fitted.labels_
    exact = squared_distances(X, fitted.cluster_centers_)
    own = exact[np.arange(len(X)), labels]
    # Of copies of one point, the mean may be off by rounding.
    rounding = 1e-27 * np.square(X.astype(np.float64)).sum()
    found = {
        "labels differ": not np.array_equal(labels, expected.labels),
        "max_iter": fitted.n_iter_ == MAX_ITER,
        "a label is not the nearest": (own > exact.min(axis=1) * (1 + 1e-12)).any(),
        "predict differs": not np.array_equal(predicted, labels),
        "transform differs": not np.array_equal(distances.argmin(axis=1), labels),
        "inertia above score": not fitted.inertia_ <= -score * (1 + 1e-9),
        "inertia differs": abs(fitted.inertia_ - expected.inertia)
        > 1e-6 * expected.inertia + rounding,
    }
    return [name for name, is_wrong in found.items() if is_wrong]


def main() -> None:
    """Print what fails how often."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int, help="number of problems")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--ways", type=int, nargs="*", default=range(len(WAYS)), help="from 0")
    arguments = parser.parse_args()
    for plan, where in [WAYS[number] for number in arguments.ways]:
        counts = Counter()
        for seed in range(arguments.first, arguments.first + arguments.n):
            wrong = failures(problem(seed), plan, where)
            counts.update(wrong)
            if wrong and sum(counts.values()) < 20:
                sys.stderr.write(f"{plan}, {where}, seed {seed}: {', '.join(wrong)}\n")
        sys.stdout.write(f"{plan}, {where}: {arguments.n:,} fits, {dict(counts) or 'all right'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
