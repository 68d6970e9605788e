import subprocess
import sys

import numpy as np
import pytest

from aecluster.clustering import KMeans
from aecluster.errors import ConfigError
from aecluster.steps.kmeans import cluster
from aecluster.store import Split, Store


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store.h5"
    X = np.repeat([[0.0, 0.0], [10.0, 0.0]], 5, axis=0).astype(np.float32)
    with Store.create(path, dataset="toy", representation="code", source_digest="d") as new:
        new.add_split("test", [X], n=10)
    return path


OPTIONS = {"init": "random", "n_init": 3, "max_iter": 50, "tol": 0.0}


def test_split_is_clustered_with_the_given_options(store):
    found = cluster(store, "test", k=2, seed=0, **OPTIONS)
    estimator = KMeans(2, random_state=0, **OPTIONS)
    with Store(store) as opened:
        estimator.fit(opened["test"].matrix())

    assert found.labels.tolist() == estimator.labels_.tolist()
    np.testing.assert_array_equal(found.centroids, estimator.cluster_centers_)
    assert (found.inertia, found.n_iter) == (estimator.inertia_, estimator.n_iter_)
    assert found.of == {
        "dataset": "toy", "representation": "code", "split": "test", "k": 2, "seed": 0,
    }  # fmt: skip


def test_large_split_is_streamed_and_comes_out_in_the_same_unit(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    middles = rng.integers(40, 200, size=(3, 4, 4, 1))
    X = (middles[rng.integers(3, size=300)] + rng.integers(-30, 30, (300, 4, 4, 1))).astype("uint8")
    with Store.create(
        tmp_path / "s.h5", dataset="toy", representation="pixels", source_digest="d"
    ) as new:
        new.add_split("test", [X], n=300, scale=1 / 255)
    loaded = cluster(tmp_path / "s.h5", "test", k=3, seed=1, **OPTIONS)
    monkeypatch.setattr("aecluster.steps.kmeans.MOST_IN_MEMORY", 300)
    monkeypatch.setattr(Split, "matrix", None)
    streamed = cluster(tmp_path / "s.h5", "test", k=3, seed=1, **OPTIONS)

    assert streamed.labels.tolist() == loaded.labels.tolist()
    np.testing.assert_allclose(streamed.centroids * streamed.scale, loaded.centroids, rtol=1e-5)
    assert streamed.inertia == pytest.approx(loaded.inertia, rel=1e-5)


def test_clustering_loads_neither_scikit_learn_nor_pandas():
    code = "import sys, aecluster.steps.kmeans; print({'sklearn', 'pandas'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "set()"


@pytest.mark.parametrize("k", [10, 11])
def test_as_many_clusters_as_rows_are_refused_by_key_and_file(store, k):
    with pytest.raises(ConfigError) as error:
        cluster(store, "test", k=k, seed=0)

    assert str(error.value) == (
        f"clustering.k: found {k}, expected less than the 10 rows of split 'test' in {store}"
    )
