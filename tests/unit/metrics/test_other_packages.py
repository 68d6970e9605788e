"""What ours give where docs/validity.md says that other packages give something else."""

import sys
from pathlib import Path

import numpy as np
import pytest

from aecluster.metrics import internal_indices, score_clustering

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))
import definitions

CASES = definitions.data_sets()
INDICES = ("silhouette", "dunn", "davies_bouldin", "calinski_harabasz")


@pytest.mark.parametrize("name", CASES)
def test_indices_are_those_of_their_definitions_in_every_form_of_the_points(name):
    X, labels = CASES[name]
    scores = score_clustering(X, labels)

    for index in INDICES:
        expected = definitions.VARIANTS[index]["the definition"](X, labels)
        assert scores[index] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["renumbered", "other", "gaps", "negative", "unit", "far"])
def test_neither_numbering_nor_unit_nor_offset_changes_an_index(name):
    scores, plain = (score_clustering(*CASES[case]) for case in (name, "plain"))

    for index in INDICES:
        assert scores[index] == pytest.approx(plain[index], rel=1e-6)


@pytest.mark.parametrize("index", INDICES)
def test_variants_of_other_packages_differ_from_the_definition(index):
    X, labels = CASES["plain"]
    values = [compute(X, labels) for compute in definitions.VARIANTS[index].values()]

    assert len(np.unique(np.round(values, 4))) == len(values)


def test_point_alone_in_its_cluster_counts_nothing():
    X, labels = CASES["alone"]
    alone = np.flatnonzero(labels == 3)

    assert len(alone) == 1
    assert internal_indices(X, labels).silhouette_samples[alone] == 0


def test_cluster_of_copies_counts_as_the_tightest_there_is():
    X, labels = CASES["copies"]

    assert np.all(internal_indices(X, labels).silhouette_samples[labels == 3] == 1)


def test_mean_is_over_points_not_over_clusters():
    X, labels = CASES["plain"]
    indices = internal_indices(X, labels)
    per_cluster = [indices.silhouette_samples[labels == c].mean() for c in range(4)]

    assert indices.silhouette == indices.silhouette_samples.mean()
    assert indices.silhouette != pytest.approx(np.mean(per_cluster), abs=0.01)
