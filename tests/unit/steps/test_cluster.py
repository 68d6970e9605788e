import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics

from aecluster.clusterers.partition import Partition
from aecluster.errors import AeclusterError, ConfigError
from aecluster.metrics import METRICS, clustering_accuracy, internal_indices, purity
from aecluster.steps import cluster as step
from aecluster.steps.cluster import Found, cluster, read_clusterer, write
from aecluster.steps.evaluate import evaluate
from aecluster.steps.evaluate_clusterer import evaluate_clusterer, write_all_points
from aecluster.steps.predict import images_in, placed
from aecluster.store import Store, read_clustering

WARD = {
    "clusterer": "ward", "made_by": "aecluster.clusterers.agglomerative:agglomerative",
    "linkage": "ward", "metric": "euclidean", "n_fit": None,
}  # fmt: skip


def store_of(path: Path, X: np.ndarray, y: np.ndarray | None, representation="pixels") -> Path:
    with Store.create(path, dataset="d", representation=representation, source_digest="0") as new:
        new.add_split("test", [X], n=len(X), y=y, class_names=["a", "b", "c"])
    return path


@pytest.fixture
def noisy(tmp_path):
    """Three blobs, of which every seventh row is in no cluster, scored in two spaces."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 30)
    X = (rng.normal(size=(90, 4)) + 4 * y[:, np.newaxis]).astype(np.float32)
    labels = np.where(np.arange(90) % 7 == 0, -1, np.where(np.arange(90) % 11 == 0, 0, y))
    other = X[:, :2] ** 2
    path = tmp_path / "dense-k0-s0.h5"
    centres = np.stack([X[labels == cluster].mean(axis=0) for cluster in range(3)])
    subject = {"dataset": "d", "representation": "x", "split": "test", "k": 0, "seed": 0}
    write(path, Found(labels, centres, None, {**subject, "clusterer": "dense"}))
    return SimpleNamespace(
        X=X, y=y, labels=labels, other=other, path=path, folder=tmp_path,
        store=store_of(tmp_path / "x.h5", X, y), space=store_of(tmp_path / "o.h5", other, y),
    )  # fmt: skip


def test_clustering_says_by_what_it_is_and_has_the_means_of_its_clusters(tmp_path):
    X = np.array([[0.0], [1.0], [9.0], [11.0], [10.0]], np.float32)
    found = cluster(store_of(tmp_path / "s.h5", X, None), "test", k=2, seed=3, **WARD)
    path = tmp_path / "ward-k2-s3.h5"
    write(path, found)

    labels, centroids = read_clustering(path)
    assert labels.tolist() == [0, 0, 1, 1, 1]
    assert centroids.tolist() == [[0.5], [10.0]]
    assert found.metrics == {"n_clusters": 2, "n_noise": 0}
    assert found.sizes == [2, 3]
    assert read_clusterer(path) == "ward"


def test_what_a_method_says_of_its_input_is_a_line(tmp_path, monkeypatch):
    store = store_of(tmp_path / "s.h5", np.zeros((5, 1), np.float32), None)

    with pytest.raises(ConfigError, match=r"clustering.k: found 5, expected less than the 5 rows"):
        cluster(store, "test", k=5, seed=0, **WARD)

    def fails(X, *, k, **_):
        raise ValueError("no\n  good")

    monkeypatch.setattr(step, "resolve_name", lambda _: fails)
    with pytest.raises(ConfigError, match=r"^clusterers.ward: no good$"):
        cluster(store, "test", k=2, seed=0, **WARD)


def test_without_noise_the_scores_are_those_of_kmeans_clusterings(tmp_path, noisy):
    path = noisy.folder / "whole.h5"
    centres = np.stack([noisy.X[noisy.y == cluster].mean(axis=0) for cluster in range(3)])
    write(path, Found(noisy.y, centres, None, {}))
    spaces = {"o": noisy.space}

    found = evaluate_clusterer(noisy.store, path, "test", spaces, seed=1)

    expected = evaluate(noisy.store, path, "test", spaces, seed=1)
    assert found.scores == expected.scores
    assert found.details == expected.details


def test_scores_of_distances_are_those_of_the_images_in_clusters(noisy):
    found = evaluate_clusterer(noisy.store, noisy.path, "test", {"o": noisy.space})

    inside = noisy.labels >= 0
    own = internal_indices(noisy.X[inside], noisy.labels[inside])
    other = internal_indices(noisy.other[inside], noisy.labels[inside])
    assert found.scores["silhouette"] == pytest.approx(own.silhouette)
    assert found.scores["dunn"] == pytest.approx(own.dunn)
    assert found.scores["silhouette_in_o"] == pytest.approx(other.silhouette)
    np.testing.assert_allclose(found.silhouettes[inside], own.silhouette_samples)
    assert np.isnan(found.silhouettes[~inside]).all()
    assert found.details["n"] == 90
    assert found.details["n_clustered"] == inside.sum()


def test_against_the_classes_noise_is_a_group_of_which_no_image_is_right(noisy):
    scores = evaluate_clusterer(noisy.store, noisy.path, "test", {}).scores

    y, labels = noisy.y, noisy.labels
    inside = labels >= 0
    assert scores["nmi"] == pytest.approx(metrics.normalized_mutual_info_score(y, labels))
    assert scores["ari"] == pytest.approx(metrics.adjusted_rand_score(y, labels))
    assert scores["ami"] == pytest.approx(metrics.adjusted_mutual_info_score(y, labels))
    assert scores["completeness"] == pytest.approx(metrics.completeness_score(y, labels))
    right = clustering_accuracy(y[inside], labels[inside]) * inside.mean()
    assert scores["accuracy"] == pytest.approx(right)
    assert scores["purity"] == pytest.approx(purity(y[inside], labels[inside]) * inside.mean())
    assert [name for name in scores if name in METRICS] == [*METRICS]


def test_images_without_a_class_count_for_distances_only(noisy):
    y = np.where(np.arange(90) % 2 == 0, noisy.y, -1)
    store = store_of(noisy.folder / "half.h5", noisy.X, y)

    found = evaluate_clusterer(store, noisy.path, "test", {})

    expected = metrics.normalized_mutual_info_score(y[::2], noisy.labels[::2])
    assert found.scores["nmi"] == pytest.approx(expected)
    assert found.details["n_labelled"] == 45


@pytest.mark.parametrize("label", [-1, 0])
def test_fewer_than_two_clusters_have_scores_against_the_classes_only(noisy, label):
    path, labels = noisy.folder / "one.h5", np.full(90, label)
    centres = np.zeros((label + 1, 4))
    write(path, Found(labels, centres, None, {}))

    found = evaluate_clusterer(noisy.store, path, "test", {"o": noisy.space})

    assert {METRICS[name].kind for name in found.scores} == {"external"}
    assert found.scores["ari"] == found.scores["nmi"] == 0
    assert found.scores["accuracy"] == pytest.approx(0 if label < 0 else 1 / 3)
    assert np.isnan(found.silhouettes).all()
    assert found.details["d"] == 4


def test_table_of_points_has_noise_without_a_distance(noisy):
    table = noisy.folder / "dense-k0-s0.csv"
    silhouettes = np.where(noisy.labels < 0, np.nan, 0.5)
    write_all_points(table, noisy.store, noisy.path, "test", silhouettes)

    rows = list(csv.DictReader(table.open()))
    assert [int(row["cluster"]) for row in rows] == noisy.labels.tolist()
    assert {row["distance"] for row in rows if row["cluster"] == "-1"} == {""}
    assert all(float(row["distance"]) > 0 for row in rows if row["cluster"] != "-1")


def test_new_images_of_another_clusterer_are_refused_in_one_line(noisy):
    with (
        pytest.raises(AeclusterError, match=r"dense-k0-s0.h5: a clustering by dense, expected one"),
        placed(noisy.path, images_in(np.zeros((1, 8, 8), np.uint8))),
    ):
        pass


def test_number_of_clusters_that_are_found_need_not_be_what_is_asked(tmp_path, monkeypatch):
    store = store_of(tmp_path / "s.h5", np.arange(6, dtype=np.float32)[:, None], None)
    labels = np.array([4, 4, 1, 1, 4, -2])
    monkeypatch.setattr(step, "resolve_name", lambda _: lambda X, **_: Partition(labels, 7))

    found = cluster(store, "test", k=5, seed=0, **WARD)

    assert found.labels.tolist() == [0, 0, 1, 1, 0, -1]
    assert found.metrics == {"n_clusters": 2, "n_noise": 1, "n_iter": 7}
