"""What scikit-learn's callbacks are told of a fit.

The tasks are ``fit``, in it a ``restart`` for each start, and in that its ``iteration``s. Restarts
iterate together, so their tasks run side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aecluster.clustering._rows import Scale
from aecluster.clustering._watching import Step, Watcher

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # scikit-learn before 1.9 has no callbacks

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands for scikit-learn's, which is not there."""


Fitted = Callable[[np.ndarray, int], dict[str, Any]]


class Callbacks(Watcher):
    """Tells the callbacks of an estimator what happens.

    Parameters
    ----------
    context : sklearn.callback.CallbackContext
        Of the fit.
    max_iter : int
    told : dict
        What every hook is told: `estimator`, `X`, `y`, `metadata`.
    fitted : callable
        Makes the attributes of a fitted estimator of centroids and a number of iterations.
    """

    def __init__(self, context: Any, max_iter: int, told: dict[str, Any], fitted: Fitted):
        self._context, self._max_iter, self._told, self._fitted = context, max_iter, told, fitted
        self._is_stopped = False

    def watch(self, scale: Scale, n_restarts: int) -> None:
        """Begin the tasks of the restarts, and their first iterations."""
        super().watch(scale, n_restarts)
        self._restarts = [self._begun(self._context, "restart") for _ in range(n_restarts)]
        self._iterations = [self._begun(restart, "iteration") for restart in self._restarts]

    def _begun(self, parent: Any, name: str) -> Any:
        max_subtasks = self._max_iter if name == "restart" else 0
        context = parent.subcontext(task_name=name, max_subtasks=max_subtasks)
        return context.call_on_fit_task_begin(**self._told)

    def observe(self, step: Step) -> bool:
        """End a task, begin the next, and return whether a callback wants to stop."""
        number = step.restart

        def made() -> dict[str, Any]:
            return self._fitted(self.scale.undone(step.centers), step.n_iter)

        def ended(context: Any) -> bool:
            return context.call_on_fit_task_end(**self._told, reconstruction_attributes=made)

        is_stopped = ended(self._iterations[number]) or self._is_stopped
        if is_stopped or step.is_done:
            # Who stops a restart at its end wants none of the others.
            self._is_stopped |= ended(self._restarts[number])
        else:
            self._iterations[number] = self._begun(self._restarts[number], "iteration")
        return is_stopped
