from pkgutil import resolve_name

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecluster.config import METHODS
from aecluster.errors import ConfigError
from aecluster.steps.transform import transform
from aecluster.store import Store


def make(base, store, method, **options):
    """Make a representation as the workflow does, with the registry's defaults."""
    defaults = {k: v for k, v in METHODS[method].defaults.items() if k not in ("of", "grid")}
    transform(
        [base], store, representation="made", made_by=METHODS[method].made_by,
        **{"seed": 0} | defaults | options,
    )  # fmt: skip


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
    make(pixels, path, "pca", n_components=5, whiten=whiten)

    X = images.reshape(60, 16) / 255
    expected = PCA(5, whiten=whiten, svd_solver="full").fit(X[:40]).transform(X[40:])
    with Store(path) as store:
        actual = store["test"].matrix()
        np.testing.assert_allclose(np.abs(actual), np.abs(expected), atol=2e-4)
        np.testing.assert_array_equal(store["train"].y, np.arange(40) % 3)
        assert store["train"].class_names == ("a", "b", "c")
        assert (store["test"].y, store.representation, actual.dtype) == (None, "made", np.float32)


def test_more_components_than_values_are_refused(tmp_path, pixels):
    with pytest.raises(ConfigError, match="n_components: found 17, expected at most 16"):
        make(pixels, tmp_path / "pca.h5", "pca", n_components=17)

    assert list(tmp_path.iterdir()) == [pixels]


def call(folder, pixels, code, **options):
    (folder / "own.py").write_text(code)
    path = str(folder / "own.py")
    make(pixels, folder / "own.h5", "function", path=path, options=options, seed=7)


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


def test_base_may_be_any_space(tmp_path, pixels):
    """Whitened components of the values 0 and 1 of each image."""
    call(tmp_path, pixels, "def embed(train, images, *, seed): return images[:, :2] * [1, 9]")
    make(tmp_path / "own.h5", tmp_path / "pca.h5", "pca", n_components=2, whiten=True)

    with Store(tmp_path / "pca.h5") as store:
        covariance = np.cov(store["train"].matrix(), rowvar=False)
        np.testing.assert_allclose(covariance, np.eye(2), atol=1e-4)
        assert (store.dataset, store.source_digest) == ("toy", "d")


@pytest.mark.parametrize(
    ("name", "options"),
    [("decomposition.FastICA", {"n_components": 3}), ("preprocessing.Normalizer", {}),
     ("ensemble.RandomTreesEmbedding", {"n_estimators": 2})],
)  # fmt: skip
def test_transformer_of_sklearn_is_fitted_to_train_with_the_seed(
    tmp_path, pixels, images, name, options
):
    make(pixels, tmp_path / "a.h5", "sklearn", transformer=f"sklearn.{name}", options=options)

    X = images.reshape(60, 16) * np.float32(1 / 255)
    kind = resolve_name(f"sklearn.{name}")
    seeded = {"random_state": 0} if "random_state" in kind().get_params() else {}
    expected = kind(**options, **seeded).fit(X[:40]).transform(X[40:])
    expected = expected.toarray() if hasattr(expected, "toarray") else expected
    with Store(tmp_path / "a.h5") as store:
        np.testing.assert_allclose(store["test"].matrix(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("manifold.TSNE", {}, "sklearn.manifold.TSNE has no method `transform`"),
        ("decomposition.PKA", {}, "found 'sklearn.decomposition.PKA', expected a class of scikit"),
        ("decomposition.PCA", {"m": 1}, "options: sklearn.decomposition.PCA takes no 'm', only"),
        ("discriminant_analysis.LinearDiscriminantAnalysis", {}, "needs labels"),
    ],
)
def test_unfit_transformers_are_refused(tmp_path, pixels, name, options, message):
    with pytest.raises(ConfigError, match=message):
        make(pixels, tmp_path / "a.h5", "sklearn", transformer=f"sklearn.{name}", options=options)

    assert not (tmp_path / "a.h5").exists()


@pytest.mark.slow
@pytest.mark.xdist_group("umap")  # which compiles for half a minute in each process
def test_umap_maps_every_split_and_repeats_itself(tmp_path, pixels):
    for name in "ab":
        make(pixels, tmp_path / name, "umap", n_components=2, n_neighbors=5)

    with Store(tmp_path / "a") as first, Store(tmp_path / "b") as second:
        for split, n in (("train", 40), ("test", 20)):
            assert first[split].matrix().shape == (n, 2)
            np.testing.assert_array_equal(first[split].matrix(), second[split].matrix())


def test_union_puts_values_side_by_side_image_by_image(tmp_path, pixels, images):
    make(pixels, tmp_path / "pca.h5", "pca", n_components=3)
    union = METHODS["union"].made_by
    bases = [pixels, tmp_path / "pca.h5"]
    transform(bases, tmp_path / "both.h5", representation="both", made_by=union, seed=0)

    with Store(tmp_path / "both.h5") as both, Store(tmp_path / "pca.h5") as pca:
        for split, rows in (("train", images[:40]), ("test", images[40:])):
            made = both[split].matrix()
            np.testing.assert_allclose(made[:, :16], rows.reshape(-1, 16) / 255, atol=1e-6)
            np.testing.assert_array_equal(made[:, 16:], pca[split].matrix())
        np.testing.assert_array_equal(both["train"].y, np.arange(40) % 3)


def test_union_of_many_rows_keeps_their_order(tmp_path):
    rows = np.arange(2500, dtype=np.float32)[:, None]
    for name, sign in (("a", 1), ("b", -1)):
        with Store.create(
            tmp_path / name, dataset="t", representation=name, source_digest="d"
        ) as s:
            s.add_split("train", [sign * rows], n=2500)
    union = METHODS["union"].made_by
    bases = [tmp_path / "a", tmp_path / "b"]
    transform(bases, tmp_path / "c", representation="c", made_by=union, seed=0)

    with Store(tmp_path / "c") as store:
        np.testing.assert_array_equal(store["train"].matrix(), np.hstack([rows, -rows]))
