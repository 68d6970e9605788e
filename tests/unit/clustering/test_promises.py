"""What every fit promises, whichever way the rows are clustered, at any scale, with any weights."""

import warnings

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning

from aecluster.clustering import KMeans, _fit, k_means
from oracle import squared_distances
from small_fits import PLANS, WAYS, failures, problem


@pytest.fixture(params=list(PLANS))
def plan(request, monkeypatch):
    monkeypatch.setattr(_fit, "plan_fit", lambda *args, **options: PLANS[request.param])


@pytest.mark.parametrize(("plan", "where"), WAYS)
@pytest.mark.parametrize("first", [0, 24, 415, 559, 847, 104472])
def test_small_fits_are_those_of_lloyd_in_float64(plan, where, first):
    for seed in range(first, first + 12):
        assert not failures(problem(seed), plan, where), seed


@given(st.integers(0, 2**32 - 1), st.sampled_from(WAYS))
@settings(max_examples=100)
def test_any_small_fit_is_that_of_lloyd_in_float64(seed, way):
    assert not failures(problem(seed), *way)


# --- empty clusters ---


def test_cluster_that_empties_in_the_last_iteration_is_refilled(plan):
    fitted = KMeans(3, init=[[-5], [3], [7]], n_init=1).fit([[-2.0], [1.0], [3.0], [-2.0]])

    np.testing.assert_array_equal(fitted.labels_, [0, 1, 2, 0])
    assert fitted.inertia_ == 0


@pytest.mark.parametrize("init", ["random", "k-means++"])
def test_random_starts_on_whole_numbers_end_at_the_nearest_centroids(plan, init):
    rng = np.random.default_rng(0)
    X = rng.integers(-3, 4, (34, 2)).astype(np.float64)
    for seed in range(40):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = KMeans(7, init=init, n_init=1, random_state=seed).fit(X)

        expected = squared_distances(X, fitted.cluster_centers_).min(axis=1).sum()
        np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
        assert fitted.inertia_ == pytest.approx(expected, rel=1e-9)
        assert fitted.n_iter_ < 300


def test_copies_whose_mean_is_rounded_do_not_refill_clusters_for_ever(plan):
    X = np.array([[0.1]] * 3 + [[np.nextafter(0.1, 1)]] + [[0.7]] * 7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(4, init=X[[0, 0, 3, 4]], tol=0).fit(X)

    assert fitted.n_iter_ < 20
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)


# --- weights ---


def test_rows_of_weight_0_are_not_chosen_for_empty_clusters(plan):
    X = np.array([[0.0], [1.0], [10.0], [-100.0]])
    fitted = KMeans(3, init=[[0], [10], [500]]).fit(X, sample_weight=[1, 1, 1, 0])

    assert fitted.inertia_ == 0
    assert fitted.n_iter_ < 10


@pytest.mark.parametrize("init", ["random", "k-means++"])
def test_weights_of_0_and_1_are_the_fit_without_the_others(plan, init):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 3))
    weight = rng.integers(0, 2, 120)
    X[weight == 0] *= 1e200  # which no sum may see
    weighted = KMeans(9, init=init, n_init=2, random_state=0).fit(X, sample_weight=weight)
    alone = KMeans(9, init=init, n_init=2, random_state=0).fit(X[weight == 1])

    np.testing.assert_array_equal(weighted.labels_[weight == 1], alone.labels_)
    np.testing.assert_allclose(weighted.cluster_centers_, alone.cluster_centers_)
    assert weighted.inertia_ == pytest.approx(alone.inertia_)


def test_whole_weights_are_repetitions(plan):
    rng = np.random.default_rng(2)
    X, weight = rng.normal(size=(80, 2)), rng.integers(1, 5, 80)
    weighted = KMeans(5, random_state=0).fit(X, sample_weight=weight)
    repeated = KMeans(5, random_state=0).fit(np.repeat(X, weight, axis=0))

    np.testing.assert_array_equal(np.repeat(weighted.labels_, weight), repeated.labels_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)


@pytest.mark.parametrize("factor", [1e305, 1e-305])
def test_weights_may_have_any_scale(plan, factor):
    X, _ = make_blobs(90, random_state=0)
    weight = np.random.default_rng(3).random(90)
    expected = KMeans(4, n_init=2, random_state=0).fit(X, sample_weight=weight)
    actual = KMeans(4, n_init=2, random_state=0).fit(X, sample_weight=weight * factor)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    assert actual.inertia_ == pytest.approx(expected.inertia_ * factor)


@pytest.mark.parametrize("heavy", [1e20, 1e305])
def test_heavy_points_leave_nothing_behind_where_they_were(plan, heavy):
    """Two of them share the middle cluster first, and leave it together."""
    X = np.array([[1.0], [2.0], [1.45], [1.56], [0.9], [2.1]])
    weight = np.array([heavy, heavy, 1.0, 1.0, 1.0, 1.0])
    fitted = KMeans(3, init=[[1.5], [0.4], [2.6]], tol=0).fit(X, sample_weight=weight)

    np.testing.assert_array_equal(fitted.labels_, [1, 2, 0, 0, 1, 2])
    np.testing.assert_allclose(fitted.cluster_centers_, [[1.505], [1.0], [2.0]])


@pytest.mark.parametrize(
    ("init", "weight", "message"),
    [
        ("random", [1, 1, 0, 0], "found 2 rows that count, expected at least n_clusters=3"),
        ("k-means++", [0, 0, 0, 0], "ero"),
        ("k-means++", np.ma.masked_array([1, 1, 1, 9], [0, 0, 0, 1]), "found 1 masked values"),
    ],
)
def test_weights_with_which_nothing_can_start_are_an_error_of_one_line(init, weight, message):
    X = np.arange(4.0)[:, None]
    with pytest.raises(ValueError, match=message) as error:
        KMeans(3, init=init, random_state=0).fit(X, sample_weight=weight)

    assert "\n" not in str(error.value)


# --- scales and offsets ---


@pytest.mark.parametrize("scale", [1e155, 1e300, 1e-160, 1e-300])
def test_float64_of_any_scale_is_clustered(plan, scale):
    X, _ = make_blobs(150, n_features=3, centers=5, random_state=1)
    expected = KMeans(5, n_init=2, random_state=0).fit(X)
    actual = KMeans(5, n_init=2, random_state=0).fit(X * scale)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    np.testing.assert_array_equal(actual.predict(X * scale), expected.labels_)
    np.testing.assert_allclose(
        actual.transform(X * scale) / scale, expected.transform(X), rtol=1e-9
    )
    with np.errstate(over="ignore"):
        limit = np.float64(expected.inertia_) * scale * scale
    assert actual.inertia_ == pytest.approx(limit, rel=1e-6)  # 0 or infinity beyond float64
    assert actual.score(X * scale) == pytest.approx(-limit, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-23, 1e-29, 1e30])
def test_float32_of_any_scale_is_clustered(plan, scale):
    X, _ = make_blobs(150, n_features=3, centers=5, random_state=1)
    X = (X * scale).astype(np.float32)
    expected = KMeans(5, n_init=2, random_state=0).fit(X.astype(np.float64))
    actual = KMeans(5, n_init=2, random_state=0).fit(X)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    assert actual.inertia_ == pytest.approx(expected.inertia_, rel=1e-6)
    assert actual.score(X) == pytest.approx(-expected.inertia_, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [1e6, 1e8])
def test_far_from_the_origin_labels_are_predicted_and_distances_exact(plan, offset, dtype):
    X = (np.random.default_rng(4).normal(size=(2000, 16)) + offset).astype(dtype)
    fitted = KMeans(6, n_init=1, random_state=0).fit(X)
    distances = fitted.transform(X)

    expected = squared_distances(X, fitted.cluster_centers_)
    own = expected[np.arange(2000), fitted.labels_]
    np.testing.assert_allclose(own, expected.min(axis=1), rtol=1e-12)
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
    np.testing.assert_array_equal(distances.argmin(axis=1), fitted.labels_)
    np.testing.assert_allclose(distances, np.sqrt(expected), rtol=1e-6)
    assert fitted.score(X) == pytest.approx(-own.sum(), rel=1e-9)
    assert fitted.inertia_ <= -fitted.score(X) * (1 + 1e-9)


def test_centroids_stay_in_float64_where_a_label_hangs_on_it():
    rng = np.random.default_rng(5)
    n_kept = 0
    for _ in range(60):
        X = (1e6 + rng.integers(0, 3, (7, 2)) / 16).astype(np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = KMeans(3, n_init=1, random_state=0).fit(X)
        n_kept += fitted.cluster_centers_.dtype == np.float64
        np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)

    assert 0 < n_kept < 60
    assert KMeans(3).fit(rng.random((99, 2)).astype(np.float32)).cluster_centers_.dtype == "f4"


# --- what else rows may be ---


@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("size", ["small", "large"])
def test_sparse_rows_are_clustered_as_the_dense_ones(monkeypatch, container, size):
    if size == "large":
        monkeypatch.setattr("aecluster.clustering._estimator.MAX_DENSE", 0)
    rng = np.random.default_rng(6)
    X = rng.random((700, 40)) * (rng.random((700, 40)) < 0.1)
    dense = KMeans(6, n_init=2, random_state=0).fit(X)
    fitted = KMeans(6, n_init=2, random_state=0).fit(container(X))

    np.testing.assert_array_equal(fitted.labels_, dense.labels_)
    np.testing.assert_allclose(fitted.cluster_centers_, dense.cluster_centers_, atol=1e-12)
    np.testing.assert_array_equal(fitted.predict(container(X)), dense.labels_)
    np.testing.assert_allclose(fitted.transform(container(X)), dense.transform(X))
    assert fitted.score(container(X)) == pytest.approx(dense.score(X))


def test_masked_values_are_refused_as_missing_ones_are():
    X = np.random.default_rng(7).random((20, 2))
    masked = np.ma.masked_array(X, X > 0.9)
    fitted = KMeans(2).fit(np.ma.masked_array(X, mask=False))

    for call in (KMeans(2).fit, fitted.predict, fitted.transform, fitted.score):
        with pytest.raises(ValueError, match=r"^X: found .* masked values, expected none"):
            call(masked)
    with pytest.raises(ValueError, match=r"^init: found 1 masked values"):
        KMeans(2, init=np.ma.masked_array(X[:2], [[1, 0], [0, 0]])).fit(X)
    with pytest.raises(ValueError, match=r"^X: found"):
        k_means(masked, 2, init="random", n_init=1, max_iter=9, tol=0.0, random_state=0)


def test_large_files_of_odd_scale_are_streamed(tmp_path):
    X, _ = make_blobs(5000, n_features=3, centers=4, random_state=2)
    expected = KMeans(4, random_state=0).fit(X).labels_
    with h5py.File(tmp_path / "X.h5", "w") as file:
        file["X"] = X * 1e155

        np.testing.assert_array_equal(KMeans(4, random_state=0).fit_predict(file["X"]), expected)
