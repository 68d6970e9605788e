"""The objective against its definition, written out pair by pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from aecluster.contrastive.knn import knn_accuracy
from aecluster.contrastive.objective import nt_xent


def by_definition(projections, temperature):
    z = projections / np.linalg.norm(projections, axis=1, keepdims=True)
    total, n = 0.0, len(z) // 2
    for i in range(2 * n):
        others = [np.exp(z[i] @ z[k] / temperature) for k in range(2 * n) if k != i]
        total -= np.log(np.exp(z[i] @ z[(i + n) % (2 * n)] / temperature) / sum(others))
    pairs = [(i, k) for i in range(2 * n) for k in range(2 * n) if i != k]
    potential = np.mean([np.exp(-2 * np.sum((z[i] - z[k]) ** 2)) for i, k in pairs])
    alignment = np.mean(np.sum((z[:n] - z[n:]) ** 2, axis=1))
    return total / (2 * n), alignment, np.log(potential)


@given(st.integers(1, 6), st.floats(0.1, 2.0), st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_objective_is_its_definition(n, temperature, seed):
    projections = np.random.default_rng(seed).normal(size=(2 * n, 5)).astype(np.float32)

    expected = by_definition(projections.astype(float), temperature)

    np.testing.assert_allclose(expected, nt_xent(projections, temperature), rtol=1e-3, atol=1e-4)


def test_network_that_sees_no_difference_has_the_loss_of_guessing():
    loss, alignment, uniformity = nt_xent(np.ones((8, 3), np.float32), 0.2)

    np.testing.assert_allclose(loss, np.log(7), rtol=1e-5)
    np.testing.assert_allclose([alignment, uniformity], 0, atol=1e-5)


def test_lengths_of_projections_do_not_matter():
    rng = np.random.default_rng(0)
    projections = rng.normal(size=(8, 3)).astype(np.float32)
    lengths = rng.uniform(0.5, 2, (8, 1)).astype(np.float32)

    np.testing.assert_allclose(
        nt_xent(projections, 0.2), nt_xent(projections * lengths, 0.2), rtol=1e-4
    )


@pytest.mark.parametrize("n_neighbors", [1, 5, 300])
def test_accuracy_by_neighbours_is_scikit_learns(n_neighbors):
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(3, 8))
    labels, test_labels = rng.integers(0, 3, 200), rng.integers(0, 3, 90)
    train = centres[labels] + rng.normal(size=(200, 8))
    test = centres[test_labels] + rng.normal(size=(90, 8))

    k = min(n_neighbors, 200)
    reference = KNeighborsClassifier(k, metric="cosine", algorithm="brute").fit(train, labels)

    expected = reference.score(test, test_labels)
    assert expected == knn_accuracy(train, labels, test, test_labels, n_neighbors)
