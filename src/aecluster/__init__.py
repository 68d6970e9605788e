"""Clustering of images in pixel space, and in spaces that are learned without labels.

The parts are a library of their own right: `aecluster.clustering`, `aecluster.metrics`,
`aecluster.autoencoder` and `aecluster.store`. What is used most is found here too, and loaded when
it is first asked for, so that importing the package itself loads nothing. `load` opens results.
"""

from typing import TYPE_CHECKING

from aecluster.extras import tell_what_is_missing

if TYPE_CHECKING:  # the same names, for editors and type checkers
    from aecluster.clustering import KMeans
    from aecluster.metrics import (
        clustering_accuracy,
        dunn_index,
        internal_indices,
        silhouette_samples,
        silhouette_score,
    )
    from aecluster.results import load, load_clustering, load_experiment
    from aecluster.store import Store

    __version__: str

__all__ = [
    "KMeans",
    "Store",
    "__version__",
    "clustering_accuracy",
    "dunn_index",
    "internal_indices",
    "load",
    "load_clustering",
    "load_experiment",
    "silhouette_samples",
    "silhouette_score",
]

_MODULE_OF = {
    "KMeans": "aecluster.clustering",
    "Store": "aecluster.store",
    "clustering_accuracy": "aecluster.metrics",
    "dunn_index": "aecluster.metrics",
    "internal_indices": "aecluster.metrics",
    "load": "aecluster.results",
    "load_clustering": "aecluster.results",
    "load_experiment": "aecluster.results",
    "silhouette_samples": "aecluster.metrics",
    "silhouette_score": "aecluster.metrics",
}

tell_what_is_missing()


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib import metadata

        return metadata.version(__name__)
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: TID251 - of modules that the table names

    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
