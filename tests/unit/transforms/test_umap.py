import numpy as np
import pytest

from aecluster.store import Store


@pytest.mark.slow
def test_umap_maps_every_split_and_repeats_itself(make, tmp_path, pixels):
    for name in "ab":
        make(pixels, tmp_path / name, "umap", n_components=2, n_neighbors=5)

    with Store(tmp_path / "a") as first, Store(tmp_path / "b") as second:
        for split, n in (("train", 40), ("test", 20)):
            assert first[split].matrix().shape == (n, 2)
            np.testing.assert_array_equal(first[split].matrix(), second[split].matrix())
