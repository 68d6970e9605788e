"""`init="minibatch"`: a better start, with the promises of every other one."""

import sys

import h5py
import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import KMeans as Theirs
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from aecluster.clustering import KMeans, k_means

# Rows, features and clusters of fits on the plain, the bounded and the screened path.
PLAIN, BOUNDED, SCREENED = (300, 5, 6), (2600, 200, 30), (1400, 60, 260)
linux = pytest.mark.skipif(sys.platform != "linux", reason="forks")


def points(n, d, dtype=np.float32):
    rng = np.random.default_rng(n)
    return (
        rng.normal(size=(n, d)) + 3 * rng.normal(size=(20, d))[rng.integers(20, size=n)]
    ).astype(dtype)


def fit(X, k, weight=None, **options):
    return KMeans(k, init="minibatch", tol=0, random_state=0, **options).fit(
        X, sample_weight=weight
    )


def test_one_start_is_better_than_the_best_of_ten_where_clusters_are_many():
    X, _ = load_digits(return_X_y=True)
    usual = KMeans(100, n_init=10, tol=0, random_state=0).fit(X)

    for seed in range(3):
        found = KMeans(100, init="minibatch", tol=0, random_state=seed).fit(X)
        assert found.inertia_ < 0.995 * usual.inertia_


@pytest.mark.parametrize(("n", "d", "k"), [PLAIN, BOUNDED, SCREENED])
def test_result_is_a_fixed_point_of_lloyd(n, d, k):
    X = points(n, d, np.float64)
    found = fit(X, k)
    theirs = Theirs(k, init=found.cluster_centers_, n_init=1, max_iter=1).fit(X)

    assert len(np.unique(found.labels_)) == k
    np.testing.assert_array_equal(theirs.labels_, found.labels_)
    assert theirs.inertia_ == pytest.approx(found.inertia_, rel=1e-9)


@pytest.mark.parametrize(("n", "d", "k"), [PLAIN, BOUNDED])
def test_labels_do_not_depend_on_the_order_of_samples(n, d, k):
    X = points(n, d)
    order = np.random.default_rng(1).permutation(n)

    np.testing.assert_array_equal(fit(X[order], k).labels_, fit(X, k).labels_[order])


@pytest.mark.parametrize(("n", "d", "k"), [PLAIN, BOUNDED])
def test_whole_weights_are_repetitions_and_rows_of_weight_zero_do_not_count(n, d, k):
    X, weight = points(n, d), np.arange(n) % 4
    weighted, repeated = fit(X, k, weight), fit(np.repeat(X, weight, axis=0), k)

    np.testing.assert_array_equal(np.repeat(weighted.labels_, weight), repeated.labels_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)


@linux
@pytest.mark.parametrize("n_init", [1, 4])
def test_labels_do_not_depend_on_the_number_of_threads(n_init):
    X, fits = points(4000, 300), []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            fits.append(fit(X, 12, n_init=n_init))

    np.testing.assert_array_equal(fits[0].labels_, fits[1].labels_)
    assert fits[0].n_iter_ == fits[1].n_iter_


def test_streamed_and_sparse_rows_give_the_labels_of_arrays(tmp_path):
    X = points(3000, 200)
    expected = fit(X, 30).labels_
    with h5py.File(tmp_path / "X.h5", "w") as file:
        streamed = fit(file.create_dataset("X", data=X), 30).labels_

    np.testing.assert_array_equal(streamed, expected)
    np.testing.assert_array_equal(fit(csr_array(X), 30).labels_, expected)


def test_function_and_restarts_give_what_the_estimator_gives():
    X = points(300, 5)
    options = {"init": "minibatch", "n_init": 3, "max_iter": 300, "tol": 0, "random_state": 0}
    run, several, one = k_means(X, 6, **options), fit(X, 6, n_init=3), fit(X, 6)

    np.testing.assert_array_equal(run.labels, several.labels_)
    assert several.inertia_ <= one.inertia_


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_start_does_not_depend_on_the_unit(scale):
    X = points(300, 5, np.float64)

    np.testing.assert_array_equal(fit(X * scale, 6).labels_, fit(X, 6).labels_)
