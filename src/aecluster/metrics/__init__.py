"""How good a clustering is: by the points alone (internal) and against known classes (external).

`METRICS` is the registry that reports, tracking and tests iterate over; `score_clustering` computes
all of it. scikit-learn and SciPy load when a function needs them, not with this package.
"""

from aecluster.metrics.external import clustering_accuracy, purity
from aecluster.metrics.internal import (
    InternalIndices,
    dunn_index,
    internal_indices,
    silhouette_samples,
    silhouette_score,
)
from aecluster.metrics.registry import METRICS, Metric, score_clustering

__all__ = [
    "METRICS",
    "InternalIndices",
    "Metric",
    "clustering_accuracy",
    "dunn_index",
    "internal_indices",
    "purity",
    "score_clustering",
    "silhouette_samples",
    "silhouette_score",
]
