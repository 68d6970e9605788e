"""Calinski-Harabasz and Davies-Bouldin where clusters have no spread, or the same mean."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from aecluster.metrics import clustering_accuracy, score_clustering
from aecluster.metrics.points import ArrayPoints
from aecluster.metrics.sampling import sampled_indices


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1e9, 1e150])
def test_scores_do_not_depend_on_the_unit(scale):
    X, labels = make_blobs(150, n_features=4, cluster_std=3.0, random_state=2)
    expected, actual = score_clustering(X, labels), score_clustering(X * scale, labels)
    inertias = expected.pop("inertia"), actual.pop("inertia")

    assert actual == pytest.approx(expected, rel=1e-9)
    assert inertias[1] == pytest.approx(inertias[0] * scale**2, rel=1e-9)
    sampled = [sampled_indices(ArrayPoints(x), labels, 40).silhouette for x in (X, X * scale)]
    assert sampled[0] == pytest.approx(sampled[1], rel=1e-9)


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1.0, 1e150])
@pytest.mark.parametrize(
    ("X", "davies_bouldin", "calinski_harabasz", "dunn"),
    [
        ([0.1, 0.3, 0.2, 0.2], np.inf, 0.0, 0.5),  # the same mean
        ([-1.0, 1.0, -2.0, 2.0], np.inf, 0.0, 0.25),
        ([0.1, 0.1, 0.7, 0.7], 0.0, np.inf, np.inf),  # no spread within
        ([0.1, 0.1, 0.1, 0.1], np.inf, 0.0, 0.0),  # neither
    ],
)
def test_degenerate_clusterings_have_the_limits_of_others(
    X, davies_bouldin, calinski_harabasz, dunn, scale
):
    scores = score_clustering(np.array(X)[:, None] * scale, [0, 0, 1, 1])

    assert scores["davies_bouldin"] == davies_bouldin
    assert scores["calinski_harabasz"] == pytest.approx(calinski_harabasz, abs=1e-20)
    assert scores["dunn"] == pytest.approx(dunn)


def test_many_copies_have_no_spread():
    X = np.repeat([[0.1, 0.7], [0.3, 1e5]], 500, axis=0)

    scores = score_clustering(X, np.repeat([0, 1], 500))

    assert scores["inertia"] == scores["davies_bouldin"] == 0
    assert scores["calinski_harabasz"] == np.inf


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([None, 1, 1], "y_true: found 1 missing"),
        ([np.nan, 1, 1], "y_true: found 1 NaN"),
        (np.ma.masked_array([0, 1, 1], [1, 0, 0]), "y_true: found 1 masked"),
    ],
)
def test_missing_classes_are_an_error_of_one_line(y, message):
    with pytest.raises(ValueError, match=message) as error:
        clustering_accuracy(y, [0, 1, 1])

    assert "\n" not in str(error.value)
