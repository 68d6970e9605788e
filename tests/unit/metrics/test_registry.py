"""The registry, its controls, and what loading it costs."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from aecluster.metrics import METRICS, score_clustering

EXTERNAL = [name for name, metric in METRICS.items() if metric.kind == "external"]


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


@pytest.mark.parametrize("seed", range(3))
def test_every_metric_is_scored_in_registry_order_and_within_its_range(digits, seed):
    X, y = digits
    scores = score_clustering(X, np.random.default_rng(seed).integers(12, size=len(X)), y)

    assert list(scores) == list(METRICS)
    for name, score in scores.items():
        assert type(score) is float
        assert METRICS[name].minimum <= score <= METRICS[name].maximum


def test_without_classes_external_metrics_are_left_out(digits):
    X, y = digits

    assert list(score_clustering(X, y)) == [
        name for name, metric in METRICS.items() if metric.kind != "external"
    ]


def test_true_labels_score_the_maximum_of_external_metrics(digits):
    X, y = digits
    scores = score_clustering(X, y, y)

    for name in EXTERNAL:
        assert scores[name] == pytest.approx(METRICS[name].maximum)


@pytest.mark.parametrize("seed", range(3))
def test_random_labels_score_about_chance(digits, seed):
    X, y = digits
    scores = score_clustering(X, np.random.default_rng(seed).integers(10, size=len(X)), y)

    assert abs(scores["ari"]) < 0.01
    assert abs(scores["ami"]) < 0.02
    assert scores["nmi"] < 0.03
    assert 0.1 < scores["accuracy"] < 0.16
    assert abs(scores["silhouette"]) < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_their_definitions(digits, seed):
    X, y = digits
    labels = np.random.default_rng(seed).integers(7, size=len(X))
    scores = score_clustering(X, labels, y)

    counts = np.array([[np.sum((y == c) & (labels == k)) for k in range(7)] for c in range(10)])
    joint, classes, clusters = counts / len(X), counts.sum(1) / len(X), counts.sum(0) / len(X)
    shared = np.sum(joint * np.log(joint / np.outer(classes, clusters)))
    entropy = {"y": -np.sum(classes * np.log(classes)), "k": -np.sum(clusters * np.log(clusters))}
    means = np.array([X[labels == k].mean(axis=0) for k in range(7)])
    within = np.sum((X - means[labels]) ** 2)
    between = np.sum(np.sum((means - X.mean(axis=0)) ** 2, axis=1) * counts.sum(0))
    spread = [np.linalg.norm(X[labels == k] - means[k], axis=1).mean() for k in range(7)]
    overlap = [
        max((spread[a] + spread[b]) / np.linalg.norm(means[a] - means[b])
            for b in range(7) if b != a)
        for a in range(7)
    ]  # fmt: skip
    expected = {
        "nmi": 2 * shared / (entropy["y"] + entropy["k"]),
        "homogeneity": shared / entropy["y"],
        "completeness": shared / entropy["k"],
        "balance": entropy["k"] / np.log(7),
        "purity": counts.max(axis=0).sum() / len(X),
        "calinski_harabasz": between / 6 / (within / (len(X) - 7)),
        "davies_bouldin": np.mean(overlap),
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_inertia_is_that_of_scikit_learns_kmeans(digits):
    X, _ = digits
    kmeans = KMeans(10, n_init=1, tol=0, random_state=0).fit(X)
    given_centroids = score_clustering(X, kmeans.labels_, centroids=kmeans.cluster_centers_)
    means = score_clustering(X, kmeans.labels_)

    assert given_centroids["inertia"] == pytest.approx(kmeans.inertia_, rel=1e-9)
    assert means["inertia"] == pytest.approx(kmeans.inertia_, rel=1e-9)


def test_inertia_of_bytes_does_not_wrap_around():
    X = np.array([[0], [10], [200], [250]], dtype=np.uint8)
    scores = score_clustering(X, [0, 0, 1, 1], centroids=np.array([[5], [225]], dtype=np.uint8))

    assert scores["inertia"] == 2 * 25 + 2 * 625


@pytest.mark.parametrize(
    ("labels", "centroids", "message"),
    [
        (
            [1, 1, 2],
            [[0.0], [1.0]],
            "labels run from 1 to 2, expected row numbers of centroids, 0 to 1",
        ),
        ([-1, 1, 1], [[0.0], [1.0]], "labels run from -1 to 1, expected row numbers"),
        ([0, 1, 1], [[0.0, 0.0]], r"centroids has shape \(1, 2\), expected \(n_clusters, 1\)"),
    ],
)
def test_centroids_that_do_not_fit_are_an_error_of_one_line(labels, centroids, message):
    with pytest.raises(ValueError, match=message):
        score_clustering([[0.0], [1.0], [2.0]], labels, centroids=centroids)


def test_entries_describe_themselves():
    for name, metric in METRICS.items():
        assert name == name.lower()
        assert metric.label
        assert metric.reference
        assert metric.description.endswith(".")
        assert metric.minimum < metric.maximum
        assert metric.kind in ("internal", "external", "partition")


def test_import_loads_neither_scikit_learn_nor_scipy():
    code = "import sys, aecluster.metrics; print({'sklearn', 'scipy'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "set()"
