"""Says that functions are compiled, which takes seconds, or that they may not be."""

from __future__ import annotations

import sys

from numba.core import config, event


class _Note(event.Listener):
    """Writes one line to stderr when the first function of a module is compiled, not loaded."""

    def __init__(self, module: str):
        self._module = module
        self._is_written = False

    def on_start(self, event: event.Event) -> None:
        """Write the line, once per process."""
        is_ours = event.data["dispatcher"].py_func.__module__ == self._module
        if is_ours and not self._is_written:
            self._is_written = True
            sys.stderr.write(
                "aecluster: compiling K-Means for this machine, about 10 s; later runs load it\n"
            )
            sys.stderr.flush()

    def on_end(self, event: event.Event) -> None:
        """Do nothing."""


def tell_of_compiling(module: str) -> None:
    """Write a line when functions of a module are compiled by Numba, or at once if none are."""
    if config.DISABLE_JIT:
        sys.stderr.write(
            "aecluster: NUMBA_DISABLE_JIT is set: K-Means is not compiled, takes far longer, and "
            "may draw other first centroids, since sums round in another order\n"
        )
    event.register("numba:compile", _Note(module))
