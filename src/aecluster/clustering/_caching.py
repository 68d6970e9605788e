"""Compiled code that is kept on disk, where that helps, and does no harm where it cannot.

Numba trusts what it kept: a file that a crash or a full disk cut short ends every later call in an
error of pickle, and a disk that is full while code is kept ends a call that needs none. Here such
code is compiled anew, in memory if need be.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from numba import njit


class _Forgiving:
    """A cache of Numba that is as good as empty where it cannot be read or written.

    Parameters
    ----------
    cache : numba.core.caching.FunctionCache
    """

    def __init__(self, cache: object):
        self._cache = cache

    def __getattr__(self, name: str) -> object:
        return getattr(self._cache, name)

    def load_overload(self, signature: object, context: object) -> object | None:
        """Return what was compiled for a signature, or None."""
        try:
            return self._cache.load_overload(signature, context)
        except Exception:  # whatever unpickling comes to
            # The index names the files: with an empty one all of them are written anew.
            with suppress(OSError):
                self._cache.flush()
            return None

    def save_overload(self, signature: object, result: object) -> None:
        """Keep what was compiled, if that is possible."""
        with suppress(Exception):  # it is at hand in memory
            self._cache.save_overload(signature, result)


def njit_cached(function: Callable, **options: object) -> Callable:
    """Return `function` compiled by Numba when it is called, and kept on disk where that works."""
    try:
        dispatcher = njit(cache=True, **options)(function)
    except RuntimeError:  # no folder for a cache can be written to
        return njit(**options)(function)
    if hasattr(dispatcher, "_cache"):  # not with NUMBA_DISABLE_JIT
        dispatcher._cache = _Forgiving(dispatcher._cache)
    return dispatcher
