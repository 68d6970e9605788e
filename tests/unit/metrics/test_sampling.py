"""The sampled silhouette against the exact one."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from aecluster.metrics import sampled_indices, score_clustering, silhouette_samples
from aecluster.metrics.points import ArrayPoints


@pytest.fixture(scope="module")
def overlapping():
    """2,000 points of clusters that overlap, the smallest of 20 points."""
    X, labels = make_blobs([1000, 600, 380, 20], n_features=8, cluster_std=6, random_state=0)
    return X.astype(np.float32), labels, silhouette_samples(X, labels)


def test_silhouettes_of_sampled_points_are_exact_and_others_unknown(overlapping):
    X, labels, exact = overlapping
    found = sampled_indices(ArrayPoints(X), labels, 300, seed=1)

    known = ~np.isnan(found.silhouette_samples)
    np.testing.assert_allclose(found.silhouette_samples[known], exact[known], atol=1e-5)
    assert known.sum() == found.n_sampled
    assert np.bincount(labels[known]).tolist() == [150, 90, 57, 3]


def test_estimates_scatter_around_the_exact_mean_as_their_standard_errors_say(overlapping):
    X, labels, exact = overlapping
    found = [sampled_indices(ArrayPoints(X), labels, 200, seed=seed) for seed in range(150)]

    estimates = np.array([one.silhouette for one in found])
    error = np.sqrt(np.mean([one.standard_error**2 for one in found]))
    assert abs(estimates.mean() - exact.mean()) < 4 * error / len(found) ** 0.5
    assert estimates.std() == pytest.approx(error, rel=0.2)


def test_sample_of_all_points_is_exact_and_has_no_error(overlapping):
    X, labels, exact = overlapping
    found = sampled_indices(ArrayPoints(X), labels, len(X))

    assert found.silhouette == pytest.approx(exact.mean(), abs=1e-6)
    assert found.standard_error == 0.0


def test_block_size_changes_nothing(overlapping, monkeypatch):
    X, labels, _ = overlapping
    whole = sampled_indices(ArrayPoints(X), labels, 100)
    monkeypatch.setattr("aecluster.metrics.points._BLOCK_VALUES", 700)
    in_blocks = sampled_indices(ArrayPoints(X), labels, 100)

    assert in_blocks.silhouette == pytest.approx(whole.silhouette, abs=1e-6)
    assert score_clustering(ArrayPoints(X), labels, indices=in_blocks) == pytest.approx(
        score_clustering(ArrayPoints(X), labels, indices=whole), rel=1e-6
    )


def test_points_alone_and_duplicates_have_silhouette_zero():
    X = np.array([[0.0], [0.0], [0.0], [9.0]])
    found = sampled_indices(ArrayPoints(X), np.array([0, 1, 0, 2]), 4)

    assert found.silhouette_samples.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_one_cluster_is_refused():
    with pytest.raises(ValueError, match=r"^labels: found one cluster, expected two or more$"):
        sampled_indices(ArrayPoints(np.eye(3)), np.zeros(3, int), 2)
