import contextlib

import numpy as np
import pytest

import aecluster
from aecluster.errors import AeclusterError, StoreError
from aecluster.results import ClusteringResult, ExperimentResults, load
from small_results import write_small_results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_small_results(tmp_path_factory.mktemp("small"))


@pytest.fixture
def experiment(results) -> ExperimentResults:
    return load("small", results)


@pytest.fixture
def pca(experiment) -> ClusteringResult:
    return experiment.clustering("pca", seed=1)


def test_experiment_is_found_by_name_and_by_folder(results):
    with contextlib.chdir(results.parent):
        found = [
            aecluster.load("small"),
            aecluster.load_experiment("results/small"),
            load("small", results),
        ]

    # Loaded by relative paths, and asked from another folder.
    assert found[0].clustering("pca", seed=0).scores == found[2].clustering("pca", seed=0).scores
    assert [repr(one) for one in found] == 3 * ["<experiment small: 4 variants>"]


def test_scores_are_numbers_by_column_and_none_where_there_is_none(experiment):
    rows = experiment.scores

    assert [(row["representation"], row["seed"]) for row in rows] == [
        ("pixels", 0), ("pixels", 1), ("pca", 0), ("pca", 1),
    ]  # fmt: skip
    assert all(isinstance(row["n_iter"], int) and 0 < row["nmi"] < 1 for row in rows)
    assert rows[2]["silhouette"] == experiment.clustering("pca", seed=0).scores["silhouette"]


def test_clustering_has_labels_classes_and_silhouettes_of_every_image(pca):
    with pca.pixels() as images, pca.store() as vectors:
        y, n_features = images["test"].y, vectors["test"].n_features

    assert repr(pca) == "<pca of digits, k=10, seed=1>"
    assert (pca.labels.shape, pca.silhouettes.shape) == ((359,), (359,))
    assert pca.classes == [str(label) for label in y]
    assert pca.names is None
    assert (n_features, pca.centroids.shape) == (8, (10, 8))


def test_clusterings_come_in_the_order_of_the_scores(experiment):
    names = [(found.representation, found.seed) for found in experiment.clusterings]

    assert names == [("pixels", 0), ("pixels", 1), ("pca", 0), ("pca", 1)]


def test_stored_image_is_nearest_to_itself_and_in_its_cluster(pca):
    with pca.pixels() as store, pca.store() as vectors:
        images, X = store["test"].X[[5, 40]], vectors["test"].matrix()
    nearest = pca.nearest(images, n=3)

    assert pca.predict(images).tolist() == pca.labels[[5, 40]].tolist()
    assert [found[0].row for found in nearest] == [5, 40]
    assert [found[0].distance for found in nearest] == pytest.approx([0, 0], abs=1e-4)
    for row, found in zip((5, 40), nearest, strict=True):
        distances = np.linalg.norm(X - X[row], axis=1)
        assert [point.row for point in found] == distances.argsort(kind="stable")[:3].tolist()
        assert found[1].distance == pytest.approx(np.sort(distances)[1], rel=1e-5)
        assert found[1].class_name == pca.classes[found[1].row]
        assert found[1].cluster == pca.labels[found[1].row]


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ({}, "small: 2 clusterings with representation=pca, expected one; representations are"),
        ({"seed": 9}, "0 clusterings with representation=pca, seed=9"),
        ({"sed": 0}, "sed: unknown, expected one of dataset, representation, split, k, seed"),
    ],
)
def test_clustering_that_is_not_one_is_told(experiment, subject, message):
    with pytest.raises(AeclusterError, match=message):
        experiment.clustering("pca", **subject)


def test_what_is_not_there_is_told_in_one_line(results, pca):
    with pytest.raises(AeclusterError, match="nothing: no results, expected the name of an exper"):
        load("nothing", results)
    with pytest.raises(StoreError, match=r"k3-s0.h5: no such file, expected a clustering"):
        load(results / "digits/pca/test/k3-s0.h5")
    with pytest.raises(AeclusterError, match="pca: no network made it"):
        pca.model()
