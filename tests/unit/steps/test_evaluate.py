import numpy as np
import pytest
from sklearn import metrics

from aecluster.metrics import METRICS
from aecluster.steps.evaluate import evaluate
from aecluster.store import Split, Store, write_clustering


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
    assert (evaluation.details["n"], evaluation.details["d"]) == (50, 3)
    np.testing.assert_allclose(
        evaluation.silhouettes, metrics.silhouette_samples(spaces["a"], labels), atol=1e-6
    )


def test_own_space_among_the_others_has_the_same_scores(scored):
    _, _, _, paths, clustering = scored
    scores = evaluate(paths["a"], clustering, "test", paths).scores

    names = ["silhouette", "dunn", "inertia", "calinski_harabasz", "davies_bouldin"]
    assert [name for name in scores if name.endswith("_in_b")] == [f"{name}_in_b" for name in names]
    for name in names:
        assert scores[f"{name}_in_a"] == scores[name]
        assert scores[f"{name}_in_b"] != scores[name]


# --- controls ---


def test_random_labels_have_the_same_cluster_sizes_and_are_scored_in_the_same_space(scored):
    spaces, y, labels, paths, clustering = scored
    controls = evaluate(paths["a"], clustering, "test", {}, seed=3).details["controls"]
    again = evaluate(paths["a"], clustering, "test", {}, seed=3).details["controls"]
    other = evaluate(paths["a"], clustering, "test", {}, seed=4).details["controls"]

    # The module's own draw: the sizes are those of the clustering, the scores those of the draw.
    random = np.random.default_rng(3).permutation(labels)
    assert np.bincount(random).tolist() == np.bincount(labels).tolist()
    assert list(controls) == ["random"]  # four clusters, three classes
    assert list(controls["random"]) == list(METRICS)
    assert controls["random"]["silhouette"] == pytest.approx(
        metrics.silhouette_score(spaces["a"], random)
    )
    assert controls["random"]["ari"] == pytest.approx(metrics.adjusted_rand_score(y, random))
    assert again == controls
    assert other != controls


def test_classes_are_a_control_where_there_are_as_many_as_clusters(scored, tmp_path):
    spaces, y, _, paths, _ = scored
    write_clustering(tmp_path / "k3.h5", np.arange(50) % 3, spaces["a"][:3])
    classes = evaluate(paths["a"], tmp_path / "k3.h5", "test", {}).details["controls"]["classes"]

    assert classes["silhouette"] == pytest.approx(metrics.silhouette_score(spaces["a"], y))
    assert classes["davies_bouldin"] == pytest.approx(metrics.davies_bouldin_score(spaces["a"], y))
    assert classes["ari"] == classes["accuracy"] == 1.0


# --- large data ---


def test_large_split_is_sampled_said_so_and_never_loaded(scored, monkeypatch):
    *_, paths, clustering = scored
    exact = evaluate(paths["a"], clustering, "test", {"b": paths["b"]})
    monkeypatch.setattr("aecluster.steps.evaluate._N_SAMPLED", 20)
    monkeypatch.setattr(Split, "matrix", None)
    sampled = evaluate(paths["a"], clustering, "test", {"b": paths["b"]}, max_exact=49)

    known = ~np.isnan(sampled.silhouettes)
    np.testing.assert_allclose(sampled.silhouettes[known], exact.silhouettes[known], atol=1e-6)
    assert known.sum() == sampled.details["n_sampled"] < 25
    assert {name for name in exact.scores if name not in sampled.scores} == {"dunn", "dunn_in_b"}
    assert sampled.scores["se_silhouette"] > 0
    assert sampled.scores["se_silhouette_in_b"] > 0
    for name in ("inertia", "calinski_harabasz", "davies_bouldin_in_b", "ami", "balance"):
        assert sampled.scores[name] == pytest.approx(exact.scores[name], rel=1e-12)
    assert "dunn" not in sampled.details["controls"]["random"]


# --- images without a label ---


@pytest.mark.parametrize("n_labelled", [30, 0])
def test_classes_are_compared_where_images_have_a_label(scored, tmp_path, n_labelled):
    spaces, y, labels, _, clustering = scored
    some = np.where(np.arange(50) < n_labelled, y, -1)
    with Store.create(
        tmp_path / "some.h5", dataset="toy", representation="a", source_digest="d"
    ) as store:
        store.add_split("test", [spaces["a"]], n=50, y=some, class_names="xyz")

    evaluation = evaluate(str(tmp_path / "some.h5"), clustering, "test", {})

    scores = evaluation.scores
    assert scores["silhouette"] == pytest.approx(metrics.silhouette_score(spaces["a"], labels))
    assert list(evaluation.details["controls"]) == ["random"]
    if n_labelled:
        expected = metrics.adjusted_mutual_info_score(y[:n_labelled], labels[:n_labelled])
        assert scores["ami"] == pytest.approx(expected)
        assert evaluation.details["n_labelled"] == n_labelled
    else:
        assert "ami" not in scores
