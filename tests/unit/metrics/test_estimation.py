"""Estimated silhouettes against exact ones, and the bounds that they rest on against the truth."""

import h5py
import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs

from aecluster.metrics import estimated_silhouettes, silhouette_samples
from aecluster.metrics._mean_distances import draw, mean_distances, sample_of

SHAPES = {
    "overlapping": lambda rng: make_blobs(
        [3000, 2000, 900, 90, 7, 1], n_features=6, cluster_std=4, random_state=0
    ),
    "apart": lambda rng: make_blobs(4000, n_features=2, cluster_std=0.3, random_state=1),
    "far from the origin": lambda rng: (
        make_blobs(3000, n_features=3, cluster_std=2, random_state=0)[0] + 1e6,
        np.arange(3000) % 3,
    ),
    "heavy tails": lambda rng: (
        rng.standard_t(1.5, size=(4000, 4)).astype(np.float32),
        rng.integers(3, size=4000),
    ),
    "copies": lambda rng: (rng.integers(2, size=(4000, 3)), rng.integers(4, size=4000)),
    "bytes": lambda rng: (
        rng.integers(256, size=(4000, 30), dtype=np.uint8),
        rng.integers(2, size=4000) * 7 - 3,
    ),
    "many clusters": lambda rng: (rng.normal(size=(3000, 2)), rng.integers(150, size=3000)),
}


class InBlocks:
    """Points of a dataset that are read as they are asked for."""

    def __init__(self, dataset):
        self._dataset, self.n_features = dataset, dataset.shape[1]

    def __len__(self):
        return len(self._dataset)

    def blocks(self, n_rows):
        for start in range(0, len(self), n_rows):
            yield self._dataset[start : start + n_rows]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("eps", [0.2, 0.05])
def test_no_estimate_is_farther_off_than_promised(shape, eps):
    X, labels = SHAPES[shape](np.random.default_rng(0))
    exact = silhouette_samples(X, labels)

    for seed in range(2):
        found = estimated_silhouettes(X, labels, eps=eps, random_state=seed)
        assert np.abs(found.silhouette_samples - exact).max() <= eps + 1e-5
        assert found.silhouette == found.silhouette_samples.mean()


@pytest.mark.parametrize("distance", [0.0, 0.7, 5.0])
@pytest.mark.parametrize("n_draws", [30, 300])
def test_bounds_of_mean_distances_fail_no_more_often_than_they_say(distance, n_draws):
    rng = np.random.default_rng(1)
    members = rng.standard_t(2.5, size=(2000, 3))
    members -= members.mean(axis=0)
    norms = np.square(members).sum(axis=1)
    x = rng.normal(size=(5, 3)) * distance
    truth = cdist(x, members).mean(axis=1)
    fails = np.zeros(2)
    for _ in range(200):
        rows, weights = draw(np.arange(2000), norms, n_draws, rng)
        sample = sample_of(rows, weights, members[rows], 2000)
        low, high, estimate = mean_distances(
            np.arange(2000, 2005), x, norms.mean(), sample, np.log(10)
        )
        assert (low <= estimate).all()
        assert (estimate <= high).all()
        fails += (low > truth).sum(), (high < truth).sum()

    assert (fails <= 0.1 * 200 * 5).all()


def test_few_of_the_distances_are_taken_where_clusters_are_large():
    X, labels = make_blobs(20_000, centers=4, n_features=8, cluster_std=5, random_state=0)
    found = estimated_silhouettes(X, labels, eps=0.1)
    apart = estimated_silhouettes(*SHAPES["apart"](None), eps=0.1)

    assert found.n_distances < 0.1 * len(X) ** 2 / 2
    assert apart.n_distances == 0


@pytest.mark.parametrize(("n", "n_clusters"), [(300, 3), (2000, 500)])
def test_small_clusters_are_computed_exactly(n, n_clusters):
    X, labels = make_blobs(n, centers=n_clusters, cluster_std=0.3, random_state=0)
    found = estimated_silhouettes(X, labels, eps=0.001)

    np.testing.assert_allclose(
        found.silhouette_samples, silhouette_samples(X, labels), rtol=0, atol=1e-5
    )


def test_points_of_a_file_in_blocks_score_as_in_memory(tmp_path, monkeypatch):
    X, labels = SHAPES["overlapping"](None)
    with h5py.File(tmp_path / "X.h5", "w") as file:
        points = InBlocks(file.create_dataset("X", data=X))
        monkeypatch.setattr("aecluster.metrics.points._BLOCK_VALUES", 2**16)
        monkeypatch.setattr("aecluster.metrics.estimation._SAMPLE_VALUES", 2**13)
        streamed = {eps: estimated_silhouettes(points, labels, eps=eps) for eps in (0.2, 0.02)}
    exact = silhouette_samples(X, labels)

    for eps, found in streamed.items():
        assert np.abs(found.silhouette_samples - exact).max() <= eps + 1e-5


@pytest.mark.parametrize("scale", [1e-150, 1e-15, 1e150])
def test_estimates_do_not_depend_on_the_unit(scale):
    X, labels = SHAPES["overlapping"](None)
    expected, found = (
        estimated_silhouettes(X * unit, labels, eps=0.2).silhouette_samples for unit in (1, scale)
    )

    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_the_same_seed_gives_the_same_estimates_and_another_one_others():
    X, labels = make_blobs(5000, centers=3, n_features=8, cluster_std=5, random_state=0)
    one, same, other = (
        estimated_silhouettes(X, labels, eps=0.2, random_state=seed) for seed in (0, 0, 1)
    )

    np.testing.assert_array_equal(one.silhouette_samples, same.silhouette_samples)
    assert one.silhouette != other.silhouette


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0, 0, 1, 1], {"eps": 0}, "eps: found 0, expected 0.001 to 1"),
        ([0, 0, 1, 1], {"eps": float("nan")}, "eps: found nan"),
        ([0, 0, 1, 1], {"delta": 1}, "delta: found 1, expected a number between 0 and 1"),
        ([0, 0, 0, 0], {}, "Number of labels is 1"),
        ([0, 1, 2, 3], {}, "Number of labels is 4"),
        ([0, 1, 2], {}, "inconsistent numbers of samples"),
        ([0, 0, 1, None], {}, "labels: found 1 missing"),
    ],
)
def test_bad_input_is_an_error_of_one_line(labels, options, message):
    with pytest.raises(ValueError, match=message) as error:
        estimated_silhouettes(np.arange(4.0)[:, None], labels, **options)

    assert "\n" not in str(error.value)
