import numpy as np
import pytest

from aecluster.errors import ConfigError
from aecluster.store import Store
from aecluster.transforms.umap import neighbour_map


@pytest.mark.slow
def test_umap_maps_every_split_and_repeats_itself(make, tmp_path, pixels):
    for name in "ab":
        make(pixels, tmp_path / name, "umap", n_components=2, n_neighbors=5)

    with Store(tmp_path / "a") as first, Store(tmp_path / "b") as second:
        for split, n in (("train", 40), ("test", 20)):
            assert first[split].matrix().shape == (n, 2)
            np.testing.assert_array_equal(first[split].matrix(), second[split].matrix())


@pytest.mark.parametrize(
    ("n", "n_components", "expected"),
    [
        (11, 10, "n_components: found 10, expected at most 9 for 11 train images"),
        (3, 2, "n_components: found 2, expected at most 1 for 3 train images"),
        (2, 2, "umap: found 2 train images, expected 3 or more"),
    ],
)
def test_too_few_images_are_refused_in_one_line(tmp_path, n, n_components, expected):
    path = tmp_path / "store.h5"
    with Store.create(path, dataset="d", representation="pixels", source_digest="0") as new:
        new.add_split("train", [np.zeros((n, 4), np.float32)], n=n)

    keys = {"n_neighbors": 5, "min_dist": 0.0, "metric": "euclidean", "seed": 0}
    with Store(path) as store, pytest.raises(ConfigError) as error:
        neighbour_map(store, n_components=n_components, **keys)

    assert str(error.value) == expected
