import pickle

import h5py
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn import cluster
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from aecluster.clustering import KMeans
from oracle import lloyd, squared_distances


@pytest.fixture(params=[0, 1, 2])
def rng(request):
    return np.random.default_rng(request.param)


def blobs(rng, n=300, d=5, k=4, dtype=np.float64):
    centers = rng.normal(scale=10, size=(k, d))
    return (centers[rng.integers(k, size=n)] + rng.normal(size=(n, d))).astype(dtype)


@parametrize_with_checks([KMeans()])
def test_estimator_keeps_scikit_learns_contract(estimator, check):
    check(estimator)


# --- against other routes ---


@st.composite
def problems(draw):
    """Data and a start: of any size and scale, with duplicates, constant columns and outliers."""
    n, d = draw(st.integers(1, 60)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    X = rng.random((n, d))
    if draw(st.booleans()):
        X = X[rng.integers(n, size=n)]
    if draw(st.booleans()):
        X[:, rng.integers(d)] = 0.3
    if draw(st.booleans()):
        X[rng.integers(n)] += 1e6
    if draw(st.booleans()):
        X += draw(st.sampled_from([-1e3, 1e3]))
    X *= draw(st.sampled_from([1e-6, 1.0, 1e3]))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.uint8]))
    if dtype == np.uint8:
        X = rng.integers(256, size=(n, d))
    X = X.astype(dtype)
    distinct = np.unique(X, axis=0)
    k = draw(st.sampled_from([1, min(2, len(distinct)), len(distinct)]))
    return X, rng.permutation(distinct)[:k]


@given(problems())
@example((np.full((60, 1), 0.3), np.full((1, 1), 0.3)))
@settings(max_examples=150)
def test_labels_are_those_of_plain_lloyd_in_float64(problem):
    X, start = problem
    labels, centers = lloyd(X, start)
    fitted = KMeans(len(start), init=start, tol=0).fit(X)

    np.testing.assert_array_equal(fitted.labels_, labels)
    # Either sum of n terms in float64 is off by up to n times half an eps of the largest sum
    # (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2).
    rounding = len(X) * np.finfo(np.float64).eps + np.finfo(fitted.cluster_centers_.dtype).eps
    atol = rounding * np.abs(X).max()
    np.testing.assert_allclose(fitted.cluster_centers_, centers, rtol=0, atol=atol)
    expected = squared_distances(X, centers).min(axis=1).sum()
    scale = np.square(X.astype(np.float64)).sum()
    assert fitted.inertia_ == pytest.approx(expected, rel=1e-9, abs=1e-24 * scale)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize(("n", "d", "k"), [(150, 4, 3), (1797, 64, 10), (500, 300, 40)])
def test_result_is_scikit_learns_from_the_same_start(rng, n, d, k, dtype):
    X = (255 * rng.random((n, d))).astype(dtype)
    start = X[:k].astype(np.float64)
    expected = cluster.KMeans(k, init=start, tol=0).fit(X.astype(np.float64))
    actual = KMeans(k, init=start, tol=0).fit(X)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    np.testing.assert_allclose(actual.cluster_centers_, expected.cluster_centers_, rtol=1e-6)
    rounding = 1e-9 if dtype == np.float64 else 1e-7
    assert actual.inertia_ == pytest.approx(expected.inertia_, rel=rounding)
    assert actual.n_iter_ == expected.n_iter_


@pytest.mark.parametrize("settings", [{"max_iter": 3}, {"tol": 1e-2}])
def test_early_stop_is_scikit_learns(rng, settings):
    X = rng.random((1000, 8))
    expected = cluster.KMeans(6, init=X[:6], **settings).fit(X)
    actual = KMeans(6, init=X[:6], **settings).fit(X)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    np.testing.assert_allclose(actual.cluster_centers_, expected.cluster_centers_)
    assert actual.n_iter_ == expected.n_iter_


def test_weights_count_as_in_scikit_learn(rng):
    X, weight = rng.random((500, 3)), rng.integers(0, 4, 500)
    expected = cluster.KMeans(5, init=X[:5], tol=0).fit(X, sample_weight=weight)
    actual = KMeans(5, init=X[:5], tol=0).fit(X, sample_weight=weight)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    assert actual.inertia_ == pytest.approx(expected.inertia_)
    assert actual.score(X, sample_weight=weight) == pytest.approx(-actual.inertia_)


def test_empty_clusters_move_to_the_farthest_points_as_in_scikit_learn(rng):
    X = blobs(rng)
    start = np.concatenate([X[:3], X[:1] + 1e3, X[:1] + 2e3])
    expected = cluster.KMeans(5, init=start, tol=0).fit(X)
    actual = KMeans(5, init=start, tol=0).fit(X)

    np.testing.assert_array_equal(actual.labels_, expected.labels_)
    assert actual.inertia_ == pytest.approx(expected.inertia_)


def test_four_points_by_hand():
    X = np.array([[0.0, 0.0], [0.0, 2.0], [8.0, 0.0], [8.0, 4.0]])
    fitted = KMeans(2, init=[[0, 0], [1, 0]], tol=0).fit(X)

    np.testing.assert_array_equal(fitted.labels_, [0, 0, 1, 1])
    np.testing.assert_array_equal(fitted.cluster_centers_, [[0, 1], [8, 2]])
    assert fitted.inertia_ == 1 + 1 + 4 + 4
    np.testing.assert_allclose(fitted.transform([[0, 1]]), [[0, np.sqrt(65)]])
    np.testing.assert_array_equal(fitted.predict([[3, 1], [5, 1]]), [0, 1])


# --- invariances ---


def test_labels_do_not_depend_on_the_order_of_samples(rng):
    X = blobs(rng, k=12)
    order = rng.permutation(len(X))
    expected = KMeans(12, n_init=3, random_state=0).fit(X)
    actual = KMeans(12, n_init=3, random_state=0).fit(X[order])

    np.testing.assert_array_equal(actual.labels_, expected.labels_[order])


def test_labels_do_not_depend_on_the_dtype(rng):
    X = rng.integers(256, size=(800, 30))
    labels = [
        KMeans(6, random_state=0, tol=0).fit(X.astype(dtype)).labels_
        for dtype in (np.uint8, np.float32, np.float64, np.int64)
    ]

    for other in labels[1:]:
        np.testing.assert_array_equal(other, labels[0])


def test_seed_repeats_to_the_last_bit(rng):
    X = rng.random((2000, 20)).astype(np.float32)
    a, b = (KMeans(8, n_init=3, random_state=7).fit(X) for _ in range(2))

    np.testing.assert_array_equal(a.labels_, b.labels_)
    np.testing.assert_array_equal(a.cluster_centers_, b.cluster_centers_)
    assert a.inertia_ == b.inertia_


def test_input_is_unchanged(rng):
    X, start = rng.random((100, 4)), rng.random((3, 4))
    kept_X, kept_start = X.copy(), start.copy()
    KMeans(3, init=start).fit(X)

    np.testing.assert_array_equal(X, kept_X)
    np.testing.assert_array_equal(start, kept_start)


# --- starts ---


def test_best_of_the_restarts_is_kept(rng):
    X = rng.random((500, 2))
    starts = iter(X[rng.permutation(500)[:80]].reshape(10, 8, 2))
    alone = [KMeans(8, init=start).fit(X).inertia_ for start in X[:80].reshape(10, 8, 2)]
    starts = iter(X[:80].reshape(10, 8, 2))
    together = KMeans(8, init=lambda X, k, random_state: next(starts), n_init=10).fit(X)

    assert together.inertia_ == pytest.approx(min(alone), rel=1e-12)


def test_plus_plus_finds_separate_blobs_and_is_greedy(rng):
    centers = 100 * np.eye(20)
    X = np.repeat(centers, 10, axis=0) + rng.normal(size=(200, 20))
    fitted = KMeans(20, max_iter=1, random_state=0).fit(X)

    assert adjusted_rand_score(np.repeat(np.arange(20), 10), fitted.labels_) == 1.0


def test_plus_plus_starts_are_as_good_as_scikit_learns(rng):
    X = rng.random((1000, 10))
    ours = [KMeans(20, max_iter=1, random_state=s).fit(X).inertia_ for s in range(20)]
    theirs = [cluster.KMeans(20, max_iter=1, random_state=s).fit(X).inertia_ for s in range(20)]

    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.02)


def test_random_start_takes_different_rows(rng):
    X = rng.random((30, 2))
    fitted = KMeans(30, init="random", n_init=1, random_state=0).fit(X)

    assert fitted.inertia_ == 0
    assert len(np.unique(fitted.labels_)) == 30


def test_more_clusters_than_distinct_points_warns():
    X = np.repeat(np.eye(3), 4, axis=0)
    with pytest.warns(ConvergenceWarning, match=r"Number of distinct clusters \(3\) found smaller"):
        fitted = KMeans(5, random_state=0).fit(X)

    assert fitted.inertia_ == 0


# --- where the data are ---


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dtype", "taken_as"),
    [("u1", "u1"), ("f4", "f4"), ("f8", "f8"), ("i2", "f8"), ("f2", "f8"), (">f4", "f8")],
)
def test_dataset_is_clustered_as_the_array_in_it(rng, tmp_path, dtype, taken_as):
    X = rng.integers(256, size=(1500, 6, 5)).astype(dtype)
    with h5py.File(tmp_path / "store.h5", "w") as file:
        dataset = file.create_dataset("X", data=X, chunks=(100, 6, 5))
        streamed = KMeans(4, n_init=2, random_state=0).fit(dataset)
        labels, distances = streamed.predict(dataset), streamed.transform(dataset)
        score = streamed.score(dataset)
    flat = X.reshape(1500, 30).astype(taken_as)
    expected = KMeans(4, n_init=2, random_state=0).fit(flat)

    np.testing.assert_array_equal(streamed.labels_, expected.labels_)
    np.testing.assert_array_equal(streamed.cluster_centers_, expected.cluster_centers_)
    np.testing.assert_array_equal(labels, streamed.labels_)
    np.testing.assert_allclose(distances, expected.transform(flat))
    assert score == pytest.approx(-streamed.inertia_)
    assert streamed.n_features_in_ == 30


def test_memmap_is_clustered_as_an_array(rng, tmp_path):
    X = rng.random((500, 8)).astype(np.float32)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")

    np.testing.assert_array_equal(
        KMeans(4, random_state=0).fit(mapped).labels_, KMeans(4, random_state=0).fit(X).labels_
    )


# --- in scikit-learn's company ---


def test_works_in_pipeline_and_grid_search_and_clones(rng):
    X = blobs(rng)
    pipeline = make_pipeline(StandardScaler(), KMeans(random_state=0))
    search = GridSearchCV(pipeline, {"kmeans__n_clusters": [2, 4]}, cv=3).fit(X)

    assert search.best_params_ == {"kmeans__n_clusters": 4}
    assert clone(KMeans(3, tol=0.5)).get_params() == KMeans(3, tol=0.5).get_params()


def test_pickle_keeps_predictions(rng):
    X = rng.random((200, 4)).astype(np.float32)
    fitted = KMeans(5, random_state=0).fit(X)
    restored = pickle.loads(pickle.dumps(fitted))  # noqa: S301

    np.testing.assert_array_equal(restored.predict(X), fitted.labels_)


def test_verbose_prints_the_inertia_and_the_ways_of_every_iteration(rng, capsys):
    X = rng.random((50, 2))
    fitted = KMeans(3, verbose=1, tol=0, random_state=0).fit(X)
    start, *lines = capsys.readouterr().out.splitlines()

    assert start == "Initialization complete: 1 start."
    assert len(lines) == fitted.n_iter_
    assert lines[0].startswith("Restart 1: Iteration 1, inertia ")
    assert " squared units of X, centroids moved " in lines[0]
    assert lines[-1] == (
        f"Restart 1: Iteration {fitted.n_iter_}, inertia {fitted.inertia_:.6g} squared units of X, "
        "centroids moved 0 units; converged: strict convergence."
    )


# --- bad input ---

X = np.random.default_rng(0).random((10, 3))


@pytest.mark.parametrize(
    ("estimator", "data", "weight", "message"),
    [
        (KMeans(2), np.where(X > 0.9, np.nan, X), None, "Input X contains NaN"),
        (KMeans(2), np.where(X > 0.9, np.inf, X), None, "Input X contains infinity"),
        (KMeans(2), X[:, 0], None, "Expected 2D array, got 1D array instead"),
        (KMeans(2), X[None], None, "dim 3"),
        (KMeans(2), X[:0], None, "0 sample"),
        (KMeans(2), [["a"], ["b"]], None, "could not convert string to float"),
        (KMeans(11), X, None, "n_samples=10 should be >= n_clusters=11."),
        (KMeans(0), X, None, "The 'n_clusters' parameter of KMeans must be an int"),
        (KMeans(2, tol=-1), X, None, "The 'tol' parameter of KMeans must be"),
        (KMeans(2, init="middle"), X, None, "The 'init' parameter of KMeans must be"),
        (KMeans(2, init=X[:3]), X, None, "does not match the number of clusters 2"),
        (KMeans(3, init=X[:3, :2]), X, None, "does not match the number of features of the data 3"),
        (KMeans(2), X, np.ones(9), "sample_weight.shape == (9,), expected (10,)"),
        (KMeans(2), X, -np.ones(10), "Negative values in data passed to `sample_weight`"),
    ],
)
def test_bad_input_is_scikit_learns_error(estimator, data, weight, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole text is compared below
        estimator.fit(data, sample_weight=weight)

    assert message in str(error.value)


def test_bad_dataset_is_scikit_learns_error(tmp_path):
    with h5py.File(tmp_path / "store.h5", "w") as file:
        file["nan"] = np.full((5000, 2), np.nan)
        file["few"] = X
        with pytest.raises(ValueError, match="contains NaN"):
            KMeans(2).fit(file["nan"])
        with pytest.raises(ValueError, match="n_samples=10 should be >= n_clusters=11"):
            KMeans(11).fit(file["few"])
        fitted = KMeans(2).fit(X[:, :2])
        with pytest.raises(ValueError, match="X has 3 features, but KMeans is expecting 2"):
            fitted.predict(file["few"])


def test_given_start_and_restarts_warn():
    with pytest.warns(
        RuntimeWarning, match="performing only one init in KMeans instead of n_init=4"
    ):
        KMeans(2, init=X[:2], n_init=4).fit(X)


def test_unfitted_estimator_does_not_predict():
    with pytest.raises(NotFittedError):
        KMeans().predict(X)
