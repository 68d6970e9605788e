"""How good a clustering is: by the points alone (internal) and against known classes (external).

`METRICS` is the registry that reports, tracking and tests iterate over; `score_clustering` computes
all of it. scikit-learn loads only to convert an input or to say what is wrong with it.
"""

from aecluster.metrics.estimation import EstimatedSilhouettes, estimated_silhouettes
from aecluster.metrics.external import adjusted_rand_index, clustering_accuracy, purity
from aecluster.metrics.internal import (
    InternalIndices,
    dunn_index,
    internal_indices,
    silhouette_samples,
    silhouette_score,
)
from aecluster.metrics.registry import METRICS, Metric, score_clustering
from aecluster.metrics.sampling import SampledIndices, sampled_indices

__all__ = [
    "METRICS",
    "EstimatedSilhouettes",
    "InternalIndices",
    "Metric",
    "SampledIndices",
    "adjusted_rand_index",
    "clustering_accuracy",
    "dunn_index",
    "estimated_silhouettes",
    "internal_indices",
    "purity",
    "sampled_indices",
    "score_clustering",
    "silhouette_samples",
    "silhouette_score",
]
