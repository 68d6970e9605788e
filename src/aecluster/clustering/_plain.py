"""Lloyd's iterations as the textbook has them, for data so small that calls cost more than numbers.

Everything is computed anew in every iteration, for all restarts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aecluster.clustering._distances import codebook, multiply, settle
from aecluster.clustering._lloyd import Restarts
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

if TYPE_CHECKING:
    from aecluster.clustering._fit import Outcome

SINGLE_RANGE = 1e-24, 1e24  # of squared norms, so that their squares do not leave it either
SUMMED_ROWS = 256


class PlainRestarts(Restarts):
    """All restarts on small data.

    Parameters
    ----------
    rows : Rows
        Surveyed.
    labels : ndarray of shape (n_restarts, n_samples), intp
    starts : ndarray of shape (n_restarts, n_clusters, n_features), float64
    """

    def __init__(self, rows: Rows, labels: np.ndarray, starts: np.ndarray):
        super().__init__(Team(), rows, labels, starts, None)
        block = rows.read(slice(0, rows.n_samples))
        self._exact = block.astype(np.float64, copy=False)
        self._dtype = _product_dtype(rows)
        self._points = (block - rows.origin).astype(self._dtype, copy=False)
        self._norms = rows.norms(slice(0, rows.n_samples)).astype(self._dtype, copy=False)
        self._is_weighted = not np.all(rows.weight == 1)
        self._is_member = np.zeros((*starts.shape[:2], rows.n_samples), bool)

    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""
        book = codebook(self._rows, self.centers[active], self._dtype)
        near = book.near.swapaxes(0, 1)
        score = np.empty((*near.shape[:2], len(self._points)), self._dtype)
        multiply(
            near.reshape(-1, near.shape[2]), self._points, score.reshape(-1, len(self._points))
        )
        np.subtract(book.offsets.T[:, :, None], score, out=score)
        highest = score.min(axis=1)
        highest += 2 * (np.multiply.outer(book.slack_per_norm, self._norms) + book.slack[:, None])
        # Scores that overflow compare as false with everything.
        is_member = np.logical_not(score > highest[:, None])
        if np.count_nonzero(is_member) != highest.size:
            self._settle(is_member, book.centers)
        self.is_at_rest[active] = (is_member == self._is_member[active]).all(axis=(1, 2))
        self._is_member[active] = is_member
        member = is_member.astype(np.float64)
        if self._is_weighted:
            member *= self._rows.weight
        self._mass[active] = member.sum(axis=2)
        self._sums[active] = self._sum(member.reshape(-1, member.shape[2])).reshape(near.shape)
        if not self._mass[active].all():
            self._labels[active] = is_member.argmax(axis=1)

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        self._labels[:] = self._is_member.argmax(axis=1)
        super().write(outcome)
        outcome.is_mean[:] = True

    def _sum(self, member: np.ndarray) -> np.ndarray:
        """Return ``member @ points``, by parts as in `multiply`."""
        whole = member.shape[1] // SUMMED_ROWS * SUMMED_ROWS
        rest = member[:, whole:] @ self._exact[whole:]
        if not whole:
            return rest
        parts = member[:, :whole].reshape(len(member), -1, SUMMED_ROWS).swapaxes(0, 1)
        return (parts @ self._exact[:whole].reshape(-1, SUMMED_ROWS, rest.shape[1])).sum(0) + rest

    def _settle(self, is_member: np.ndarray, centers: np.ndarray) -> None:
        """Leave each point one cluster."""
        for of_restart, centers_of_restart in zip(is_member, centers, strict=True):
            open_ = np.flatnonzero(np.count_nonzero(of_restart, axis=0) != 1)
            if len(open_):
                label = settle(self._rows, open_, centers_of_restart, of_restart[:, open_].T)
                of_restart[:, open_] = False
                of_restart[label, open_] = True


def _product_dtype(rows: Rows) -> np.dtype:
    """Return float32, in which products take half of the time, unless numbers leave its range."""
    largest = rows.norms_sq.max()
    is_single = largest == 0 or SINGLE_RANGE[0] < largest < SINGLE_RANGE[1]
    return np.dtype(np.float32 if is_single else np.float64)
