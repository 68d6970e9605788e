"""Where images come from, and how they become the store of pixels.

`SOURCES` and `source_state` are read while the workflow is parsed; the rest is imported when it is
asked for.
"""

from typing import Any

from aecluster.data.sources import SOURCES, Source, source_state

__all__ = ["SOURCES", "Source", "fetch_archive", "preprocess", "source_state"]


def __getattr__(name: str) -> Any:
    if name == "preprocess":
        from aecluster.data.preprocessing import preprocess

        return preprocess
    if name == "fetch_archive":
        from aecluster.data.archives import fetch_archive

        return fetch_archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
