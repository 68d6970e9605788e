import inspect
from pkgutil import resolve_name

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans, MeanShift, SpectralClustering
from sklearn.metrics import adjusted_rand_score

from aecluster.clusterers import limits
from aecluster.clusterers.agglomerative import agglomerative
from aecluster.clusterers.gaussian_mixture import gaussian_mixture
from aecluster.clusterers.hdbscan import hdbscan
from aecluster.clusterers.partition import Partition, centres_of, in_order
from aecluster.clusterers.sample import fitted_to
from aecluster.clusterers.sklearn_clusterer import sklearn_clusterer
from aecluster.clusterers.spectral import spectral
from aecluster.config import CLUSTERERS
from aecluster.errors import ConfigError

DENSE = {"min_samples": None, "selection": "eom", "n_fit": None}


def blobs(n: int = 40, spread: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), n)
    centres = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    return (centres[y] + rng.normal(scale=spread, size=(3 * n, 2))).astype(np.float32), y


@pytest.mark.parametrize("name", CLUSTERERS)
def test_every_clusterer_says_what_it_is_and_its_function_takes_its_keys(name):
    entry = CLUSTERERS[name]
    keys = entry.keys.model_fields.keys() - {"method", "of"}
    taken = inspect.signature(resolve_name(entry.made_by)).parameters.keys() - {"X", "k", "seed"}

    assert all([entry.name == name, entry.label, entry.description, entry.reference])
    assert taken == keys


@pytest.mark.parametrize("name", [name for name in CLUSTERERS if name != "sklearn"])
def test_what_is_said_of_seed_and_k_is_what_the_function_takes(name):
    entry = CLUSTERERS[name]
    taken = inspect.signature(resolve_name(entry.made_by)).parameters
    traits = entry.traits_of(entry.keys(method=name))

    assert traits.is_random == ("seed" in taken)
    assert traits.chooses_k == ("k" not in taken)


@pytest.mark.parametrize(
    "found",
    [
        lambda X: agglomerative(X, linkage="ward", metric="euclidean", n_fit=None, k=3),
        lambda X: spectral(X, n_neighbors=5, n_fit=None, k=3, seed=0),
        lambda X: gaussian_mixture(
            X, covariance="full", n_init=1, max_iter=50, regularization=1e-6, k=3, seed=0
        ),
        lambda X: hdbscan(X, min_cluster_size=10, **DENSE),
        lambda X: sklearn_clusterer(
            X, estimator="sklearn.cluster.Birch", options={}, n_fit=None, k=3, seed=0
        ),
    ],
    ids=["agglomerative", "spectral", "gaussian_mixture", "hdbscan", "sklearn"],
)
def test_three_blobs_are_found(found):
    X, y = blobs()

    assert adjusted_rand_score(y, found(X).labels) > 0.95


@pytest.mark.parametrize("method", ["ward", "complete", "average", "single"])
def test_agglomerative_cuts_the_tree_that_scipy_builds(method):
    X = np.random.default_rng(1).normal(size=(60, 3)).astype(np.float32)
    expected = fcluster(linkage(X.astype(np.float64), method), 4, "maxclust")

    found = agglomerative(X, linkage=method, metric="euclidean", n_fit=None, k=4)

    assert adjusted_rand_score(expected, found.labels) == 1


def test_mixture_gives_each_row_to_the_likeliest_of_the_gaussians_of_its_clusters():
    X, _ = blobs(spread=0.6)
    keys = {"covariance": "full", "n_init": 1, "max_iter": 500, "regularization": 1e-6}
    found = gaussian_mixture(X, **keys, k=3, seed=0)

    # Of clusters that overlap little, the means and covariances are those of the mixture.
    parts = [X[found.labels == cluster].astype(np.float64) for cluster in range(3)]
    likelihoods = [
        len(rows) * multivariate_normal.pdf(X, rows.mean(axis=0), np.cov(rows.T)) for rows in parts
    ]
    assert np.argmax(likelihoods, axis=0).tolist() == found.labels.tolist()
    assert found.n_iter > 1


def test_spectral_separates_two_rings_that_kmeans_cuts():
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X = np.concatenate([ring, 4 * ring]).astype(np.float32)
    y = np.repeat([0, 1], 120)

    found = spectral(X, n_neighbors=8, n_fit=None, k=2, seed=0)

    assert adjusted_rand_score(y, found.labels) == 1
    assert adjusted_rand_score(y, KMeans(2, n_init=1, random_state=0).fit_predict(X)) < 0.5


@pytest.mark.parametrize("n", [60, 400])
def test_spectral_cuts_as_scikit_learn_does(n):
    X, y = blobs(n, spread=0.9)
    expected = SpectralClustering(
        3, affinity="nearest_neighbors", n_neighbors=10, random_state=0
    ).fit_predict(X)

    found = spectral(X, n_neighbors=10, n_fit=None, k=3, seed=0)

    assert adjusted_rand_score(expected, found.labels) > 0.97
    assert 0.5 < adjusted_rand_score(y, found.labels) < 1


def test_parts_of_a_graph_that_nothing_joins_are_clusters():
    X = np.concatenate([blobs(300, 0.1)[0] + 100 * shift for shift in range(2)])

    labels = spectral(X, n_neighbors=5, n_fit=None, k=6, seed=0).labels

    assert adjusted_rand_score(np.repeat(np.arange(6), 300), labels) > 0.99


def test_hdbscan_leaves_a_row_far_from_all_in_no_cluster():
    X, _ = blobs()
    X = np.concatenate([X, np.full((1, 2), 99, np.float32)])

    labels = in_order(hdbscan(X, min_cluster_size=10, **DENSE).labels)

    assert labels[-1] == -1
    assert set(labels[:-1]) == {0, 1, 2}


def test_rows_that_are_not_fitted_get_the_label_of_the_nearest_that_is():
    X, _ = blobs(spread=1.5)
    seen = []

    def first_value(rows):
        seen.append(rows)
        return Partition((rows[:, 0] > 1).astype(int))

    found = fitted_to(X, 20, first_value).labels

    [rows] = seen
    nearest = cdist(X, rows).argmin(axis=1)
    assert rows.shape == (20, 2)
    assert (found == (rows[nearest, 0] > 1)).all()
    assert (fitted_to(X, 20, first_value).labels == found).all()


@pytest.mark.parametrize(
    "found",
    [
        lambda X, n_fit: agglomerative(X, linkage="ward", metric="euclidean", n_fit=n_fit, k=3),
        lambda X, n_fit: sklearn_clusterer(
            X, estimator="sklearn.cluster.AffinityPropagation", options={}, n_fit=n_fit, k=0, seed=0
        ),
    ],
)
@pytest.mark.parametrize("n_fit", [None, limits.MOST_PAIRED + 1])
def test_more_rows_than_pairs_can_be_kept_of_are_refused(found, n_fit):
    X = np.zeros((limits.MOST_PAIRED + 1, 1), np.float32)

    with pytest.raises(ConfigError, match="expected at most 20,000, since something is kept for"):
        found(X, n_fit)


def test_class_that_chooses_k_is_not_told_it():
    X, _ = blobs(20)
    options = {"bandwidth": 1.0}
    found = sklearn_clusterer(
        X, estimator="sklearn.cluster.MeanShift", options=options, n_fit=None, k=0, seed=0
    )

    assert (found.labels == MeanShift(**options).fit_predict(X)).all()


def test_order_of_labels_is_that_of_their_first_rows():
    assert in_order(np.array([5, 5, -3, 2, 5, 0])).tolist() == [0, 0, -1, 1, 0, 2]
    assert in_order(np.array([-1, -1])).tolist() == [-1, -1]


def test_centres_are_means_and_none_is_of_noise():
    X, y = blobs()
    labels = np.where(y == 2, -1, y)

    np.testing.assert_allclose(
        centres_of(X, labels), [X[y == 0].mean(axis=0), X[y == 1].mean(axis=0)], rtol=1e-6
    )
    assert centres_of(X, np.full(len(X), -1)).shape == (0, 2)
