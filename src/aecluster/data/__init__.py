"""Where images come from, and how they become the store of pixels.

`SOURCES` and `source_state` are read while the workflow is parsed. Everything else is imported from
its module, so that each step depends on the code that it uses and on no more.
"""

from aecluster.data.sources import SOURCES, Source, source_state

__all__ = ["SOURCES", "Source", "source_state"]
