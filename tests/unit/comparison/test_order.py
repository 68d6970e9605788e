from aecluster.comparison.order import (
    SHOWN,
    SHOWN_OF_REPRESENTATIONS,
    best_first,
    deciding_score,
)
from aecluster.comparison.statistics import score_named


def ranked(*variants):
    return [name for name, _ in best_first(variants, lambda variant: variant[1])]


def test_nmi_decides_where_classes_are_known_and_else_a_silhouette():
    assert deciding_score(("silhouette", "dunn", "nmi", "ari")) == "nmi"
    assert deciding_score(("silhouette", "dunn")) == "silhouette"
    assert deciding_score(("davies_bouldin_in_pixels", "silhouette_in_pixels", "stability")) == (
        "silhouette_in_pixels"
    )
    assert deciding_score(()) == "silhouette"


def test_best_is_first_and_a_higher_silhouette_of_another_space_changes_nothing():
    worse, better = {"nmi": 0.1, "silhouette": 0.9}, {"nmi": 0.2, "silhouette": 0.1}

    assert ranked(("worse", worse), ("better", better)) == ["better", "worse"]


def test_without_classes_the_higher_silhouette_is_first():
    assert ranked(("a", {"silhouette": -0.1}), ("b", {"silhouette": 0.1})) == ["b", "a"]


def test_variants_without_classes_stand_behind_those_with_them():
    scored = [("a", {"silhouette": 0.9}), ("b", {"silhouette": 0.1, "nmi": 0.0})]

    assert ranked(*scored) == ["b", "a"]


def test_equals_stay_in_the_order_given():
    assert ranked(*((name, {"nmi": 0.5}) for name in "cab")) == ["c", "a", "b"]


def test_what_is_shown_are_scores_and_those_of_representations_compare():
    assert all(map(score_named, SHOWN))
    assert all(score_named(name).is_comparable for name in SHOWN_OF_REPRESENTATIONS)


def test_greater_is_better_for_every_score_that_may_decide():
    for names in (("nmi",), ("silhouette",), ("silhouette_in_pixels",), ("stability",)):
        assert score_named(deciding_score(names)).greater_is_better
