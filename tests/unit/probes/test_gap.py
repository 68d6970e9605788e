import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from aecluster.probes.gap import Fit, Gaps, gap_statistic, subsample_stability


def cluster(X, k, seed):
    found = KMeans(k, n_init=3, random_state=seed).fit(X)
    return Fit(found.labels_, found.inertia_)


def blobs(centres, n=30):
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(c, 0.3, (n, len(c))) for c in centres])


THREE = blobs([(0, 0), (5, 0), (0, 6)])


def pooled(X, labels):
    """The dispersion as it is defined: pairs within a cluster, over twice its size."""
    within = (X[labels == one] for one in np.unique(labels))
    return sum(2 * (pdist(rows) ** 2).sum() / (2 * len(rows)) for rows in within)


def test_gap_is_that_of_the_definition_by_pairs():
    found = gap_statistic(THREE, [2, 3], cluster, n_references=4, seed=1)

    # The box along the components, which have the signs and order that these numbers follow from.
    centred = THREE - THREE.mean(axis=0)
    turned = centred @ np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
    rng = np.random.default_rng(1)
    references = [rng.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape)
                  for _ in range(4)]  # fmt: skip
    for place, k in enumerate([1, 2, 3]):
        labels = [cluster(rows, k, 1 + i).labels for i, rows in enumerate(references)]
        logs = [np.log(pooled(*pair)) for pair in zip(references, labels, strict=True)]
        own = np.log(pooled(THREE, cluster(THREE, k, 1).labels))
        assert found.log_w[place] == pytest.approx(own)
        assert found.gap[place] == pytest.approx(np.mean(logs) - own)
        assert found.error[place] == pytest.approx(np.std(logs) * np.sqrt(1 + 1 / 4))


def test_three_blobs_are_three_and_none_are_none():
    none = np.random.default_rng(0).uniform(size=(100, 2))

    assert gap_statistic(THREE, [5, 2, 3, 4], cluster, n_references=5, seed=0).chosen == 3
    assert gap_statistic(none, [2, 3, 4], cluster, n_references=5, seed=0).chosen == 1


def test_more_clusters_than_were_tried_are_not_counted():
    rising = Gaps([1, 2, 3], [0.0] * 3, [0.0] * 3, [0.1, 0.4, 0.9], [0.1] * 3)
    level = Gaps([1, 2, 3], [0.0] * 3, [0.0] * 3, [0.1, 0.4, 0.45], [0.1] * 3)

    assert rising.chosen is None
    assert level.chosen == 2


def test_the_same_seed_gives_the_same_gaps_and_the_input_is_unchanged():
    X = THREE.copy()
    first, again = (gap_statistic(X, [2], cluster, n_references=2, seed=7) for _ in range(2))

    assert first == again
    assert (X == THREE).all()


def test_subsamples_agree_on_three_blobs_and_not_on_five():
    found = subsample_stability(THREE, [3, 5], cluster, n_pairs=4, seed=0)

    assert found.mean[3] == 1
    assert found.mean[5] < 0.95
    assert found.chosen == 3


def test_of_equally_stable_numbers_the_largest_is_chosen():
    in_a_row = blobs([(0, 0), (9, 0), (18.5, 0)])

    found = subsample_stability(in_a_row, [4, 3, 2], cluster, n_pairs=4, seed=0)

    assert (found.mean[2], found.mean[3]) == (1, 1)
    assert found.chosen == 3


def test_stability_is_the_mean_rand_index_of_the_rows_that_both_subsamples_have():
    seen = []

    def watched(X, k, seed):
        seen.append((X[:, 0].tolist(), cluster(X, k, seed)))
        return seen[-1][1]

    X = np.random.default_rng(3).normal(size=(50, 2))
    found = subsample_stability(X, [4], watched, n_pairs=3, seed=0)

    expected = []
    for (first, one), (second, two) in zip(seen[::2], seen[1::2], strict=True):
        both = sorted(set(first) & set(second))
        a, b = ([part.labels[rows.index(x)] for x in both] for rows, part in
                ((first, one), (second, two)))  # fmt: skip
        expected.append(adjusted_rand_score(a, b))
        assert len(first) == len(second) == 40
    assert found.mean == {4: pytest.approx(np.mean(expected))}
    assert found.error == {4: pytest.approx(np.std(expected, ddof=1) / np.sqrt(3))}
