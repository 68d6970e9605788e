"""Says that functions are compiled: it takes seconds, in which else nothing would be heard."""

from __future__ import annotations

import sys

from numba.core import event


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
    """Write a line when functions of a module are compiled by Numba."""
    event.register("numba:compile", _Note(module))
