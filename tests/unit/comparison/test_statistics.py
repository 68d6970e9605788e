import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from aecluster.comparison.statistics import (
    best_k,
    best_of,
    differences,
    estimate,
    score_named,
    stability,
    summarize,
)
from aecluster.metrics import METRICS

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8)


def row(representation, seed, k=10, **scores):
    subject = {"dataset": "toy", "representation": representation, "split": "test"}
    texts = {name: str(value) for name, value in scores.items()}
    return {**subject, "k": str(k), "seed": str(seed), "n": "30", "d": "4", "n_iter": "7", **texts}


@given(VALUES)
def test_interval_is_scipys_t_interval(values):
    found = estimate(values)

    sem = stats.sem(values)
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), sem) if sem else None
    assert found.mean == pytest.approx(np.mean(values), abs=1e-9)
    if expected and math.isfinite(expected[0]):
        assert (found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_interval_covers_the_mean_in_95_percent_of_the_cases():
    draws = np.random.default_rng(0).normal(3.0, 2.0, (4000, 4))

    hits = [found.low <= 3.0 <= found.high for found in map(estimate, draws)]

    assert np.mean(hits) == pytest.approx(0.95, abs=0.012)  # three standard errors


def test_single_seed_has_a_mean_and_no_interval():
    found = estimate([0.5])

    assert (found.n_seeds, found.mean) == (1, 0.5)
    assert (found.sd, found.low, found.high, found.half_width) == (None, None, None, None)


def test_infinite_score_has_no_interval():
    found = estimate([math.inf, 1.0, 2.0])

    assert found.mean == math.inf
    assert found.half_width is None


def test_no_values_are_refused():
    with pytest.raises(ValueError, match=r"^values: found none, expected at least one$"):
        estimate([])


def test_summary_has_every_score_over_the_seeds_of_a_representation_and_k():
    rows = [row("pixels", seed, silhouette=s) for seed, s in enumerate((0.1, 0.2, 0.3))]
    rows += [row("pixels", 0, k=5, silhouette=0.9), row("pca", 0, silhouette=0.4)]

    found = {(s.representation, s.k, s.score): s.estimate for s in summarize(rows)}

    assert found.keys() == {
        ("pixels", 10, "silhouette"), ("pixels", 5, "silhouette"), ("pca", 10, "silhouette"),
    }  # fmt: skip
    assert found["pixels", 10, "silhouette"] == estimate([0.1, 0.2, 0.3])
    assert found["pixels", 5, "silhouette"].n_seeds == 1


def test_scores_follow_the_registry_and_the_columns_of_the_table(monkeypatch):
    monkeypatch.setitem(METRICS, "novelty", METRICS["dunn"])
    rows = [row("pixels", 0, novelty=1.0, novelty_in_pca=2.0, nonsense=3.0)]

    assert [found.score for found in summarize(rows)] == ["novelty", "novelty_in_pca"]


def test_scores_that_are_empty_are_left_out():
    assert [found.score for found in summarize([row("pixels", 0, dunn=1, nmi="")])] == ["dunn"]


def test_stability_stands_beside_the_scores_without_an_interval():
    rows = [row("pixels", seed, dunn=0.1) for seed in range(3)]

    *_, found = summarize(rows, {("toy", "pixels", "test", 10): 0.7})

    assert (found.score, found.estimate.mean) == ("stability", 0.7)
    assert (found.estimate.n_seeds, found.estimate.low) == (3, None)


def test_differences_are_paired_by_seed_whatever_the_order():
    a, b = {0: 0.1, 1: 0.5, 2: 0.9}, {2: 0.95, 0: 0.12, 1: 0.53}
    rows = [row("pixels", seed, nmi=value) for seed, value in a.items()]
    rows += [row("pca", seed, nmi=value) for seed, value in b.items()]

    [found] = differences(rows)

    expected = stats.ttest_rel([b[0], b[1], b[2]], [a[0], a[1], a[2]]).confidence_interval(0.95)
    assert (found.representation, found.reference, found.score) == ("pca", "pixels", "nmi")
    assert found.estimate.mean == pytest.approx(np.mean([0.02, 0.03, 0.05]))
    assert (found.estimate.low, found.estimate.high) == pytest.approx(tuple(expected))


def test_differences_take_the_seeds_of_both_and_another_reference():
    rows = [row("pixels", seed, ari=0.1) for seed in (0, 1)]
    rows += [row("pca", seed, ari=0.3) for seed in (1, 2)]

    assert [d.estimate.n_seeds for d in differences(rows)] == [1]
    [found] = differences(rows, reference="pca")
    assert found.estimate.mean == pytest.approx(-0.2)
    assert differences(rows, reference="nowhere") == []


def test_scores_of_two_spaces_are_not_subtracted():
    rows = [
        row(name, 0, silhouette=0.1, inertia=3, silhouette_in_pixels=0.2, nmi=0.3)
        for name in ("pixels", "pca")
    ]

    assert [found.score for found in differences(rows)] == ["silhouette_in_pixels", "nmi"]


def test_best_k_goes_by_the_direction_of_the_score():
    rows = [
        row("pixels", seed, k=k, silhouette=s, davies_bouldin=s)
        for k, s in ((2, 0.1), (5, 0.3), (9, 0.2))
        for seed in (0, 1)
    ]

    assert best_k(summarize(rows)) == {
        ("toy", "pixels", "test", "silhouette"): 5,
        ("toy", "pixels", "test", "davies_bouldin"): 2,
    }


def test_of_equal_k_the_smallest_is_best_and_a_single_k_is_not():
    rows = [row("pixels", 0, k=k, nmi=0.5) for k in (7, 3)]

    assert best_k(summarize(rows)) == {("toy", "pixels", "test", "nmi"): 3}
    assert best_k(summarize(rows[:1])) == {}


def test_best_is_what_is_better_than_every_other_by_the_interval_of_the_difference():
    rows = [
        *(
            row("pixels", seed, nmi=0.1 + seed / 10, davies_bouldin_in_pixels=1.0)
            for seed in range(4)
        ),
        *(row("pca", seed, nmi=0.2 + seed / 10, davies_bouldin_in_pixels=2.0) for seed in range(4)),
    ]
    third = [row("umap", seed, nmi=0.9 - seed / 5) for seed in range(4)]

    # Seeds move both by more than they differ: what counts is the difference of each seed.
    assert best_of(rows, "nmi") == "pca"
    assert best_of(rows, "davies_bouldin_in_pixels") == "pixels"
    assert best_of([*rows, *third], "nmi") is None


def test_nothing_is_best_of_one_seed_of_one_representation_or_where_scores_do_not_compare():
    rows = [
        row(name, seed, silhouette=score, nmi=score)
        for name, score in (("pixels", 0.9), ("pca", 0.1))
        for seed in range(3)
    ]

    assert best_of(rows, "nmi") == "pixels"
    assert best_of(rows, "silhouette") is None
    assert best_of([rows[0], rows[3]], "nmi") is None
    assert best_of(rows[:3], "nmi") is None
    assert best_of(rows, "ari") is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_interval_stays_in_the_range_of_the_score(values):
    (found,) = summarize([row("pixels", seed, accuracy=value) for seed, value in enumerate(values)])

    assert 0 <= found.estimate.low <= found.estimate.mean <= found.estimate.high <= 1


def test_stability_is_the_mean_over_all_pairs():
    a, b, c = (np.random.default_rng(seed).integers(0, 3, 50) for seed in range(3))

    pairs = [adjusted_rand_score(*pair) for pair in ((a, b), (a, c), (b, c))]
    assert stability([a, b, c]) == pytest.approx(np.mean(pairs))
    assert stability([a, (a + 1) % 3, a]) == 1.0
    assert stability([a]) is None


def test_unknown_score_is_none():
    assert score_named("n_iter") is None
    assert score_named("stability").is_comparable


def test_representation_by_another_clusterer_is_compared_under_a_name_of_its_own():
    rows = [
        *(row("pixels", seed, nmi=0.1 + seed / 100, clusterer="kmeans") for seed in range(3)),
        *(row("pixels", seed, nmi=0.3 + seed / 100, clusterer="ward") for seed in range(3)),
    ]

    [difference] = differences(rows)
    means = {found.representation: round(found.estimate.mean, 6) for found in summarize(rows)}
    assert means == {"pixels": 0.11, "pixels by ward": 0.31}
    assert (difference.representation, difference.reference) == ("pixels by ward", "pixels")
    assert best_of(rows, "nmi") == "pixels by ward"


def test_what_leaves_images_out_does_not_compete_by_distances():
    scores = {"nmi": 0.2, "silhouette_in_pixels": 0.9, "clusterer": "dense", "n_noise": 5}
    rows = [
        *(row("pixels", seed, nmi=0.1, silhouette_in_pixels=0.1) for seed in range(3)),
        *(row("pixels", seed, **scores) for seed in range(3)),
    ]

    assert best_of(rows, "silhouette_in_pixels") is None
    assert {found.score for found in differences(rows)} == {"nmi"}


def test_chosen_number_of_clusters_is_no_k_to_choose_from():
    rows = [row("pixels", 0, k=k, nmi=0.1 * k) for k in (0, 2, 3)]

    assert set(best_k(summarize(rows)).values()) == {3}
