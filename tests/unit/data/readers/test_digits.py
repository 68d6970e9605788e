import numpy as np
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from aecluster.data.preprocessing import preprocess
from aecluster.store import Store


def store_of(tmp_path, **options):
    out_path = tmp_path / "store.h5"
    preprocess(out_path, dataset="digits", source="digits", **options)
    return Store(out_path)


def test_digits_are_enlarged_to_32_by_32_in_255_levels(tmp_path):
    test = store_of(tmp_path)["test"]

    assert test.X.shape == (359, 32, 32, 1)
    assert test.X.dtype == np.uint8
    assert set(np.unique(test.X)) == {round(level * 255 / 16) for level in range(17)}


def test_enlarging_multiplies_every_distance_by_the_same_factor(tmp_path):
    small = store_of(tmp_path, size=8)["test"].matrix()[:50]
    large = store_of(tmp_path, size=32)["test"].matrix()[:50]

    assert np.allclose(4 * pdist(small), pdist(large))


def test_both_splits_together_are_all_digits(tmp_path):
    store = store_of(tmp_path, size=8)

    expected = np.bincount(load_digits().target)
    counts = [np.bincount(store[split].y) for split in ("train", "test")]
    assert np.array_equal(expected, sum(counts))
    assert np.array_equal(np.rint(0.2 * expected), counts[1])


def test_colour_is_not_made_up(tmp_path):
    assert store_of(tmp_path, grayscale=False)["test"].X.shape[-1] == 1


def test_split_follows_its_seed(tmp_path):
    first, again, other = (
        store_of(tmp_path, size=8, split_seed=seed)["test"].X[:] for seed in (0, 0, 1)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
