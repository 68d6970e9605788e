"""The metrics that every clustering is scored by, in the order of columns and tables.

Adding a metric is adding an entry to `METRICS`: scores, tables, report and tracking follow, and
`make config` writes the table in `docs/evaluation.md` anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from aecluster.metrics import _counts
from aecluster.metrics._input import as_labels, refuse_masked
from aecluster.metrics.dispersion import dispersion
from aecluster.metrics.internal import InternalIndices, internal_indices
from aecluster.metrics.points import ArrayPoints, Points
from aecluster.metrics.sampling import SampledIndices


@dataclass(frozen=True)
class _Clustering:
    """What a metric may look at; what several metrics share is computed once."""

    points: Points
    labels: np.ndarray
    y: np.ndarray | None
    centroids: np.ndarray | None
    indices: InternalIndices | SampledIndices

    @cached_property
    def counts(self):
        if not np.ma.is_masked(self.y):
            return _counts.count(self.y, self.labels)
        return _counts.count(self.y.compressed(), self.labels[~self.y.mask])

    @cached_property
    def dispersion(self):
        return dispersion(self.points, self.labels, self.centroids)


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
    kind : {"internal", "external", "partition"}
        Whether it needs the points, or known classes, or only the sizes of the clusters.
    compute : callable
        Function of the clustering that returns the score as a float; None where there is none.
    in_other_spaces : bool, default=False
        Of an internal metric: whether it says something about labels in a space in which they
        were not made, too.
    """

    label: str
    description: str
    reference: str
    minimum: float
    maximum: float
    greater_is_better: bool
    kind: Literal["internal", "external", "partition"]
    compute: Callable[[_Clustering], float | None] = field(repr=False)
    in_other_spaces: bool = False


def score_clustering(
    X: ArrayLike | Points,
    labels: ArrayLike,
    y: ArrayLike | None = None,
    centroids: ArrayLike | None = None,
    indices: InternalIndices | SampledIndices | None = None,
) -> dict[str, float]:
    """Compute every metric of `METRICS` that applies to a clustering.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or Points
        Points that were clustered. `Points`, which are read block by block, need `indices`.
    labels : array-like of int of shape (n_samples,)
        Cluster of each point.
    y : array-like of shape (n_samples,), default=None
        Class of each point. Without it, external metrics are left out. They are of the points
        that have a class, where a masked array has some without.
    centroids : array-like of shape (n_clusters, n_features), default=None
        Row c is the centroid of the cluster labelled c. The default are the clusters' means.
    indices : InternalIndices or SampledIndices, default=None
        Those of this very clustering, where they have been computed already.

    Returns
    -------
    scores : dict of str to float
        Scores by name, in the order of `METRICS`; without the Dunn index of `SampledIndices`.

    Raises
    ------
    ValueError
        If X and labels are no valid clustering (see `internal_indices`), if y has another length
        or missing values, or if a label has no row in centroids.

    Examples
    --------
    >>> X = [[0.0], [1.0], [4.0], [5.0]]
    >>> scores = score_clustering(X, labels=[1, 1, 0, 0], y=["a", "a", "b", "b"])
    >>> list(scores)[:6]
    ['silhouette', 'dunn', 'inertia', 'nmi', 'ari', 'accuracy']
    >>> round(scores["dunn"], 6), scores["inertia"], scores["accuracy"]
    (3.0, 1.0, 1.0)
    """
    labels = as_labels(labels)
    refuse_masked(X, "X")
    refuse_masked(centroids, "centroids")
    if not hasattr(X, "blocks"):
        X = np.asarray(X)
        indices = indices or internal_indices(X, labels)
        X = ArrayPoints(X)
    clustering = _Clustering(
        X,
        labels,
        y if y is None or np.ma.is_masked(y) else as_labels(y, "y"),
        None if centroids is None else np.asarray(centroids),
        indices,
    )
    scores = {
        name: metric.compute(clustering)
        for name, metric in METRICS.items()
        if metric.kind != "external" or y is not None
    }
    return {name: score for name, score in scores.items() if score is not None}


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
        in_other_spaces=True,
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
        in_other_spaces=True,
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
        compute=lambda clustering: clustering.dispersion.inertia,
        in_other_spaces=True,
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
        compute=lambda clustering: _counts.normalized_information(clustering.counts),
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
        compute=lambda clustering: _counts.adjusted_rand_index(clustering.counts),
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
        compute=lambda clustering: _counts.accuracy(clustering.counts),
    ),
    "calinski_harabasz": Metric(
        label="Calinski-Harabasz",
        description="Dispersion between the clusters over that within them, each per degree of "
        "freedom.",
        reference="Calinski and Harabasz (1974), Communications in Statistics 3, 1-27",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=True,
        kind="internal",
        compute=lambda clustering: clustering.dispersion.calinski_harabasz,
        in_other_spaces=True,
    ),
    "davies_bouldin": Metric(
        label="Davies-Bouldin",
        description="How far each cluster overlaps with the one most like it, on average.",
        reference="Davies and Bouldin (1979), IEEE Transactions on Pattern Analysis 1, 224-227",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=False,
        kind="internal",
        compute=lambda clustering: clustering.dispersion.davies_bouldin,
        in_other_spaces=True,
    ),
    "balance": Metric(
        label="balance",
        description="Entropy of the cluster sizes over its largest value: 1 for equal sizes.",
        reference="Pielou (1966), Journal of Theoretical Biology 13, 131-144",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="partition",
        compute=lambda clustering: _counts.balance(clustering.labels),
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
        compute=lambda clustering: _counts.adjusted_information(clustering.counts),
    ),
    "homogeneity": Metric(
        label="homogeneity",
        description="How far each cluster holds members of one class only.",
        reference="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410-420",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=lambda clustering: _counts.homogeneity(clustering.counts),
    ),
    "completeness": Metric(
        label="completeness",
        description="How far all members of a class are in one cluster.",
        reference="Rosenberg and Hirschberg (2007), EMNLP-CoNLL, 410-420",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="external",
        compute=lambda clustering: _counts.completeness(clustering.counts),
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
        compute=lambda clustering: _counts.purity(clustering.counts),
    ),
}
