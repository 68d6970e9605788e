import pytest

from aecluster.config import load_experiment
from aecluster.errors import ConfigError
from aecluster.workflow.variants import check_clusterers, check_rows, stems


def load(**clusterers):
    return load_experiment(
        {
            "experiment": "demo",
            "dataset": {"name": "digits", "source": "digits"},
            "representations": {"pixels": {"method": "pixels"}, "pca": {"method": "pca"}},
            "clustering": {"k": [3]},
            "clusterers": clusterers,
        },
        "e.yaml",
    )


def test_without_clusterers_there_are_those_of_kmeans():
    assert stems(load(), "pixels", [3, 5], [0, 1]) == ["k3-s0", "k3-s1", "k5-s0", "k5-s1"]


def test_clusterers_come_behind_kmeans_by_name_for_each_k_and_seed():
    experiment = load(mix={"method": "gaussian_mixture"})

    assert stems(experiment, "pixels", [3, 5], [0, 1]) == [
        *("k3-s0", "k3-s1", "k5-s0", "k5-s1"),
        *("mix-k3-s0", "mix-k3-s1", "mix-k5-s0", "mix-k5-s1"),
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"method": "agglomerative"}, {"a-k3-s0", "a-k5-s0"}),
        ({"method": "hdbscan"}, {"a-k0-s0"}),
        ({"method": "sklearn", "estimator": "sklearn.cluster.Birch"}, {"a-k3-s0", "a-k5-s0"}),
        ({"method": "sklearn", "estimator": "sklearn.cluster.OPTICS"}, {"a-k0-s0"}),
        (
            {"method": "sklearn", "estimator": "sklearn.cluster.AffinityPropagation"},
            {"a-k0-s0", "a-k0-s1"},
        ),
        (
            {
                "method": "sklearn", "estimator": "sklearn.cluster.AffinityPropagation",
                "options": {"random_state": 4},
            },
            {"a-k0-s0"},
        ),
    ],
)  # fmt: skip
def test_what_has_no_chance_runs_once_on_pixels_and_what_chooses_k_once_for_all(keys, expected):
    found = stems(load(a=keys), "pixels", [3, 5], [0, 1])

    assert set(found[4:]) == expected


def test_vectors_of_each_seed_are_clustered_also_by_what_has_no_chance():
    assert stems(load(a={"method": "hdbscan"}), "pca", [3], [0, 1])[2:] == ["a-k0-s0", "a-k0-s1"]


def test_clusterer_of_one_representation_is_of_no_other():
    experiment = load(a={"method": "hdbscan", "of": ["pca"]})

    assert stems(experiment, "pixels", [3], [0]) == ["k3-s0"]
    assert stems(experiment, "pca", [3], [0]) == ["k3-s0", "a-k0-s0"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"estimator": "sklearn.cluster.KMeens"},
            "clusterers.a.estimator: found 'sklearn.cluster.KMeens', expected a class of scikit-le",
        ),
        (
            {"estimator": "sklearn.decomposition.PCA"},
            "clusterers.a.estimator: sklearn.decomposition.PCA has no method `fit_predict`",
        ),
        (
            {"estimator": "sklearn.cluster.Birch", "options": {"thresholds": 1}},
            "clusterers.a.options: sklearn.cluster.Birch takes no 'thresholds', only threshold",
        ),
        (
            {"estimator": "sklearn.cluster.Birch", "options": {"n_clusters": 1}},
            "clusterers.a.options: found 'n_clusters', expected it in `clustering.k`",
        ),
        (
            {"estimator": "sklearn.cluster.Birch", "options": {"threshold": -1}},
            "clusterers.a.options: The 'threshold' parameter of Birch must be a float",
        ),
        (
            {"estimator": "sklearn.cluster.Birch", "n_fit": 3},
            "clusterers.a.n_fit: found 3, expected more than the 3 clusters of clustering.k",
        ),
    ],
)
def test_what_cannot_cluster_is_told_before_anything_runs(keys, message):
    with pytest.raises(ConfigError, match=f"^{message}"):
        check_clusterers(load(a={"method": "sklearn", **keys}))


def test_more_images_than_pairs_can_be_kept_of_are_told_where_their_number_is_known():
    ward = load(a={"method": "agglomerative"}).clusterers["a"]
    sampled = load(a={"method": "agglomerative", "n_fit": 5000}).clusterers["a"]
    dense = load(a={"method": "hdbscan"}).clusterers["a"]

    check_rows("a", sampled, 60_000, "all")
    check_rows("a", dense, 60_000, "all")
    check_rows("a", ward, 20_000, "test")
    message = "clusterers.a.n_fit: found null, which fits agglomerative to 60,000 images of all"
    with pytest.raises(ConfigError, match=f"^{message}"):
        check_rows("a", ward, 60_000, "all")
