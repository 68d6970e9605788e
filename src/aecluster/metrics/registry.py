"""The metrics that every clustering is scored by, in the order of columns and tables.

Adding a metric is adding an entry to `METRICS`: scores, report and tracking follow.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from aecluster.metrics.external import clustering_accuracy, purity
from aecluster.metrics.internal import InternalIndices, internal_indices

_BLOCK_ENTRIES = 2**20  # differences held at a time: 8 MiB of float64


@dataclass(frozen=True)
class _Clustering:
    """What a metric may look at; what several metrics share is computed once."""

    X: np.ndarray
    labels: np.ndarray
    y: np.ndarray | None
    centroids: np.ndarray | None
    given_indices: InternalIndices | None

    @cached_property
    def indices(self):
        return self.given_indices or internal_indices(self.X, self.labels)


@dataclass(frozen=True)
class Metric:
    """One way to score a clustering.

    Attributes
    ----------
    label : str
        Name for people, as in a table's head.
    description : str
        One sentence that says what the number means.
    reference : str
        Where it was defined.
    minimum, maximum : float
        Range, ends included.
    greater_is_better : bool
        Direction.
    kind : {"internal", "external"}
        Whether it needs only the points or also known classes.
    compute : callable
        Function of the clustering that returns the score as a float.
    """

    label: str
    description: str
    reference: str
    minimum: float
    maximum: float
    greater_is_better: bool
    kind: Literal["internal", "external"]
    compute: Callable[[_Clustering], float] = field(repr=False)


def score_clustering(X, labels, y=None, centroids=None, indices=None):
    """Compute every metric of `METRICS` that applies to a clustering.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points that were clustered.
    labels : array-like of int of shape (n_samples,)
        Cluster of each point.
    y : array-like of shape (n_samples,), default=None
        Class of each point. Without it, external metrics are left out.
    centroids : array-like of shape (n_clusters, n_features), default=None
        Row c is the centroid of the cluster labelled c. The default are the clusters' means.
    indices : InternalIndices, default=None
        Those of this very clustering, where they have been computed already.

    Returns
    -------
    scores : dict of str to float
        Scores by name, in the order of `METRICS`.

    Raises
    ------
    ValueError
        If X and labels are no valid clustering (see `internal_indices`), if y has another length,
        or if a label has no row in centroids.

    Examples
    --------
    >>> X = [[0.0], [1.0], [4.0], [5.0]]
    >>> scores = score_clustering(X, labels=[1, 1, 0, 0], y=["a", "a", "b", "b"])
    >>> list(scores)[:6]
    ['silhouette', 'dunn', 'inertia', 'nmi', 'ari', 'accuracy']
    >>> round(scores["dunn"], 6), scores["inertia"], scores["accuracy"]
    (3.0, 1.0, 1.0)
    """
    clustering = _Clustering(
        np.asarray(X),
        np.asarray(labels),
        None if y is None else np.asarray(y),
        None if centroids is None else np.asarray(centroids),
        indices,
    )
    return {
        name: metric.compute(clustering)
        for name, metric in METRICS.items()
        if metric.kind == "internal" or y is not None
    }


def _inertia(clustering):
    X, labels, centroids = clustering.X, clustering.labels, clustering.centroids
    if centroids is None:
        values, labels = np.unique(labels, return_inverse=True)
        centroids = np.stack(
            [X[labels == c].mean(axis=0, dtype=np.float64) for c in range(len(values))]
        )
    elif centroids.ndim != 2 or centroids.shape[1] != X.shape[1]:
        raise ValueError(
            f"centroids has shape {centroids.shape}, expected (n_clusters, {X.shape[1]}) "
            f"for X of shape {X.shape}."
        )
    elif labels.min() < 0 or labels.max() >= len(centroids):
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}, expected row numbers of centroids, "
            f"0 to {len(centroids) - 1}."
        )
    n_rows = max(1, _BLOCK_ENTRIES // X.shape[1])
    return float(
        sum(
            np.square(np.subtract(X[rows], centroids[labels[rows]], dtype=np.float64)).sum()
            for rows in (slice(i, i + n_rows) for i in range(0, len(X), n_rows))
        )
    )


def _balance(clustering):
    _, counts = np.unique(clustering.labels, return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(counts)))


def _internal_of_scikit_learn(name):
    def compute(clustering):
        from sklearn import metrics

        return float(getattr(metrics, name)(clustering.X, clustering.labels))

    return compute


def _external_of_scikit_learn(name):
    def compute(clustering):
        from sklearn import metrics

        return float(getattr(metrics, name)(clustering.y, clustering.labels))

    return compute


METRICS = {
    "silhouette": Metric(
        label="silhouette",
        description="How much nearer the points are to their own cluster than to the next one, "
        "on average.",
        reference="Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65",
        minimum=-1.0,
        maximum=1.0,
        greater_is_better=True,
        kind="internal",
        compute=lambda clustering: clustering.indices.silhouette,
    ),
    "dunn": Metric(
        label="Dunn index",
        description="Smallest distance between two clusters over the largest diameter of one.",
        reference="Dunn (1974), Journal of Cybernetics 4, 95-104",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=True,
        kind="internal",
        compute=lambda clustering: clustering.indices.dunn,
    ),
    "inertia": Metric(
        label="inertia",
        description="Sum of the squared distances of the points to their centroids; comparable "
        "only within one representation.",
        reference="Lloyd (1982), IEEE Transactions on Information Theory 28, 129-137",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=False,
        kind="internal",
        compute=_inertia,
    ),
    "nmi": Metric(
        label="NMI",
        description="Information shared by clusters and classes, over the mean of their "
        "entropies; the same as the V-measure.",
        reference="Strehl and Ghosh (2002), Journal of Machine Learning Research 3, 583-617",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=_external_of_scikit_learn("normalized_mutual_info_score"),
    ),
    "ari": Metric(
        label="ARI",
        description="Share of point pairs on which clusters and classes agree, corrected so that "
        "chance scores 0.",
        reference="Hubert and Arabie (1985), Journal of Classification 2, 193-218",
        minimum=-0.5,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=_external_of_scikit_learn("adjusted_rand_score"),
    ),
    "accuracy": Metric(
        label="accuracy",
        description="Share of points that the best one-to-one matching of clusters to classes "
        "gets right.",
        reference="Yang et al. (2010), IEEE Transactions on Image Processing 19, 2761-2773",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=lambda clustering: clustering_accuracy(clustering.y, clustering.labels),
    ),
    "calinski_harabasz": Metric(
        label="Calinski-Harabasz",
        description="Dispersion between the clusters over that within them, each a degree of "
        "freedom.",
        reference="Calinski and Harabasz (1974), Communications in Statistics 3, 1-27",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=True,
        kind="internal",
        compute=_internal_of_scikit_learn("calinski_harabasz_score"),
    ),
    "davies_bouldin": Metric(
        label="Davies-Bouldin",
        description="How far each cluster overlaps with the one most like it, on average.",
        reference="Davies and Bouldin (1979), IEEE Transactions on Pattern Analysis 1, 224-227",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=False,
        kind="internal",
        compute=_internal_of_scikit_learn("davies_bouldin_score"),
    ),
    "balance": Metric(
        label="balance",
        description="Entropy of the cluster sizes over its largest value: 1 for equal sizes.",
        reference="Pielou (1966), Journal of Theoretical Biology 13, 131-144",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="internal",
        compute=_balance,
    ),
    "ami": Metric(
        label="AMI",
        description="Information shared by clusters and classes, corrected so that chance scores "
        "0.",
        reference="Vinh, Epps and Bailey (2010), Journal of Machine Learning Research 11, "
        "2837-2854",
        minimum=-1.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=_external_of_scikit_learn("adjusted_mutual_info_score"),
    ),
    "homogeneity": Metric(
        label="homogeneity",
        description="How far each cluster holds members of one class only.",
        reference="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410-420",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=_external_of_scikit_learn("homogeneity_score"),
    ),
    "completeness": Metric(
        label="completeness",
        description="How far all members of a class are in one cluster.",
        reference="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410-420",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=_external_of_scikit_learn("completeness_score"),
    ),
    "purity": Metric(
        label="purity",
        description="Share of points in the most frequent class of their cluster; grows with k.",
        reference="Manning, Raghavan and Schuetze (2008), Introduction to Information Retrieval, "
        "section 16.3",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=lambda clustering: purity(clustering.y, clustering.labels),
    ),
}
