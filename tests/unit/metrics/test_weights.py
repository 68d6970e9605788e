"""Silhouettes of weighted points against repeated points and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs

from aecluster.metrics import silhouette_samples, silhouette_score

X3, LABELS3 = [[0.0], [1.0], [5.0]], [0, 0, 1]


@st.composite
def weighted_clusterings(draw, weights):
    """Points with duplicates, and labels and weights under which two clusters have two points."""
    n, d = draw(st.integers(4, 60)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.integers(-8, 9, size=(n, d)) * draw(st.sampled_from([1.0, 0.3, 1e-3]))
    labels = rng.choice([-7, 0, 3, 2**40], size=n)
    labels[:4] = 0, 0, 3, 3
    weight = np.array(draw(st.lists(weights, min_size=n, max_size=n)))
    weight[:4] = 2
    return X.astype(draw(st.sampled_from([np.float32, np.float64]))), labels, weight


def brute_force(X, labels, weight):
    """Return the weighted silhouettes by their formula, row by row."""
    distances = cdist(np.asarray(X, np.float64), np.asarray(X, np.float64))
    found = np.zeros(len(X))
    for i, own in enumerate(labels):
        sums = {c: (weight * distances[i])[labels == c].sum() for c in set(labels)}
        sizes = {c: weight[labels == c].sum() for c in set(labels) if weight[labels == c].any()}
        if weight[i] == 0:
            found[i] = np.nan
        elif sizes[own] > 1:
            a = sums[own] / (sizes[own] - 1)
            b = min(sums[c] / sizes[c] for c in sizes if c != own)
            found[i] = (b - a) / max(a, b) if max(a, b) > 0 else 0
    return found


@given(weighted_clusterings(st.integers(0, 4)))
@settings(max_examples=60)
def test_whole_weights_give_what_repeated_rows_give(clustering):
    X, labels, weight = clustering
    repeated = np.repeat(X.astype(np.float64), weight, axis=0), np.repeat(labels, weight)
    silhouettes = silhouette_samples(X, labels, sample_weight=weight)

    np.testing.assert_allclose(
        np.repeat(silhouettes, weight), silhouette_samples(*repeated), rtol=0, atol=1e-12
    )
    assert silhouette_score(X, labels, sample_weight=weight) == pytest.approx(
        silhouette_score(*repeated), abs=1e-12
    )


@given(weighted_clusterings(st.sampled_from([0.0, 0.25, 1.0, 1.5, 1e3])))
@settings(max_examples=60)
def test_weighted_silhouettes_are_those_of_the_formula(clustering):
    X, labels, weight = clustering
    expected = brute_force(X, labels, weight)

    np.testing.assert_allclose(
        silhouette_samples(X, labels, sample_weight=weight), expected, rtol=0, atol=1e-12
    )
    assert silhouette_score(X, labels, sample_weight=weight) == pytest.approx(
        np.average(expected[weight > 0], weights=weight[weight > 0]), abs=1e-12
    )


def test_large_clusters_are_weighted_like_small_ones():
    X, labels = make_blobs([700, 90, 5], n_features=3, cluster_std=4, random_state=0)
    weight = np.arange(len(X)) % 3
    repeated = np.repeat(X, weight, axis=0), np.repeat(labels, weight)

    np.testing.assert_allclose(
        np.repeat(silhouette_samples(X, labels, sample_weight=weight), weight),
        silhouette_samples(*repeated),
        rtol=0,
        atol=1e-12,
    )


def test_rows_of_weight_zero_do_not_count_and_have_no_silhouette():
    found = silhouette_samples([*X3, [0.1]], [*LABELS3, 1], sample_weight=[1, 1, 1, 0])

    np.testing.assert_array_equal(found, [0.8, 0.75, 0.0, np.nan])


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, 1, -1], "found 1 below 0"),
        ([1, np.nan, 1], "found 1 that are NaN or infinite"),
        ([1, np.inf, 1], "found 1 that are NaN or infinite"),
        ([0, 0, 0], "found only 0"),
        ([0.3, 0.3, 0.3], "found 0.6 as the weight of the heaviest cluster, expected over 1"),
        ([1, 1, 0], "found weight in one cluster"),
        ([1, 1], r"found shape \(2,\) of int64, expected numbers of shape \(3,\)"),
        (["a", "b", "c"], "found shape .* of <U1, expected numbers"),
        (np.ma.masked_array([1, 2, 3], [0, 0, 1]), "found 1 masked"),
    ],
)
def test_weights_that_are_none_are_an_error_of_one_line(weight, message):
    for function in (silhouette_samples, silhouette_score):
        with pytest.raises(ValueError, match="sample_weight: " + message) as error:
            function(X3, LABELS3, sample_weight=weight)
        assert "\n" not in str(error.value)
