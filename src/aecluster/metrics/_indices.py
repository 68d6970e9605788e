"""Silhouettes and the two distances of the Dunn index in one pass over all pairs of points.

Each pair of tiles is visited once: the sums of its rows go to the points of the one tile, those of
its columns to the points of the other. Sums are kept for clusters with tiles of their own, of which
there are few; of the small clusters, which lie whole in one tile, only the smallest mean is kept.
So memory is proportional to the number of points, whatever the number of clusters.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from aecluster.cores import n_threads, one_blas_thread
from aecluster.metrics._distances import TileDistances
from aecluster.metrics._tiles import TILE_ROWS, cut_into_tiles, is_large


class _TileResult(NamedTuple):
    """What a tile learns from itself and the tiles after it."""

    sums: np.ndarray  # distances of its points, summed over each large cluster
    own: np.ndarray  # distances of its points, summed over their own cluster if that is small
    nearest: np.ndarray  # smallest mean distance of its points to another small cluster
    columns: np.ndarray  # of each point after it: distances summed over the tile's piece of a large
    # cluster, or the smallest mean distance to one of its small clusters
    separation: float
    diameter: float


def silhouettes_and_extremes(X, codes, counts, weights=None):
    """Compute silhouettes, the smallest separation and the largest diameter.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Points.
    codes : ndarray of int of shape (n_samples,)
        Cluster of each point, from 0.
    counts : ndarray of int of shape (n_clusters,)
        Size of each cluster; none is 0.
    weights : ndarray of shape (n_samples,), dtype float64, default=None
        How many points each is; none is 0. With them, all distances are taken in float64.

    Returns
    -------
    silhouettes : ndarray of shape (n_samples,), dtype float64
    separation, diameter : float
        Smallest distance of two points of different clusters and largest of two points of one
        cluster, in a common unit that depends on X.
    """
    by_size = np.argsort(-counts, kind="stable")
    counts, codes = counts[by_size], np.argsort(by_size)[codes]
    order = np.argsort(codes, kind="stable")
    comparison = _Comparison(X, order, counts, None if weights is None else weights[order])
    own, nearest = comparison.run()

    sizes = comparison.sizes[codes[order]]
    np.divide(own, sizes - 1, out=own, where=sizes > 1)
    larger = np.maximum(own, nearest)
    # A point alone in its cluster has 0 (Rousseeuw 1987, section 2), and so has 0 / 0.
    defined = (sizes > 1) & (larger > 0)
    silhouettes = np.zeros(len(X))
    silhouettes[order[defined]] = (nearest - own)[defined] / larger[defined]
    return silhouettes, comparison.separation**0.5, comparison.diameter**0.5


class _Comparison:
    """The pass over all pairs of tiles.

    `separation` and `diameter` are the extremes found so far, as half squared distances. Threads
    read them only to skip tiles that cannot hold a better one. `sizes` are those of the clusters:
    the sums of the weights of their points.
    """

    def __init__(self, X, order, counts, weights):
        self._tiles = cut_into_tiles(counts)
        self._distances = TileDistances(X, order, self._tiles, in_float64=weights is not None)
        self._n_samples = len(X)
        self._weights = weights
        self._large_counts = counts[is_large(counts)]
        self.sizes = counts
        if weights is not None:
            self.sizes = np.add.reduceat(weights, np.cumsum(counts) - counts)
        self.separation = np.inf
        self.diameter = 0.0

    def run(self):
        """Return each sorted point's summed distance to its cluster and nearest mean distance."""
        sums = np.zeros((self._n_samples, len(self._large_counts)))
        own = np.zeros(self._n_samples)
        nearest = np.full(self._n_samples, np.inf)
        with _parallel_map() as parallel_map:
            # Added in the order of the tiles: the sums do not depend on the number of threads.
            results = parallel_map(self._compare, range(len(self._tiles)))
            for tile, result in zip(self._tiles, results, strict=True):
                later = slice(tile.rows.stop, None)
                sums[tile.rows] += result.sums
                own[tile.rows] = result.own
                _lower(nearest[tile.rows], result.nearest)
                if tile.is_large:
                    sums[later, tile.cluster] += result.columns
                else:
                    _lower(nearest[later], result.columns)
                self.separation = min(self.separation, result.separation)
                self.diameter = max(self.diameter, result.diameter)

        n_in_large = self._large_counts.sum()
        codes = np.repeat(np.arange(len(self._large_counts)), self._large_counts)
        own[:n_in_large] = _take_own(sums[:n_in_large], codes)
        sums /= self.sizes[: len(self._large_counts)]
        _lower(nearest, sums.min(axis=1, initial=np.inf))
        return own, nearest

    def _compare(self, number):
        """Compare a tile with itself and the tiles after it."""
        tile = self._tiles[number]
        n_rows = len(tile.codes)
        memory = np.empty(TILE_ROWS**2, self._distances.dtype)
        members = self._membership(tile)
        sizes = self._sizes_in(tile)[:, None]
        sums = np.zeros((n_rows, len(self._large_counts)))
        own = np.zeros(n_rows)
        nearest = np.full(n_rows, np.inf)
        columns = np.empty(self._n_samples - tile.rows.stop)
        separation, diameter = np.inf, 0.0
        for other in self._tiles[number:]:
            halves, error = self._distances.half_squares(tile, other, memory)
            if tile.cluster != other.cluster:
                separation = min(separation, self._separation(tile, other, halves, error))
            elif tile.is_large:
                diameter = max(diameter, self._diameter(tile, other, halves, error))
            else:
                together = np.equal.outer(tile.codes, other.codes)
                separation = self._separation(tile, other, halves, error, ~together)
                diameter = self._diameter(tile, other, halves, error, together)

            distances = np.sqrt(halves, out=halves)
            towards = (distances @ self._membership(other)).astype(np.float64)
            if other.is_large:
                sums[:, other.cluster] += towards[:, 0]
            else:
                if other is tile:
                    own = _take_own(towards, tile.codes)
                _lower(nearest, (towards / self._sizes_in(other)).min(axis=1))
            if other is not tile:
                away = members.T @ distances
                start = other.rows.start - tile.rows.stop
                columns[start : start + len(other.codes)] = (
                    away[0] if tile.is_large else (away / sizes).min(axis=0)
                )
        return _TileResult(sums, own, nearest, columns, separation, diameter)

    def _membership(self, tile):
        """Return the weight of each point of a tile in the column of its cluster, 0 elsewhere."""
        members = tile.membership(self._distances.dtype)
        if self._weights is not None:
            members *= self._weights[tile.rows, None]
        return members

    def _sizes_in(self, tile):
        return self.sizes[tile.cluster : tile.cluster + len(tile.counts)]

    def _separation(self, tile, other, halves, error, among=True):
        """Return the smallest of the half squares if it may be the smallest of all, else inf."""
        smallest = float(halves.min(where=among, initial=np.inf))
        if max(smallest - error, 0.0) >= self.separation:
            return np.inf
        candidates = (halves <= smallest + 2 * error) & among
        return float(self._distances.exact(tile, other, candidates).min())

    def _diameter(self, tile, other, halves, error, among=True):
        """Return the largest of the half squares if it may be the largest of all, else 0."""
        largest = float(halves.max(where=among, initial=0.0))
        if largest + error <= self.diameter:
            return 0.0
        candidates = (halves >= largest - 2 * error) & among
        return float(self._distances.exact(tile, other, candidates).max())


def _take_own(sums, codes):
    """Return the sums of the points to their own cluster, and leave infinity in their place."""
    own = np.arange(len(codes)), codes
    taken = sums[own]
    sums[own] = np.inf
    return taken


def _lower(values, others):
    np.minimum(values, others, out=values)


@contextmanager
def _parallel_map():
    """Give a map that runs on as many threads as BLAS would use, each with BLAS to itself."""
    with ThreadPoolExecutor(n_threads()) as pool, one_blas_thread():
        yield pool.map
