import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecluster.errors import ConfigError
from aecluster.store import Store


@pytest.mark.parametrize("whiten", [False, True])
def test_components_are_those_of_the_train_images(make, tmp_path, pixels, images, whiten):
    path = tmp_path / "pca.h5"
    make(pixels, path, "pca", n_components=5, whiten=whiten)

    X = images.reshape(60, 16) / 255
    expected = PCA(5, whiten=whiten, svd_solver="full").fit(X[:40]).transform(X[40:])
    with Store(path) as store:
        actual = store["test"].matrix()
        np.testing.assert_allclose(np.abs(actual), np.abs(expected), atol=2e-4)
        np.testing.assert_array_equal(store["train"].y, np.arange(40) % 3)
        assert store["train"].class_names == ("a", "b", "c")
        assert (store["test"].y, store.representation, actual.dtype) == (None, "made", np.float32)


def test_more_components_than_values_are_refused(make, tmp_path, pixels):
    with pytest.raises(ConfigError, match="n_components: found 17, expected at most 16"):
        make(pixels, tmp_path / "pca.h5", "pca", n_components=17)

    assert list(tmp_path.iterdir()) == [pixels]
