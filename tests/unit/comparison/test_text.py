import pytest

from aecluster.comparison.statistics import Estimate, Summary
from aecluster.comparison.text import aligned, decimals_for, in_text, table_of


@pytest.mark.parametrize(("mean", "decimals"), [(0.05, 4), (12.0, 3), (312345.6, 0)])
def test_large_numbers_have_fewer_decimals(mean, decimals):
    assert decimals_for([Estimate(1, mean), Estimate(1, float("inf"))]) == decimals


def test_mean_has_half_the_width_of_its_interval_behind_it():
    assert in_text(Estimate(3, 0.5, 0.1, 0.25, 0.75), 3, " +- ") == "0.500 +- 0.250"


def test_estimates_stand_by_score_then_representation_in_the_order_given():
    found = [
        Summary("toy", name, "test", 10, score, Estimate(1, mean))
        for name, score, mean in (("b", "nmi", 0.1), ("a", "ari", 0.2), ("a", "nmi", 0.3))
    ]

    table = table_of(found)

    assert {score: list(of) for score, of in table.items()} == {"nmi": ["b", "a"], "ari": ["a"]}
    assert table["nmi"]["a"].mean == 0.3


def test_numbers_end_in_one_column_behind_the_names():
    rows = [("name", "set", "k"), ("pixels", "x", "10"), ("pca", "digits", "5")]

    assert aligned(rows, n_left=2) == [
        "name    set      k",
        "pixels  x       10",
        "pca     digits   5",
    ]
