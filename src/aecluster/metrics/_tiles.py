"""How the points are cut into tiles, so that the distances of two tiles fit into the cache.

The points are sorted by cluster, largest cluster first. A large cluster is cut into tiles of its
own, each a piece of that cluster only; small clusters share a tile, each of them whole. So every
tile either belongs to one cluster or holds all points of its clusters:

    sorted points  |-- cluster 0 --|-- cluster 1 --|- 2 -|3|4|5|
    tiles          |   0   |   1   |   2   |   3   |     4     |
"""

from typing import NamedTuple

import numpy as np

TILE_ROWS = 512  # 512 x 512 float32 are 1 MiB, the second-level cache of a current core


class Tile(NamedTuple):
    """A run of the sorted points.

    Attributes
    ----------
    rows : slice
        Its points among the sorted ones.
    cluster : int
        Number of its first cluster, in the order of the sorted points.
    counts : ndarray of shape (n_clusters_of_tile,)
        Sizes of its clusters, points in other tiles included.
    codes : ndarray of int of shape (n_rows,)
        Cluster of each point, counted from the tile's first.
    is_large : bool
        Whether it is a piece of one large cluster.
    """

    rows: slice
    cluster: int
    counts: np.ndarray
    codes: np.ndarray
    is_large: bool

    def membership(self, dtype):
        """Return n_rows x n_clusters_of_tile numbers: 1 at the point's cluster, else 0."""
        return np.equal.outer(self.codes, np.arange(len(self.counts))).astype(dtype)


def is_large(counts):
    """Return for each cluster of the given size whether it has tiles of its own."""
    return counts > TILE_ROWS // 2


def cut_into_tiles(counts):
    """Cut points sorted by cluster into tiles.

    Parameters
    ----------
    counts : ndarray of int of shape (n_clusters,)
        Size of each cluster, in descending order.

    Returns
    -------
    tiles : list of Tile
        They cover the points in order. None has more than `TILE_ROWS` rows.
    """
    tiles = []
    ends = np.cumsum(counts)
    cluster = start = 0
    while cluster < len(counts):
        large = bool(is_large(counts[cluster]))
        if large:
            n_pieces = -(-counts[cluster] // TILE_ROWS)
            last = cluster + 1
        else:
            n_pieces = 1
            last = np.searchsorted(ends, start + TILE_ROWS, side="right")
        sizes = counts[cluster:last]
        codes = np.repeat(np.arange(last - cluster), sizes)
        for piece in np.array_split(codes, n_pieces):
            tiles.append(Tile(slice(start, start + len(piece)), cluster, sizes, piece, large))
            start += len(piece)
        cluster = last
    return tiles
