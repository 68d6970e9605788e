"""Scores of vectors against their definitions, written out in float64, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from aecluster.metrics.points import ArrayPoints
from aecluster.probes import vectors as module
from aecluster.probes.vectors import (
    centred_gram,
    knn_accuracy,
    linear_cka,
    linear_probe_accuracy,
    rankme,
    uniformity,
)

QUICK = settings(max_examples=40, deadline=None)
SIZES = st.tuples(st.integers(5, 40), st.integers(1, 12), st.integers(0, 2**32 - 1))


def vectors(n, d, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    return rng.normal(0.3, scale, (n, d)) * rng.uniform(0.2, 2, d)


def by_definition(train, train_y, test, n_neighbors, temperature):
    """Return the class of each test vector, of one after the other."""
    train = train / np.linalg.norm(train, axis=1, keepdims=True)
    found = []
    for vector in test:
        cosines = train @ (vector / np.linalg.norm(vector))
        nearest = np.argsort(-cosines)[:n_neighbors]
        votes = np.zeros(train_y.max() + 1)
        for row in nearest:
            votes[train_y[row]] += np.exp((cosines[row] - 1) / temperature)
        found.append(votes.argmax())
    return np.array(found)


@QUICK
@given(sizes=SIZES, n_neighbors=st.integers(1, 50), temperature=st.sampled_from([0.03, 0.07, 1.0]))
def test_neighbours_vote_as_defined(sizes, n_neighbors, temperature):
    n, d, seed = sizes
    d += 1  # in one dimension all cosines are 1 or -1
    rng = np.random.default_rng(seed)
    train, test = vectors(n, d, seed), vectors(9, d, seed + 1)
    train_y = rng.integers(3, size=n)
    expected = by_definition(train, train_y, test, n_neighbors, temperature)
    right = rng.random(9) < 0.5

    found = knn_accuracy(
        ArrayPoints(train), train_y, ArrayPoints(test), np.where(right, expected, 7),
        n_neighbors, temperature,
    )  # fmt: skip

    assert found == pytest.approx(right.mean())


def test_equal_votes_are_those_of_scikit_learn(monkeypatch):
    """In blocks of a few rows as in one."""
    X, y = load_digits(return_X_y=True)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    expected = KNeighborsClassifier(9).fit(unit[:900], y[:900]).score(unit[900:], y[900:])
    arguments = (ArrayPoints(X[:900]), y[:900], ArrayPoints(X[900:]), y[900:], 9, np.inf)

    whole = knn_accuracy(*arguments)
    monkeypatch.setattr(module, "_TEST_VALUES", 64 * 50)
    in_blocks = knn_accuracy(*arguments)

    assert whole == expected
    assert in_blocks == expected


def test_vectors_without_a_class_count_nowhere():
    X, y = load_digits(return_X_y=True)
    has_class = np.arange(len(y)) % 3 > 0
    hidden = np.where(has_class, y, -1)
    kept = (X[:900][has_class[:900]], y[:900][has_class[:900]])
    asked = (X[900:][has_class[900:]], y[900:][has_class[900:]])

    of_some = [
        knn_accuracy(ArrayPoints(X[:900]), hidden[:900], ArrayPoints(X[900:]), hidden[900:]),
        linear_probe_accuracy(X[:900], hidden[:900], ArrayPoints(X[900:]), hidden[900:]),
    ]
    of_those = [
        knn_accuracy(ArrayPoints(kept[0]), kept[1], ArrayPoints(asked[0]), asked[1]),
        linear_probe_accuracy(*kept, ArrayPoints(asked[0]), asked[1]),
    ]

    assert of_some == of_those
    assert min(of_those) > 0.85


def test_linear_probe_is_a_logistic_regression_on_standardised_values():
    X, y = load_digits(return_X_y=True)
    scaler = StandardScaler().fit(X[:900])
    model = LogisticRegression(max_iter=100).fit(scaler.transform(X[:900]), y[:900])
    expected = model.score(scaler.transform(X[900:]), y[900:])

    found = linear_probe_accuracy(X[:900], y[:900], ArrayPoints(X[900:]), y[900:])

    assert found == expected


@QUICK
@given(SIZES)
def test_rank_is_the_entropy_of_singular_values(sizes):
    X = vectors(*sizes)
    values = np.linalg.svd(X, compute_uv=False)
    shares = values / values.sum() + 1e-7

    assert rankme(X) == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=1e-4)


@pytest.mark.parametrize("shape", [(200, 30), (30, 200)])
def test_rank_counts_directions_that_weigh_alike(shape):
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(200, 200)))[0]
    alike = turned[: shape[0], : shape[1]][:, :7] @ turned[:7, : shape[1]]
    alike = np.linalg.qr(alike)[0][:, :7] @ np.linalg.qr(alike.T)[0][:, :7].T

    assert rankme(alike) == pytest.approx(7)
    assert rankme(np.ones(shape)) == pytest.approx(1)
    assert rankme(np.zeros(shape)) == 0


@QUICK
@given(SIZES, st.sampled_from([1, 7, 10**6]))
def test_uniformity_is_the_log_mean_potential_of_pairs(sizes, held):
    X = vectors(*sizes)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    pairs = [np.sum((a - b) ** 2) for i, a in enumerate(unit) for b in unit[:i]]
    expected = np.log(np.mean(np.exp(-2 * np.array(pairs))))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SIMILARITIES", held)
        assert uniformity(X) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert uniformity(np.ones((4, 3))) == pytest.approx(0, abs=1e-12)


def unbiased_hsic(K, L):
    """Equation 5 of Song et al. (2012)."""
    n, one = len(K), np.ones(len(K))
    K, L = K - np.diag(np.diag(K)), L - np.diag(np.diag(L))
    return (
        np.trace(K @ L)
        + one @ K @ one * (one @ L @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * (one @ K @ L @ one)
    ) / (n * (n - 3))


@QUICK
@given(SIZES, st.integers(1, 6))
def test_cka_is_that_of_the_unbiased_hsic(sizes, d):
    X, Y = vectors(*sizes), vectors(sizes[0], d, sizes[2] + 1)
    Y[:, 0] += X[:, 0]
    K, L = X @ X.T, Y @ Y.T
    own = unbiased_hsic(K, K), unbiased_hsic(L, L)
    expected = unbiased_hsic(K, L) / np.sqrt(own[0] * own[1])

    assert linear_cka(centred_gram(X), centred_gram(Y)) == pytest.approx(expected, rel=1e-6)


def test_cka_knows_a_space_turned_and_scaled_and_finds_nothing_in_noise():
    rng = np.random.default_rng(0)
    X, noise = rng.normal(size=(2, 300, 400))
    turned = 3 * X @ np.linalg.qr(rng.normal(size=(400, 400)))[0] + 5

    assert linear_cka(centred_gram(X), centred_gram(turned)) == pytest.approx(1)
    assert abs(linear_cka(centred_gram(X), centred_gram(noise))) < 0.02
    assert linear_cka(centred_gram(X), centred_gram(np.ones((300, 2)))) == 0


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (lambda X: uniformity(X[:1]), "found 1 vectors, expected at least two"),
        (lambda X: centred_gram(X[:3]), "found 3 vectors, expected at least 4"),
        (
            lambda X: knn_accuracy(ArrayPoints(X), -np.ones(4, int), ArrayPoints(X), np.ones(4)),
            "found no class, expected some in train and in test",
        ),
        (
            lambda X: linear_probe_accuracy(X, np.ones(4), ArrayPoints(X), np.ones(4)),
            "found too few classes, expected two in train",
        ),
    ],
)
def test_too_little_to_score_is_an_error_of_one_line(score, message):
    with pytest.raises(ValueError, match=message):
        score(np.eye(4))
