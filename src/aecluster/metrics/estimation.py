"""The silhouette of every one of many points, each with a guarantee, from few of the distances.

A silhouette follows from mean distances, and bounds of it from theirs. A first round takes the
bounds that need no distances at all, each further one draws twice as many points of every cluster,
for those points whose silhouette the one before left open. A union bound over points, clusters,
rounds and both sides holds all bounds at once. What would take more than half of all distances is
computed exactly.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from aecluster.cores import n_threads, one_blas_thread
from aecluster.metrics._input import as_labels
from aecluster.metrics._mean_distances import Sample, draw, mean_distances, sample_of
from aecluster.metrics._scale import exponent_to_one, scaled
from aecluster.metrics.dispersion import cluster_means
from aecluster.metrics.internal import as_points, silhouette_samples
from aecluster.metrics.points import ArrayPoints, Points, blocks_of
from aecluster.metrics.sampling import silhouettes_of

# Values of the samples that are in memory at a time, as float32 and, while drawn, float64.
_SAMPLE_VALUES = 2**23
# Largest magnitudes of which squares stay within float32.
_USUAL_IN_FLOAT32 = 1e-10, 1e10
# Points whose exact silhouettes are computed at a time, each with its distances to a block.
_EXACT_ROWS = 2000


class EstimatedSilhouettes(NamedTuple):
    """Result of `estimated_silhouettes`.

    Attributes
    ----------
    silhouette : float
        Mean of `silhouette_samples`.
    silhouette_samples : ndarray of shape (n_samples,), dtype float64
        Silhouette of each point, in the order of the points.
    n_distances : int
        How many distances between points were taken. All there are are n (n - 1) / 2.
    """

    silhouette: float
    silhouette_samples: np.ndarray
    n_distances: int


def estimated_silhouettes(
    X: ArrayLike | Points,
    labels: ArrayLike,
    *,
    eps: float = 0.05,
    delta: float = 0.01,
    random_state: int = 0,
) -> EstimatedSilhouettes:
    """Estimate the silhouette of every point to within `eps`, all at once with `1 - delta`.

    With a probability of at least `1 - delta`, over the choice of the samples, no point's estimate
    differs from its exact silhouette by more than `eps`; nor, then, does the mean. Most estimates
    are ten times nearer. Clusters that lie apart need no distances at all, overlapping ones some
    hundred per point and cluster, however large they are. Where samples would take more than half
    of all distances, as in small clusters, the silhouettes are computed exactly.

    Memory beside X is some 50 MB and 200 bytes per point, whatever the number of features and
    clusters; where more than a quarter of an array is computed exactly, it is that of
    `silhouette_samples`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or Points
        Points. `Points` are read a block at a time, several times.
    labels : array-like of shape (n_samples,)
        Cluster of each point.
    eps : float, default=0.05
        Largest error of a silhouette, from 0.001 to 1. Half of it takes about twice as long.
    delta : float, default=0.01
        Largest probability that any silhouette is farther off, above 0 and below 1. A smaller one
        costs little.
    random_state : int, default=0
        Seed of the samples. The same seed gives the same estimates.

    Returns
    -------
    EstimatedSilhouettes
        Named tuple of `silhouette`, the mean, `silhouette_samples`, one per point, and
        `n_distances`, the number of distances that were taken.

    Raises
    ------
    ValueError
        As `internal_indices`, and if `eps` or `delta` is out of range.

    Notes
    -----
    That silhouettes of all points can be estimated with such a guarantee from distances to
    samples, of a number that depends on the logarithm of n only, is due to Sarpe et al., for any
    metric. The bounds here are others, derived in `aecluster.metrics._mean_distances`, and hold for
    Euclidean distances only: they start from what the clusters' means say, and need far fewer
    samples.

    The guarantee is about sampling; products in float32 add their rounding, some 1e-6, and up to
    0.001 where many points nearly coincide.

    References
    ----------
    Sarpe, Altieri, Pietracaprina, Pucci and Vandin, "Scalable and distributed silhouette
    approximation" (2026), arXiv 2607.01993.
    Hoeffding, "Probability inequalities for sums of bounded random variables", Journal of the
    American Statistical Association 58 (1963), 13-30.
    Rousseeuw (1987), see `internal_indices`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(4000, 2)), rng.normal(size=(4000, 2)) + [9, 0]])
    >>> labels = np.repeat([0, 1], 4000)
    >>> found = estimated_silhouettes(X, labels, eps=0.1)
    >>> exact = silhouette_samples(X, labels)
    >>> bool(abs(found.silhouette_samples - exact).max() <= 0.1)
    True
    """
    if not 0.001 <= eps <= 1:
        raise ValueError(f"eps: found {eps}, expected 0.001 to 1")
    if not 0 < delta < 1:
        raise ValueError(f"delta: found {delta}, expected a number between 0 and 1")
    if not hasattr(X, "blocks"):
        X, labels = as_points(X, labels)
        X = ArrayPoints(X)
    labels = as_labels(labels)
    if len(labels) != len(X):
        raise ValueError(f"labels: found {len(labels)}, expected one for each of {len(X)} points")
    _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if not 2 <= len(sizes) <= len(X) - 1:
        raise ValueError(
            f"Number of labels is {len(sizes)}. Valid values are 2 to n_samples - 1 (inclusive)"
        )
    return _Estimation(X, codes, sizes, eps, delta, random_state).run()


class _Estimation:
    """The rounds. Bounds are arrays of three rows: below, above, and the estimate between."""

    def __init__(
        self,
        points: Points,
        codes: np.ndarray,
        sizes: np.ndarray,
        eps: float,
        delta: float,
        random_state: int,
    ):
        self._points, self._codes, self._sizes, self._eps = points, codes, sizes, eps
        self._rng = np.random.default_rng(random_state)
        means, largest = cluster_means(points, codes, sizes)
        self._exponent = exponent_to_one(largest, _USUAL_IN_FLOAT32)
        self._means = scaled(means, self._exponent)
        self._origin = sizes @ self._means / len(codes)
        self._norms = np.concatenate(
            [
                _squared_norms(scaled(block, self._exponent) - self._means[codes[part]])
                for part, block in blocks_of(points)
            ]
        )
        self._spreads = np.bincount(codes, self._norms) / sizes
        self._members = np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes)[:-1])
        n_bounds = 2 * len(codes) * len(sizes)
        self._fewest = int(np.ceil(np.log(n_bounds / delta) / eps))
        n_rounds = 1
        while self._fewest << (n_rounds - 1) < sizes.max():
            n_rounds += 1
        self._log_p = float(np.log(n_bounds * n_rounds / delta))
        self._n_distances = 0

    def run(self) -> EstimatedSilhouettes:
        n = len(self._codes)
        silhouettes, left, n_draws = np.empty(n), np.arange(n), 0
        while len(left):
            next_draws = 2 * n_draws or self._fewest
            found, is_sure, n_ahead = self._round(left, n_draws, next_draws)
            silhouettes[left[is_sure]] = found[is_sure]
            left, n_draws = left[~is_sure], next_draws
            if n_ahead[~is_sure].sum() > len(left) * n / 2:
                self._finish(silhouettes, left)
                break
        return EstimatedSilhouettes(float(silhouettes.mean()), silhouettes, self._n_distances)

    def _finish(self, silhouettes: np.ndarray, left: np.ndarray) -> None:
        """Compute the silhouettes of the points that are left exactly."""
        n = len(self._codes)
        if isinstance(self._points, ArrayPoints) and len(left) > n / 4:
            silhouettes[left] = silhouette_samples(self._points.array, self._codes)[left]
            self._n_distances += n * (n - 1) // 2
            return
        for start in range(0, len(left), _EXACT_ROWS):
            rows = left[start : start + _EXACT_ROWS]
            silhouettes[rows] = silhouettes_of(self._points, rows, self._codes, self._sizes)
        self._n_distances += len(left) * n

    def _round(
        self, rows: np.ndarray, n_draws: int, next_draws: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Estimate the silhouettes of some points from so many draws per cluster.

        Returns
        -------
        silhouettes : ndarray of shape (n_rows,)
        is_sure : ndarray of bool of shape (n_rows,)
            Whether the bounds leave no error above eps.
        n_ahead : ndarray of shape (n_rows,)
            How many distances of each the next round would take.
        """
        own, nearest = np.full((2, 3, len(rows)), np.inf)
        n_ahead = np.zeros(len(rows))

        def bound(piece: slice, x: np.ndarray) -> int:
            return self._bound(
                rows[piece],
                x,
                samples,
                next_draws,
                own[:, piece],
                nearest[:, piece],
                n_ahead[piece],
            )

        with ThreadPoolExecutor(n_threads()) as pool, one_blas_thread():
            for clusters in self._groups(n_draws):
                samples = self._draw(clusters, n_draws)
                for pieces in self._pieces(rows, n_draws):
                    self._n_distances += sum(pool.map(bound, *zip(*pieces, strict=True)))
        high = _silhouettes(own[0], nearest[1])
        low = _silhouettes(own[1], nearest[0])
        # The one nearest to the estimate among those that are within eps of both ends.
        found = np.clip(_silhouettes(own[2], nearest[2]), high - self._eps, low + self._eps)
        # A point alone in its cluster has 0 (Rousseeuw 1987, section 2).
        is_alone = self._sizes[self._codes[rows]] == 1
        found[is_alone] = 0
        return found, is_alone | (high - low <= 2 * self._eps), n_ahead

    def _bound(
        self,
        rows: np.ndarray,
        x: np.ndarray,
        samples: dict[int, Sample | None],
        next_draws: int,
        own: np.ndarray,
        nearest: np.ndarray,
        n_ahead: np.ndarray,
    ) -> int:
        """Bound the mean distances of points to some clusters, and return how many were taken.

        Parameters
        ----------
        rows, x : ndarray of shape (m,) and (m, d)
            Numbers and points.
        samples : dict of int to Sample or None
            What stands for each of the clusters.
        next_draws : int
            Draws of the next round.
        own, nearest, n_ahead : ndarray of shape (3, m), (3, m) and (m,)
            Bounds of the mean distances to the own cluster and to the nearest other one, and
            distances of the next round, which are lowered and added to.
        """
        codes, n_taken = self._codes[rows], 0
        may_count = self._may_count(x, codes)
        for cluster, sample in samples.items():
            some = np.flatnonzero(may_count[:, cluster])
            if not len(some):
                continue
            found = mean_distances(
                rows[some],
                x[some] - self._means[cluster],
                self._spreads[cluster],
                sample,
                self._log_p,
            )
            n_taken += 0 if sample is None else len(some) * len(sample.rows)
            n_ahead[some] += min(self._sizes[cluster], next_draws)
            is_own = codes[some] == cluster
            size = self._sizes[cluster]
            own[:, some[is_own]] = found[:, is_own] * (size / max(size - 1, 1))
            others = some[~is_own]
            nearest[:, others] = np.minimum(nearest[:, others], found[:, ~is_own])
        return n_taken

    def _may_count(self, x: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return for points and clusters whether it is the point's own or may be the next one."""
        near, means = x - self._origin, self._means - self._origin
        norms, of_means = _squared_norms(near), _squared_norms(means)
        squares = near @ (-2 * means.T)
        squares += norms[:, None]
        squares += of_means
        rounding = 4 * (x.shape[1] + 16) * np.finfo(np.float64).eps
        slack = rounding * (norms[:, None] + of_means.max())
        high = squares + slack + self._spreads
        own = np.arange(len(x)), codes
        high[own] = np.inf
        may_count = squares - slack <= high.min(axis=1)[:, None]
        may_count[own] = True
        return may_count

    def _groups(self, n_draws: int) -> Iterator[np.ndarray]:
        """Yield clusters, as many at a time as samples of them fit into memory."""
        values = np.minimum(self._sizes, n_draws) * self._means.shape[1]
        groups = (np.cumsum(values) - values) // _SAMPLE_VALUES
        yield from np.split(np.arange(len(values)), np.flatnonzero(np.diff(groups)) + 1)

    def _draw(self, clusters: np.ndarray, n_draws: int) -> dict[int, Sample | None]:
        if n_draws == 0:
            return dict.fromkeys(clusters.tolist())
        drawn = {}
        for cluster in clusters.tolist():
            members = self._members[cluster]
            drawn[cluster] = draw(members, self._norms[members], n_draws, self._rng)
        rows = np.unique(np.concatenate([found for found, _ in drawn.values()]))
        points = np.concatenate([x for _, x in self._blocks(rows)])
        return {
            cluster: sample_of(
                found,
                weights,
                points[np.searchsorted(rows, found)] - self._means[cluster],
                self._sizes[cluster],
            )
            for cluster, (found, weights) in drawn.items()
        }

    def _pieces(self, rows: np.ndarray, n_draws: int) -> Iterator[list[tuple[slice, np.ndarray]]]:
        """Yield some of the points at a time, in a piece for each thread."""
        n_pieces = n_threads()
        for some, x in self._blocks(rows, max(len(self._sizes), n_draws)):
            cuts = np.linspace(0, len(x), n_pieces + 1).astype(int)
            yield [
                (slice(some.start + start, some.start + stop), x[start:stop])
                for start, stop in pairwise(cuts)
            ]

    def _blocks(
        self, rows: np.ndarray, values_per_point: int = 1
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield which of the rows, in increasing order, are next, with their points in float64."""
        for part, block in blocks_of(self._points, values_per_point):
            start, stop = np.searchsorted(rows, [part.start, part.stop])
            if start < stop:
                x = scaled(block[rows[start:stop] - part.start], self._exponent)
                yield slice(start, stop), x.astype(np.float64)


def _squared_norms(x: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", x, x)


def _silhouettes(own: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    larger = np.maximum(own, nearest)
    return np.divide(nearest - own, larger, out=np.zeros(len(own)), where=larger > 0)
