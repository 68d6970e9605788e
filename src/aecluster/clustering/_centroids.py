"""The second half of an iteration: from points that changed their cluster to centroids."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from aecluster.clustering._rows import Rows

ROWS_AT_A_TIME = 64  # half a megabyte of 1,024 features in float64, which stays in the cache
# With so few clusters a dense product takes less time than one with the changes alone.
MAX_DENSE_CLUSTERS = 24


class Changes:
    """What points that leave and join clusters add to the clusters' sums, in float64.

    Parameters
    ----------
    rows : Rows
    sums : ndarray of shape (n_restarts, n_clusters, n_features), float64
        Weighted sums of the points of every cluster; changed in place.
    mass : ndarray of shape (n_restarts, n_clusters), float64
        Sums of weights; changed in place.
    count : ndarray of shape (n_restarts,), float64
        Number of points that changed; changed in place.
    """

    def __init__(self, rows: Rows, sums: np.ndarray, mass: np.ndarray, count: np.ndarray):
        self._rows = rows
        self._sums, self._mass, self._count = sums, mass, count
        self._noted: dict[int, list[np.ndarray]] = {}

    def add_block(self, part: slice, block: np.ndarray, old: np.ndarray, new: np.ndarray) -> None:
        """Add the rows of a block that changed, while they are at hand.

        Parameters
        ----------
        part : slice
            Where the block stands in the data.
        block : ndarray of shape (n, n_features)
        old, new : ndarray of shape (n_restarts, n)
            Labels; old ones may be -1 for none.
        """
        position, restart = np.nonzero((old != new).T)
        if not len(position):
            return
        touched, column = np.unique(position, return_inverse=True)
        weight = self._rows.weight[part.start + position]
        old, new = old[restart, position], new[restart, position]
        points = block if len(touched) == len(block) else block[touched]
        self._add(points, column, restart, old, new, weight)

    def note_block(self, part: slice, old: np.ndarray, new: np.ndarray) -> None:
        """Keep in mind the rows of a block that changed; parameters as in `add_block`."""
        for restart in np.flatnonzero((old != new).any(axis=1)):
            position = np.flatnonzero(old[restart] != new[restart])
            self.note(
                restart, part.start + position, old[restart, position], new[restart, position]
            )

    def note(self, restart: int, indices: np.ndarray, old: np.ndarray, new: np.ndarray) -> None:
        """Keep in mind the rows of one restart that changed, for `add_noted`."""
        if len(indices):
            self._noted.setdefault(restart, []).append(np.stack([indices, old, new]))

    def add_noted(self) -> None:
        """Add the rows that were noted."""
        n_clusters = self._mass.shape[1]
        for restart, noted in self._noted.items():
            indices, old, new = np.concatenate(noted, axis=1)
            weight = self._rows.weight[indices]
            for start in range(0, len(indices), ROWS_AT_A_TIME):
                part = slice(start, start + ROWS_AT_A_TIME)
                move = _moves(n_clusters, old[part], new[part], weight[part])
                self._sums[restart] += move @ self._rows.take(indices[part])
            self._mass[restart] += np.bincount(new, weight, n_clusters)
            self._mass[restart] -= np.bincount(old, weight, n_clusters)
            self._count[restart] += len(indices)
        self._noted = {}

    def _add(self, points, column, restart, old, new, weight) -> None:
        n_restarts, n_clusters = self._mass.shape
        first = n_clusters * restart
        if old.min() < 0:
            entry, value, per_change = first + new, weight, 1
        else:
            entry = np.stack([first + new, first + old], axis=1).ravel()
            value = np.stack([weight, -weight], axis=1).ravel()
            per_change = 2
        ends = np.cumsum(np.bincount(column, minlength=len(points))) * per_change
        pointers = np.concatenate([[0], ends])
        shape = (n_restarts * n_clusters, len(points))
        member = csc_array((value, entry, pointers), shape=shape)
        if shape[0] <= MAX_DENSE_CLUSTERS:
            dense, total = member.toarray(), 0
            for start in range(0, len(points), ROWS_AT_A_TIME):
                some = slice(start, start + ROWS_AT_A_TIME)
                total += dense[:, some] @ points[some].astype(np.float64, copy=False)
        else:
            total = member @ points
        self._sums += total.reshape(self._sums.shape)
        self._mass += np.bincount(entry, value, self._mass.size).reshape(self._mass.shape)
        self._count += np.bincount(restart, minlength=n_restarts)


def _moves(
    n_clusters: int, old: np.ndarray, new: np.ndarray, weight: np.ndarray
) -> np.ndarray | csc_array:
    """Return as shape (n_clusters, n) how often points come to clusters, less how often they go."""
    n = len(new)
    if n_clusters <= MAX_DENSE_CLUSTERS:
        moves = np.zeros((n_clusters, n))
        moves[new, np.arange(n)] = weight
        moves[old, np.arange(n)] = -weight
        return moves
    entry, value = np.stack([new, old], axis=1), np.stack([weight, -weight], axis=1)
    pointers = np.arange(0, 2 * n + 1, 2)
    return csc_array((value.ravel(), entry.ravel(), pointers), shape=(n_clusters, n))


def centroids(
    rows: Rows,
    sums: np.ndarray,
    mass: np.ndarray,
    labels: np.ndarray,
    centers: np.ndarray,
) -> np.ndarray:
    """Return the mean of each cluster of one restart; empty clusters move to the farthest points.

    As in scikit-learn, a point to which an empty cluster moves leaves the mean of its own cluster,
    and keeps its label until the next assignment. Where all points sit on their centroid, an empty
    cluster goes to the heaviest one.
    """
    if not mass.all():
        sums, mass = _relocate(rows, sums, mass, labels, centers)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = sums / mass[:, None]
    moved[mass == 0] = moved[mass.argmax()]
    return moved


def _relocate(
    rows: Rows,
    sums: np.ndarray,
    mass: np.ndarray,
    labels: np.ndarray,
    centers: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    distance = np.empty(rows.n_samples)
    for part, block in rows.blocks(slice(0, rows.n_samples)):
        difference = block - centers[labels[part]]
        np.einsum("ij,ij->i", difference, difference, out=distance[part])
    if not distance.any():
        return sums, mass
    sums, mass = sums.copy(), mass.copy()
    empty = np.flatnonzero(mass == 0)
    farthest = np.argpartition(distance, -len(empty))[: -len(empty) - 1 : -1]
    for cluster, index, point in zip(empty, farthest, rows.take(farthest), strict=True):
        share = rows.weight[index] * point
        sums[labels[index]] -= share
        mass[labels[index]] -= rows.weight[index]
        sums[cluster] = share
        mass[cluster] = rows.weight[index]
    return sums, mass
