"""Groups that neighbours agree on, against what is known and against plain K-Means."""

import numpy as np
import pytest

from aecluster.clustering import KMeans
from aecluster.errors import ConfigError
from aecluster.metrics import clustering_accuracy
from aecluster.store import Store
from aecluster.transforms.neighbour_groups import neighbour_groups


@pytest.fixture(scope="module")
def clusters(tmp_path_factory):
    """A wide cluster and two narrow ones side by side, which K-Means makes one of."""
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=900)
    centres, spread = np.array([[0, 0], [10, 1], [10, -1]]), np.array([3, 0.2, 0.2])
    X = centres[y] + spread[y, None] * rng.normal(size=(900, 2))
    path = tmp_path_factory.mktemp("clusters") / "base.h5"
    with Store.create(path, dataset="t", representation="base", source_digest="0") as store:
        for name, rows in (("train", slice(0, 600)), ("test", slice(600, 900))):
            part = X[rows].astype(np.float32)
            store.add_split(name, [part], n=len(part), y=y[rows], class_names="abc")
    return path


def groups(path, **options):
    with Store(path) as base:
        vectors = neighbour_groups(base, **{"n_clusters": 3, "n_neighbors": 5, "seed": 0} | options)
        made = {name: np.concatenate(list(blocks)) for name, blocks in vectors.splits.items()}
        return made, {name: base[name].y for name in base.splits}


def test_vectors_are_probabilities_in_which_kmeans_finds_the_groups(clusters):
    made, y = groups(clusters)
    labels = KMeans(3, n_init=5, random_state=0).fit_predict(made["test"])

    np.testing.assert_allclose(made["test"].sum(axis=1), 1, rtol=1e-5)
    assert clustering_accuracy(made["test"].argmax(axis=1), labels) > 0.99
    assert clustering_accuracy(y["test"], labels) > 0.9


def test_plain_kmeans_does_not_find_these_groups(clusters):
    with Store(clusters) as base:
        labels = KMeans(3, n_init=5, random_state=0).fit_predict(base["test"].matrix())

        assert clustering_accuracy(base["test"].y, labels) < 0.8


@pytest.mark.slow
def test_groups_follow_from_the_seed(clusters):
    first, again, other = groups(clusters)[0], groups(clusters)[0], groups(clusters, seed=1)[0]

    np.testing.assert_array_equal(first["train"], again["train"])
    assert not np.array_equal(first["train"], other["train"])


@pytest.mark.parametrize("name", ["n_clusters", "n_neighbors"])
def test_more_groups_or_neighbours_than_images_are_refused(clusters, name):
    with pytest.raises(ConfigError, match=f"{name}: found 600, expected less than 600 images"):
        groups(clusters, **{name: 600})
