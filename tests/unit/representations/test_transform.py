import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecluster.errors import ConfigError
from aecluster.representations import transform
from aecluster.store import Store


@pytest.fixture(params=[0, 1, 2])
def images(request):
    return np.random.default_rng(request.param).integers(256, size=(60, 4, 4, 1), dtype=np.uint8)


@pytest.fixture
def pixels(tmp_path, images):
    path = tmp_path / "pixels.h5"
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as store:
        y = np.arange(40) % 3
        store.add_split("train", [images[:40]], n=40, y=y, class_names="abc", scale=1 / 255)
        store.add_split("test", [images[40:]], n=20, scale=1 / 255)
    return path


@pytest.mark.parametrize("whiten", [False, True])
def test_components_are_those_of_the_train_images(tmp_path, pixels, images, whiten):
    path = tmp_path / "pca.h5"
    options = {"n_components": 5, "whiten": whiten, "seed": 0}
    transform(pixels, path, representation="pca", method="pca", **options)

    X = images.reshape(60, 16) / 255
    expected = PCA(5, whiten=whiten, svd_solver="full").fit(X[:40]).transform(X[40:])
    with Store(path) as store:
        actual = store["test"].matrix()
        np.testing.assert_allclose(np.abs(actual), np.abs(expected), atol=2e-4)
        np.testing.assert_array_equal(store["train"].y, np.arange(40) % 3)
        assert store["train"].class_names == ("a", "b", "c")
        assert (store["test"].y, store.representation, actual.dtype) == (None, "pca", np.float32)


def test_more_components_than_values_are_refused(tmp_path, pixels):
    with pytest.raises(ConfigError, match="n_components: found 17, expected at most 16"):
        transform(
            pixels, tmp_path / "pca.h5", representation="pca", method="pca",
            n_components=17, whiten=False, seed=0,
        )  # fmt: skip

    assert list(tmp_path.iterdir()) == [pixels]


def call(folder, pixels, code, **options):
    (folder / "own.py").write_text(code)
    transform(
        pixels, folder / "own.h5", representation="own", method="function",
        path=str(folder / "own.py"), function="embed", options=options, seed=7,
    )  # fmt: skip


def test_users_function_gets_train_images_seed_and_options(tmp_path, pixels, images):
    code = "def embed(train, images, *, seed, shift):\n    return images - train[0] + seed + shift"
    call(tmp_path, pixels, code, shift=2)

    X = images.reshape(60, 16) / 255
    with Store(tmp_path / "own.h5") as store:
        np.testing.assert_allclose(store["test"].matrix(), X[40:] - X[0] + 9, rtol=1e-5)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("other = 1", "own.py: no function 'embed' in it"),
        ("def embed(train, images, *, seed): return images[:3]",
         r"own.py: embed returned an array of shape \(3, 16\), expected \(40, d\)"),
        ("def embed(train, images, *, seed): return images[:, 0]", r"shape \(40,\), expected"),
        ("def embed(train, images, *, seed): return images / 0", "values that are not finite"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_the_users_function_gets_wrong_is_named(tmp_path, pixels, code, message):
    with pytest.raises(ConfigError, match=message):
        call(tmp_path, pixels, code)

    assert not (tmp_path / "own.h5").exists()
