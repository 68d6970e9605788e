import numpy as np
import pytest

from aecluster.errors import StoreError
from aecluster.steps.transform import transform
from aecluster.store import Store

PCA = {
    "made_by": "aecluster.transforms.pca:principal_components", "n_components": 2, "whiten": True,
    "seed": 0,
}  # fmt: skip


@pytest.fixture
def base(tmp_path):
    """A store of two values per row, the second of which varies more."""
    path = tmp_path / "base.h5"
    X = (np.random.default_rng(0).normal(size=(60, 2)) * [1, 9]).astype(np.float32)
    with Store.create(path, dataset="toy", representation="base", source_digest="d") as store:
        store.add_split("train", [X[:40]], n=40, y=np.arange(40) % 3, class_names="abc")
        store.add_split("test", [X[40:]], n=20)
    return path


def test_base_may_be_any_representation(tmp_path, base):
    transform([base], tmp_path / "white.h5", representation="white", **PCA)
    transform([tmp_path / "white.h5"], tmp_path / "again.h5", representation="again", **PCA)

    with Store(tmp_path / "again.h5") as store:
        covariance = np.cov(store["train"].matrix(), rowvar=False)
        np.testing.assert_allclose(covariance, np.eye(2), atol=1e-4)
        assert store.representation == "again"


def test_labels_and_origin_are_those_of_the_base(tmp_path, base):
    transform([base], tmp_path / "white.h5", representation="white", **PCA)

    with Store(tmp_path / "white.h5") as store:
        np.testing.assert_array_equal(store["train"].y, np.arange(40) % 3)
        assert store["train"].class_names == ("a", "b", "c")
        assert store["test"].y is None
        assert (store.dataset, store.source_digest) == ("toy", "d")


def test_base_that_is_no_store_leaves_nothing(tmp_path):
    (tmp_path / "base.h5").write_text("no store")

    with pytest.raises(StoreError, match=r"base.h5"):
        transform([tmp_path / "base.h5"], tmp_path / "white.h5", representation="white", **PCA)

    assert not (tmp_path / "white.h5").exists()
