"""What ours gives where docs/kmeans.md says that other packages give something else."""

import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from aecluster.clustering import KMeans

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))
import kmeans_packages

POINTS = kmeans_packages.data_sets()


def fitted(name, **settings):
    X, start = POINTS[name]
    return KMeans(len(start), init=start, n_init=1, **settings).fit(X)


@pytest.mark.parametrize("name", ["plain", "far"])
def test_labels_are_lloyds_last_and_every_pass_is_counted(name):
    steps = kmeans_packages.lloyd(*POINTS[name])
    kmeans = fitted(name, tol=0)

    np.testing.assert_array_equal(kmeans.labels_, steps[-1])
    assert kmeans.n_iter_ == len(steps)


@pytest.mark.parametrize("max_iter", [1, 2, 10])
def test_early_stop_leaves_labels_and_centroids_of_one_step(max_iter):
    """No sample is drawn and no other algorithm takes over, as a default of others does."""
    kmeans = fitted("plain", tol=0, max_iter=max_iter)
    steps = kmeans_packages.lloyd(*POINTS["plain"])

    assert kmeans.n_iter_ == max_iter
    assert any(np.array_equal(kmeans.labels_, step) for step in steps[max_iter - 1 : max_iter + 1])


def test_inertia_is_the_sum_of_squares_to_the_means_of_the_labels():
    X, start = POINTS["plain"]
    kmeans = fitted("plain", tol=0)
    means = np.stack([X[kmeans.labels_ == c].mean(axis=0) for c in range(len(start))])

    np.testing.assert_allclose(kmeans.cluster_centers_, means, rtol=1e-12)
    expected = np.square(X - means[kmeans.labels_]).sum()
    assert kmeans.inertia_ == pytest.approx(expected, rel=1e-12)


def test_centroid_without_points_gets_some():
    kmeans = fitted("empty", tol=0)

    assert np.bincount(kmeans.labels_, minlength=5).min() > 0
    assert np.isfinite(kmeans.cluster_centers_).all()


def test_unit_of_the_points_changes_no_label():
    """Squared distances are not rounded to thousandths, however small they are."""
    X, start = POINTS["plain"]
    kmeans = KMeans(5, init=start * 1e-4, n_init=1, tol=0).fit(X * 1e-4)

    np.testing.assert_array_equal(kmeans.labels_, fitted("plain", tol=0).labels_)


def test_seed_belongs_to_each_fit_and_clones_keep_the_number_of_clusters():
    X, _ = POINTS["plain"]
    kmeans = KMeans(12, random_state=0)
    first = kmeans.fit(X).labels_
    KMeans(12, random_state=0)
    second = kmeans.fit(X).labels_

    np.testing.assert_array_equal(second, first)
    np.testing.assert_array_equal(clone(kmeans).fit(X).labels_, first)
