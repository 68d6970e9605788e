"""Who looks on while restarts iterate: what is printed, and what may stop them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from aecluster.clustering._rows import Scale


class Step(NamedTuple):
    """What one iteration did to one restart.

    Attributes
    ----------
    restart : int
        From 0.
    n_iter : int
        Its iterations so far.
    inertia : float
        Of the points and the centroids to which this iteration assigned them.
    moved_sq : float
        Sum of the squared ways that the centroids moved from there.
    tol : float
        Bound of it at which a restart ends.
    is_at_rest : bool
        Whether no label changed.
    is_done : bool
        Whether it was the last iteration of the restart.
    centers : ndarray of shape (n_clusters, n_features), float64
        To where they moved.
    """

    restart: int
    n_iter: int
    inertia: float
    moved_sq: float
    tol: float
    is_at_rest: bool
    is_done: bool
    centers: np.ndarray


class Watcher(ABC):
    """Is told of every iteration, in the process that called for the fit."""

    def watch(self, scale: Scale, n_restarts: int) -> None:
        """Begin with a fit.

        Parameters
        ----------
        scale : Scale
            What inertias, ways and centroids are multiplied by.
        n_restarts : int
        """
        self.scale, self.n_restarts = scale, n_restarts

    @abstractmethod
    def observe(self, step: Step) -> bool:
        """Take notice of an iteration, and return whether to stop its restart."""

    def stops(self, steps: list[Step], rank: int) -> np.ndarray:
        """Return 1 for each restart that is to stop, else 0; 0 for all in other processes."""
        return np.array([float(rank == 0 and self.observe(step)) for step in steps])


class Printer(Watcher):
    """Prints a line per iteration; lengths are in the unit of the data, inertias in its square."""

    def watch(self, scale: Scale, n_restarts: int) -> None:
        """Say that the iterations begin."""
        super().watch(scale, n_restarts)
        starts = "1 start" if n_restarts == 1 else f"{n_restarts} starts"
        _print(f"Initialization complete: {starts}.")

    def observe(self, step: Step) -> bool:
        """Print what happened."""
        moved_sq = self.scale.undone_squares(step.moved_sq, is_weighted=False)
        tol = self.scale.undone_squares(step.tol, is_weighted=False)
        line = (
            f"Restart {step.restart + 1}: Iteration {step.n_iter}, inertia "
            f"{self.scale.undone_squares(step.inertia):.6g} squared units of X, "
            f"centroids moved {moved_sq**0.5:.3g} units"
        )
        if step.is_at_rest:
            line += "; converged: strict convergence"
        elif step.moved_sq <= step.tol:
            line += f"; converged: center shift {moved_sq:.3g} within tolerance {tol:.3g}"
        elif step.is_done:
            line += "; stopped by max_iter"
        _print(f"{line}.")
        return False


class Watchers(Watcher):
    """Several of them."""

    def __init__(self, watchers: list[Watcher]):
        self._watchers = watchers

    def watch(self, scale: Scale, n_restarts: int) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.watch(scale, n_restarts)

    def observe(self, step: Step) -> bool:
        """Tell all, and return whether any wants to stop."""
        wishes = [watcher.observe(step) for watcher in self._watchers]
        return any(wishes)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201
