"""Clustering of images in pixel space, and in spaces that are learned without labels.

The parts are a library of their own right: `aecluster.clustering`, `aecluster.metrics`,
`aecluster.autoencoder` and `aecluster.store` are imported by name, so that importing the package
itself loads none of their dependencies. `aecluster.load` opens results.
"""

from pkgutil import resolve_name  # noqa: TID251 - no step depends on what is loaded here

# By the name under which each is loaded when it is first asked for.
_LAZY = {"load": "aecluster.results:load"}

__all__ = ["load"]


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return resolve_name(_LAZY[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
