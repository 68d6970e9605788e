"""Where images come from, and how they become the store of pixels.

`SOURCES` and `source_state` are read while the workflow is parsed; the rest is imported when it is
asked for.
"""

from typing import Any

from aecluster.data.sources import SOURCES, Source, source_state

__all__ = ["SOURCES", "Source", "download", "preprocess", "source_state"]


def __getattr__(name: str) -> Any:
    if name == "preprocess":
        from aecluster.data.preprocessing import preprocess

        return preprocess
    if name == "download":
        from aecluster.data.mirrors import download

        return download
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
