"""Every score against an implementation by others, on any labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.stats import entropy
from sklearn import metrics as oracle
from sklearn.metrics.cluster import contingency_matrix

from aecluster.metrics import METRICS, adjusted_rand_index, score_clustering
from aecluster.metrics._counts import count, expected_information


def dunn(X, labels):
    distances = cdist(X, X)
    same = np.equal.outer(labels, labels)
    return distances[~same].min() / distances[same].max()


def inertia(X, labels):
    return sum(
        np.square(X[labels == c] - X[labels == c].mean(axis=0)).sum() for c in np.unique(labels)
    )


def balance(X, labels):
    sizes = np.unique(labels, return_counts=True)[1]
    return entropy(sizes) / np.log(len(sizes))


def accuracy(y, labels):
    counts = contingency_matrix(y, labels)
    return counts[linear_sum_assignment(-counts)].sum() / len(y)


ORACLES = {
    "silhouette": oracle.silhouette_score,
    "dunn": dunn,
    "inertia": inertia,
    "calinski_harabasz": oracle.calinski_harabasz_score,
    "davies_bouldin": oracle.davies_bouldin_score,
    "balance": balance,
    "nmi": oracle.normalized_mutual_info_score,
    "ari": oracle.adjusted_rand_score,
    "accuracy": accuracy,
    "ami": oracle.adjusted_mutual_info_score,
    "homogeneity": oracle.homogeneity_score,
    "completeness": oracle.completeness_score,
    "purity": lambda y, labels: contingency_matrix(y, labels).max(axis=0).sum() / len(y),
}


@st.composite
def clusterings(draw):
    """Points in float32 or float64, classes and labels, which may be equal or a single class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(12, 80))
    X = rng.normal(size=(n, draw(st.integers(1, 6))))
    labels = rng.choice([0, 3, 4, 9], size=n)
    labels[:2] = 0, 3
    y = labels if draw(st.booleans()) else rng.integers(draw(st.integers(1, 5)), size=n)
    return X.astype(draw(st.sampled_from(["float32", "float64"]))), y, labels


def test_every_metric_has_an_oracle():
    assert set(ORACLES) == set(METRICS)


@given(clusterings())
@settings(max_examples=80)
def test_every_score_is_that_of_its_oracle(clustering):
    X, y, labels = clustering
    scores = score_clustering(X, labels, y)

    for name, metric in METRICS.items():
        given_to = y if metric.kind == "external" else np.float64(X)
        # The default of rtol is that of float32 distances.
        assert scores[name] == pytest.approx(ORACLES[name](given_to, labels), rel=1e-5, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=60))
@settings(max_examples=80)
def test_scores_of_any_two_partitions_are_those_of_scikit_learn(pairs):
    y, labels = np.array(pairs).T
    table = contingency_matrix(y, labels)

    assert count(y, labels).tolist() == table.tolist()
    assert adjusted_rand_index(y, labels) == pytest.approx(oracle.adjusted_rand_score(y, labels))
    assert adjusted_rand_index(y, labels) == adjusted_rand_index(labels, y)
    for name in ("nmi", "ami", "homogeneity", "completeness"):
        found = METRICS[name].compute(type("C", (), {"counts": table}))
        assert found == pytest.approx(ORACLES[name](y, labels), abs=1e-9)


def test_expected_information_is_the_mean_over_random_labels():
    """What AMI takes off: a thousand draws of labels with given sizes."""
    rng = np.random.default_rng(0)
    y, labels = np.repeat([0, 1, 2], [30, 20, 10]), np.repeat([0, 1], [45, 15])
    draws = [oracle.mutual_info_score(y, rng.permutation(labels)) for _ in range(2000)]

    expected = expected_information(np.bincount(y), np.bincount(labels))
    assert expected == pytest.approx(np.mean(draws), abs=4 * np.std(draws) / 2000**0.5)


def test_rand_index_of_many_points_does_not_overflow():
    labels = np.arange(3_000_000) % 2

    assert adjusted_rand_index(labels, labels) == 1.0
    assert abs(adjusted_rand_index(labels, np.arange(3_000_000) % 3)) < 1e-5
