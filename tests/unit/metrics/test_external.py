"""Clustering accuracy against enumeration of all matchings."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aecluster.metrics import clustering_accuracy

SMALL_LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@given(SMALL_LABELS)
@settings(max_examples=80)
def test_accuracy_is_the_best_over_all_one_to_one_matchings(pairs):
    y_true, labels = np.array(pairs).T
    expected = max(
        np.mean(np.take(matching, labels) == y_true) for matching in permutations(range(4))
    )

    assert clustering_accuracy(y_true, labels) == pytest.approx(expected)


@given(SMALL_LABELS)
@settings(max_examples=30)
def test_accuracy_does_not_depend_on_numbering(pairs):
    y_true, labels = np.array(pairs).T

    assert clustering_accuracy(y_true, 100 - 7 * labels) == clustering_accuracy(y_true, labels)


def test_surplus_clusters_count_as_wrong():
    assert clustering_accuracy([0, 0, 0, 0], [0, 0, 0, 5]) == 0.75


def test_missing_clusters_leave_a_class_unmatched():
    assert clustering_accuracy(["a", "a", "b", "c"], [2, 2, 2, 2]) == 0.5


@pytest.mark.parametrize(
    ("y_true", "labels", "message"),
    [
        ([0, 1, 1], [0, 1], r"inconsistent numbers of samples: \[3, 2\]"),
        ([], [], "y_true and labels are empty, expected one class and one label per point"),
        ([[0, 1], [1, 0]], [0, 1], r"y should be a 1d array, got an array of shape \(2, 2\)"),
    ],
)
def test_bad_input_is_an_error_of_one_line(y_true, labels, message):
    with pytest.raises(ValueError, match=message):
        clustering_accuracy(y_true, labels)
