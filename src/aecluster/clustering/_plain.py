"""Lloyd's iterations as the textbook has them, for data so small that calls cost more than numbers.

Everything is in float64 and computed anew in every iteration, for all restarts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aecluster.clustering._distances import codebook, settle
from aecluster.clustering._lloyd import Restarts
from aecluster.clustering._rows import Rows
from aecluster.clustering._workers import Team

if TYPE_CHECKING:
    from aecluster.clustering._fit import Outcome


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
        self._exact = rows.take(np.arange(rows.n_samples))
        self._points = self._exact - rows.origin
        self._norms = np.sqrt(np.einsum("ij,ij->i", self._points, self._points))
        self._is_weighted = not np.all(rows.weight == 1)
        self._is_member = np.zeros((*starts.shape[:2], rows.n_samples), bool)

    def assign(self, active: np.ndarray) -> None:
        """Label all points for the active restarts."""
        book = codebook(self._rows, self.centers[active], is_double=True)
        near = book.near.swapaxes(0, 1)
        score = near.reshape(-1, near.shape[2]) @ self._points.T
        score = score.reshape(*near.shape[:2], -1)
        np.subtract(book.half_norms_sq.T[:, :, None], score, out=score)
        highest = score.min(axis=1)
        highest += 2 * (np.multiply.outer(book.slack_per_norm, self._norms) + book.slack[:, None])
        is_member = score <= highest[:, None]
        if np.count_nonzero(is_member) != highest.size:
            self._settle(is_member, book.centers)
        self.is_at_rest[active] = (is_member == self._is_member[active]).all(axis=(1, 2))
        self._is_member[active] = is_member
        member = is_member.astype(np.float64)
        if self._is_weighted:
            member *= self._rows.weight
        self._mass[active] = member.sum(axis=2)
        sums = member.reshape(-1, member.shape[2]) @ self._exact
        self._sums[active] = sums.reshape(near.shape)
        if not self._mass[active].all():
            self._labels[active] = is_member.argmax(axis=1)

    def write(self, outcome: Outcome) -> None:
        """Write what the restarts came to."""
        self._labels[:] = self._is_member.argmax(axis=1)
        super().write(outcome)
        outcome.is_mean[:] = True

    def _settle(self, is_member: np.ndarray, centers: np.ndarray) -> None:
        """Leave each point one cluster."""
        for of_restart, centers_of_restart in zip(is_member, centers, strict=True):
            open_ = np.flatnonzero(np.count_nonzero(of_restart, axis=0) != 1)
            if len(open_):
                label = settle(self._rows, open_, centers_of_restart, of_restart[:, open_].T)
                of_restart[:, open_] = False
                of_restart[label, open_] = True
