import numpy as np
import pytest

from aecluster.errors import ConfigError
from aecluster.partition import cluster
from aecluster.store import Store


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store.h5"
    X = np.repeat([[0.0, 0.0], [10.0, 0.0]], 5, axis=0).astype(np.float32)
    with Store.create(path, dataset="toy", representation="code", source_digest="d") as new:
        new.add_split("test", [X], n=10)
    return path


def test_split_is_clustered_with_the_given_options(store):
    kmeans = cluster(store, "test", k=2, seed=0, init="random", n_init=3, max_iter=50, tol=0.0)

    assert len(set(kmeans.labels_[:5])) == len(set(kmeans.labels_[5:])) == 1
    assert kmeans.labels_[0] != kmeans.labels_[9]
    assert (kmeans.random_state, kmeans.init, kmeans.n_init) == (0, "random", 3)


@pytest.mark.parametrize("k", [10, 11])
def test_as_many_clusters_as_rows_are_refused_by_key_and_file(store, k):
    with pytest.raises(ConfigError) as error:
        cluster(store, "test", k=k, seed=0)

    assert str(error.value) == (
        f"clustering.k: found {k}, expected less than the 10 rows of split 'test' in {store}"
    )
