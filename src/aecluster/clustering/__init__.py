"""K-Means with scikit-learn's interface that gives the labels of plain Lloyd, in less time."""

from aecluster.clustering._kmeans import KMeans

__all__ = ["KMeans"]
