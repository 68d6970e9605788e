"""Distances between the points of two tiles: a matrix product, repaired where it loses digits.

With centred points, d(x, y)^2 / 2 = |x|^2 / 2 + |y|^2 / 2 - x y costs one matrix product per tile.
Half squares are what this module computes: they save a pass, and the silhouette and the Dunn index
are ratios of distances, from which any common factor cancels. Where the difference is small beside
its terms, digits cancel. Such pairs are taken again, in float64:

    few in a tile     from the differences of the coordinates
    many in a tile    by a product of the points as seen from one of the tile's own; then what is
                      spoiled even there from the differences
"""

import numpy as np

_DIFFERENCE_COST = (
    64  # a pair by differences, in pairs by product; measured at 64 and 1,024 columns
)
_DIFFERENCE_ENTRIES = 2**18  # coordinates gathered at a time: 2 MiB

# Half squares under this share of their terms are spoiled. A product of d columns is off by about
# 2 units in the last place of the terms, at most 20 (measured, d = 64 and 1,024); so distances keep
# 6 digits in float32, means of many of them 7, and 10 digits in float64.
_SPOILED = {np.dtype(np.float32): 0.05, np.dtype(np.float64): 1e-5}

# In means over fewer distances the rounding of float32 does not average out.
_FEWEST_ROUNDED = 32


class TileDistances:
    """Half squared distances of the points of tiles.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Points. The product is taken in float32 where float32 holds them exactly, else in float64.
    order : ndarray of int of shape (n_samples,)
        Sorts the points as the tiles have them.
    tiles : list of Tile
        Tiles of the sorted points.
    in_float64 : bool, default=False
        Whether the product is taken in float64 in any case.
    """

    def __init__(self, X, order, tiles, in_float64=False):
        self._X = X
        self._order = order
        # A power of two, exact, against overflow and underflow of squares.
        exponent = -int(np.frexp(max(float(X.max()), -float(X.min())))[1])
        self._scale = 2.0 ** min(exponent, 1023)
        is_short = np.can_cast(X.dtype, np.float32) and not in_float64
        dtype = np.float32 if is_short else np.float64
        self.dtype = np.dtype(dtype)
        self._points = X[order].astype(dtype, copy=False)
        if abs(exponent) < np.finfo(dtype).maxexp - 1:
            self._points *= dtype(self._scale)
        else:
            np.ldexp(self._points, exponent, out=self._points)  # slower, without limits
        self._points -= self._points.mean(axis=0)
        self._norms = np.empty(len(X), dtype)
        for tile in tiles:
            self._norms[tile.rows] = _half_norms(self._points[tile.rows])
        # Bound of the error of a product of d columns and the sums around it (Higham 2002,
        # section 3.1) and of the rounding of the centred points.
        self._error = (1.1 * X.shape[1] + 16) * np.finfo(dtype).eps / 2
        self._spoiled = _SPOILED[self.dtype] + self._error

    def half_squares(self, tile, other, out):
        """Compute the half squared distances of two tiles and a bound of their absolute error.

        Parameters
        ----------
        tile, other : Tile
            Rows and columns of the result. On the diagonal of a tile with itself stands 0.
        out : ndarray
            Memory that the result may use.

        Returns
        -------
        halves : ndarray of shape (n_rows, n_columns), dtype float32 or float64
        error : float
        """
        left, right = self._norms[tile.rows], self._norms[other.rows]
        halves = out[: left.size * right.size].reshape(left.size, right.size)
        np.matmul(self._points[tile.rows], self._points[other.rows].T, out=halves)
        np.subtract(left[:, None], halves, out=halves)
        halves += right
        if tile is other:
            np.fill_diagonal(halves, np.inf)
        largest = float(left.max()) + float(right.max())
        if self.dtype == np.float32 and min(tile.counts[-1], other.counts[-1]) < _FEWEST_ROUNDED:
            halves[...] = self._from_nearby(tile, other)
        elif halves.min() < self._spoiled * largest:
            spoiled = halves < self._spoiled * (left[:, None] + right)
            halves[spoiled] = self.exact(tile, other, spoiled)
        if tile is other:
            np.fill_diagonal(halves, 0.0)
        return halves, self._error * largest

    def exact(self, tile, other, pairs):
        """Compute half squared distances in float64, to 10 digits at least.

        Parameters
        ----------
        tile, other : Tile
            Rows and columns.
        pairs : ndarray of bool of shape (n_rows, n_columns)
            Which.

        Returns
        -------
        halves : ndarray of shape (n_pairs,), dtype float64
            In the order in which `pairs` has them.
        """
        if np.count_nonzero(pairs) * _DIFFERENCE_COST > pairs.size:
            return self._from_nearby(tile, other)[pairs]
        return self._from_differences(tile, other, pairs)

    def _from_nearby(self, tile, other):
        rows, columns = self._order[tile.rows], self._order[other.rows]
        origin = self._X[rows[0]].astype(np.float64)
        points = (self._X[rows] - origin) * self._scale
        others = (self._X[columns] - origin) * self._scale
        left, right = _half_norms(points)[:, None], _half_norms(others)
        halves = left + right - points @ others.T
        spoiled = halves < _SPOILED[halves.dtype] * (left + right)
        if tile is other:
            np.fill_diagonal(spoiled, False)
            np.fill_diagonal(halves, 0.0)
        halves[spoiled] = self._from_differences(tile, other, spoiled)
        return halves

    def _from_differences(self, tile, other, pairs):
        # Several times faster than the nonzero elements of a matrix.
        i, j = np.divmod(np.flatnonzero(pairs), pairs.shape[1])
        i, j = self._order[tile.rows][i], self._order[other.rows][j]
        halves = np.empty(len(i))
        step = max(1, _DIFFERENCE_ENTRIES // self._X.shape[1])
        for start in range(0, len(i), step):
            some = slice(start, start + step)
            differences = np.subtract(self._X[i[some]], self._X[j[some]], dtype=np.float64)
            halves[some] = _half_norms(differences * self._scale)
        return halves


def _half_norms(points):
    """Return half the squared norm of each row in float64, whatever the type of the points."""
    return np.einsum("ij,ij->i", points, points, dtype=np.float64) / 2
