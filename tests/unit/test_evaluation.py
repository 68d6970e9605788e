import numpy as np
import pytest
from sklearn import metrics

from aecluster.evaluation import evaluate
from aecluster.store import Store, write_clustering


@pytest.fixture(params=[0, 1])
def scored(request, tmp_path):
    """A clustering with the stores of two spaces."""
    rng = np.random.default_rng(request.param)
    spaces = {name: rng.normal(size=(50, d)).astype(np.float32) for name, d in (("a", 3), ("b", 6))}
    y, labels = rng.integers(3, size=50), rng.integers(4, size=50)
    for name, X in spaces.items():
        with Store.create(
            tmp_path / f"{name}.h5", dataset="toy", representation=name, source_digest="d"
        ) as store:
            store.add_split("test", [X], n=50, y=y, class_names="xyz")
    centroids = np.stack([spaces["a"][labels == k].mean(axis=0) for k in range(4)])
    write_clustering(tmp_path / "k4.h5", labels, centroids)
    paths = {name: str(tmp_path / f"{name}.h5") for name in spaces}
    return spaces, y, labels, paths, str(tmp_path / "k4.h5")


def test_clustering_is_scored_in_its_own_space_and_in_others(scored):
    spaces, y, labels, paths, clustering = scored
    evaluation = evaluate(paths["a"], clustering, "test", {"b": paths["b"]})

    scores = evaluation.scores
    assert scores["silhouette"] == pytest.approx(metrics.silhouette_score(spaces["a"], labels))
    assert scores["silhouette_in_b"] == pytest.approx(metrics.silhouette_score(spaces["b"], labels))
    assert scores["davies_bouldin_in_b"] == pytest.approx(
        metrics.davies_bouldin_score(spaces["b"], labels)
    )
    assert scores["ami"] == pytest.approx(metrics.adjusted_mutual_info_score(y, labels))
    assert "ami_in_b" not in scores
    assert evaluation.details == {"n": 50, "d": 3}
    np.testing.assert_allclose(
        evaluation.silhouettes, metrics.silhouette_samples(spaces["a"], labels), atol=1e-6
    )


def test_own_space_among_the_others_has_the_same_scores(scored):
    _, _, _, paths, clustering = scored
    scores = evaluate(paths["a"], clustering, "test", paths).scores

    for name in ("silhouette", "dunn", "calinski_harabasz", "davies_bouldin"):
        assert scores[f"{name}_in_a"] == scores[name]
        assert scores[f"{name}_in_b"] != scores[name]
