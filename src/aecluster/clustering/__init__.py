"""K-Means that gives the labels of plain Lloyd, in less time.

`KMeans` has scikit-learn's interface; `k_means` is the same as a function, and `nearest_centroids`
its assignment. scikit-learn takes a second to load and does so with the estimator, when that is
first asked for.
"""

from typing import TYPE_CHECKING

from aecluster.clustering._function import k_means, nearest_centroids

if TYPE_CHECKING:  # the same name, for editors and type checkers
    from aecluster.clustering._estimator import KMeans

__all__ = ["KMeans", "k_means", "nearest_centroids"]


def __getattr__(name: str) -> object:
    if name == "KMeans":
        from aecluster.clustering._estimator import KMeans

        return KMeans
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
