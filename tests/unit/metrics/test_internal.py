"""Silhouette and Dunn index against hand computation, brute force and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from sklearn import metrics as oracle
from sklearn.datasets import load_iris, make_blobs

from aecluster.metrics import dunn_index, internal_indices, silhouette_samples, silhouette_score

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
SQUARE_LABELS = np.array([0, 0, 1, 1])


def brute_force_dunn(X, labels):
    separation, diameter = np.inf, 0.0
    for i in range(len(X)):
        for j in range(i):
            distance = np.sqrt(np.sum((np.float64(X[i]) - np.float64(X[j])) ** 2))
            if labels[i] == labels[j]:
                diameter = max(diameter, distance)
            else:
                separation = min(separation, distance)
    if separation == 0:
        return 0.0
    return separation / diameter if diameter > 0 else np.inf


def brute_force_silhouettes(X, labels):
    distances = squareform(pdist(np.asarray(X, dtype=np.float64)))
    silhouettes = np.zeros(len(X))
    for i, own in enumerate(labels):
        others = (labels == own) & (np.arange(len(X)) != i)
        if not others.any():
            continue
        a = distances[i, others].mean()
        b = min(distances[i, labels == c].mean() for c in np.unique(labels) if c != own)
        silhouettes[i] = (b - a) / max(a, b) if max(a, b) > 0 else 0.0
    return silhouettes


@st.composite
def clusterings(draw, dtype=np.float64, shifts=(0.0, 3.0, -200.0)):
    """Points with duplicates, labels with gaps and clusters of one point."""
    n = draw(st.integers(4, 60))
    d = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.normal(size=(n, d)) * draw(st.sampled_from([1e-3, 1.0, 50.0]))
    X += draw(st.sampled_from(shifts))
    duplicates = rng.integers(n, size=draw(st.integers(0, n // 2)))
    X[duplicates] = X[rng.integers(n, size=len(duplicates))]
    labels = rng.choice([-7, 0, 3, 4, 1000, 2**40], size=n)
    labels[0] = 99
    labels[-2:] = 0
    return X.astype(dtype), labels


def test_four_points_match_hand_computation():
    near = (4 + np.sqrt(17)) / 2
    indices = internal_indices(SQUARE, SQUARE_LABELS)

    assert indices.silhouette == pytest.approx(1 - 1 / near, rel=1e-12)
    assert indices.dunn == pytest.approx(4.0, rel=1e-12)


def test_functions_agree_with_the_joint_computation():
    X, labels = make_blobs(80, random_state=0)
    indices = internal_indices(X, labels)

    assert silhouette_score(X, labels) == indices.silhouette
    assert silhouette_score(X, labels) == silhouette_samples(X, labels).mean()
    assert dunn_index(X, labels) == indices.dunn
    np.testing.assert_array_equal(silhouette_samples(X, labels), indices.silhouette_samples)


def test_iris_matches_the_published_silhouette():
    """Species as clusters of iris: 0.50 (see scikit-learn's and R's manuals)."""
    X, y = load_iris(return_X_y=True)

    assert round(silhouette_score(X, y), 2) == 0.50


@given(clusterings())
@settings(max_examples=80)
def test_float64_indices_equal_brute_force(clustering):
    X, labels = clustering
    indices = internal_indices(X, labels)

    np.testing.assert_allclose(
        indices.silhouette_samples, brute_force_silhouettes(X, labels), rtol=1e-9, atol=1e-9
    )
    assert indices.dunn == pytest.approx(brute_force_dunn(X, labels), rel=1e-9, abs=0)


# Far from the origin scikit-learn loses digits to cancellation, so that brute force is the oracle.
@given(clusterings(shifts=(0.0,)))
@settings(max_examples=80)
def test_silhouettes_equal_those_of_scikit_learn(clustering):
    X, labels = clustering

    np.testing.assert_allclose(
        silhouette_samples(X, labels), oracle.silhouette_samples(X, labels), rtol=0, atol=1e-6
    )
    assert silhouette_score(X, labels) == pytest.approx(
        oracle.silhouette_score(X, labels), abs=1e-6
    )


@given(clusterings(dtype=np.float32))
@settings(max_examples=80)
def test_float32_points_lose_no_accuracy(clustering):
    X, labels = clustering
    indices = internal_indices(X, labels)

    np.testing.assert_allclose(
        indices.silhouette_samples, brute_force_silhouettes(X, labels), rtol=0, atol=1e-6
    )
    assert indices.dunn == pytest.approx(brute_force_dunn(X, labels), rel=1e-9, abs=0)


def test_bytes_score_as_the_same_numbers_in_float64():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, size=(300, 40), dtype=np.uint8)
    labels = rng.integers(5, size=300)
    bytes_, floats = internal_indices(X, labels), internal_indices(X.astype(np.float64), labels)

    assert bytes_.dunn == pytest.approx(floats.dunn, rel=1e-9)
    np.testing.assert_allclose(
        bytes_.silhouette_samples, floats.silhouette_samples, rtol=0, atol=1e-6
    )


def test_duplicates_in_different_clusters_have_dunn_exactly_zero():
    X = np.random.default_rng(1).normal(1e4, 1.0, size=(60, 30))
    X[59] = X[0]

    for dtype in (np.float32, np.float64):
        assert dunn_index(X.astype(dtype), np.arange(60) // 30) == 0.0


def test_near_duplicates_far_from_the_origin_keep_their_distance():
    X = np.array([[1e6], [1e6 + 2], [1e6 + 3], [1e6 + 7]])

    for dtype in (np.float32, np.float64):
        assert dunn_index(X.astype(dtype), SQUARE_LABELS) == pytest.approx(0.25, rel=1e-9)


def test_clusters_of_copies_have_infinite_dunn_and_silhouette_one():
    indices = internal_indices([[0.1], [0.1], [0.7], [0.7]], SQUARE_LABELS)

    assert indices.dunn == np.inf
    assert indices.silhouette == 1.0


def test_all_points_equal_score_zero():
    indices = internal_indices(np.full((4, 3), 0.1), SQUARE_LABELS)

    assert indices.dunn == 0.0
    np.testing.assert_array_equal(indices.silhouette_samples, np.zeros(4))


def test_single_point_clusters_have_silhouette_zero():
    assert silhouette_samples(SQUARE, [0, 0, 0, 1])[3] == 0.0


def test_neither_order_nor_numbering_of_clusters_matters():
    X, labels = make_blobs(200, centers=6, n_features=5, random_state=3)
    order = np.random.default_rng(0).permutation(200)
    straight = internal_indices(X, labels)
    shuffled = internal_indices(X[order], 10 - 3 * labels[order])

    assert shuffled.dunn == pytest.approx(straight.dunn, rel=1e-12)
    np.testing.assert_allclose(
        shuffled.silhouette_samples, straight.silhouette_samples[order], rtol=1e-12
    )


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_indices_do_not_depend_on_the_unit(scale, dtype):
    X, labels = make_blobs(150, n_features=4, random_state=2)
    X = X.astype(dtype)
    expected, actual = internal_indices(X, labels), internal_indices(X * dtype(scale), labels)

    assert actual.dunn == pytest.approx(expected.dunn, rel=1e-6)
    assert actual.silhouette == pytest.approx(expected.silhouette, abs=1e-6)


def test_points_and_labels_stay_as_they_are():
    X, labels = SQUARE.copy(), SQUARE_LABELS.copy()
    X.flags.writeable = labels.flags.writeable = False
    internal_indices(X, labels)

    np.testing.assert_array_equal(X, SQUARE)
    np.testing.assert_array_equal(labels, SQUARE_LABELS)


@pytest.mark.parametrize("labels", [np.zeros(4, dtype=int), np.arange(4)])
@pytest.mark.parametrize("function", [internal_indices, silhouette_samples, dunn_index])
def test_one_cluster_or_as_many_as_points_is_scikit_learns_error(function, labels):
    with pytest.raises(ValueError, match="Number of labels is") as expected:
        oracle.silhouette_score(SQUARE, labels)

    with pytest.raises(ValueError, match="Number of labels is") as actual:
        function(SQUARE, labels)
    assert str(expected.value) == str(actual.value)


@pytest.mark.parametrize(
    ("X", "labels", "message"),
    [
        ([[0.0], [np.nan], [1.0]], [0, 0, 1], "Input X contains NaN"),
        ([[0.0], [np.inf], [1.0]], [0, 0, 1], "Input X contains infinity"),
        ([0.0, 1.0, 2.0], [0, 0, 1], "Expected 2D array, got 1D array"),
        ([[0.0], [1.0], [2.0]], [0, 1], r"inconsistent numbers of samples: \[3, 2\]"),
        ([["a"], ["b"], ["c"]], [0, 0, 1], "not compatible with arrays of bytes/strings"),
        (np.empty((0, 2)), [], "Found array with 0 sample"),
    ],
)
def test_bad_input_is_scikit_learns_error(X, labels, message):
    with pytest.raises(ValueError, match=message):
        internal_indices(X, labels)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_indices_keep_their_digits_at_extreme_scales(scale):
    X, labels = make_blobs(150, n_features=4, random_state=2)
    expected, actual = internal_indices(X, labels), internal_indices(X * scale, labels)

    assert actual.dunn == pytest.approx(expected.dunn, rel=1e-9)
    assert actual.silhouette == pytest.approx(expected.silhouette, rel=1e-9)


@pytest.mark.parametrize(
    ("X", "labels", "message"),
    [
        (np.ma.masked_array(SQUARE, SQUARE > 3), SQUARE_LABELS, "X: found 2 masked values"),
        (SQUARE, np.ma.masked_array(SQUARE_LABELS, [1, 0, 0, 0]), "labels: found 1 masked"),
        (SQUARE, [None, 0, 1, 1], "labels: found 1 missing"),
        (SQUARE, np.array(["a", "a", np.nan, "b"], object), "labels: found 1 missing"),
        (SQUARE, np.array([0, 0, "a", "a"], object), "labels: found values of the types int, str"),
    ],
)
def test_missing_values_are_an_error_of_one_line(X, labels, message):
    with pytest.raises(ValueError, match=message) as error:
        internal_indices(X, labels)

    assert "\n" not in str(error.value)
