import re

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from aecluster.clustering import KMeans
from aecluster.errors import ConfigError
from aecluster.metrics import clustering_accuracy
from aecluster.store import Store
from aecluster.transforms.sparse_manifold import sparse_manifold

OPTIONS = {
    "patch_size": 4, "n_atoms": 32, "threshold": 0.5, "n_components": 4, "n_cells": 2,
    "n_fit": 150, "seed": 0,
}  # fmt: skip
PUBLISHED = {"dictionary": "patches", "normalize": True}
RECIPES = pytest.mark.parametrize("recipe", [{}, PUBLISHED], ids=["default", "published"])


@pytest.fixture(scope="module", params=[1, 3], ids=["gray", "colour"])
def stripes(request, tmp_path_factory):
    """Horizontal and vertical stripes of any phase: classes that K-Means on pixels mixes."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=300)
    rows, columns = np.mgrid[:16, :16]
    place = np.where(y[:, None, None] == 0, rows, columns) + rng.integers(4, size=(300, 1, 1))
    bright = np.where(place % 4 < 2, 80, 170)[..., None]
    noise = rng.normal(scale=8, size=(300, 16, 16, request.param))
    X = np.clip(bright + noise, 0, 255).astype(np.uint8)
    path = tmp_path_factory.mktemp("stripes") / "pixels.h5"
    with Store.create(path, dataset="t", representation="pixels", source_digest="0") as store:
        store.add_split("train", [X[:200]], n=200, y=y[:200], class_names="ab", scale=1 / 255)
        store.add_split("test", [X[200:]], n=100, y=y[200:], class_names="ab", scale=1 / 255)
    return path


def made(path, **options):
    with Store(path) as base:
        vectors = sparse_manifold(base, **OPTIONS | options)
        splits = {name: np.concatenate(list(blocks)) for name, blocks in vectors.splits.items()}
        return splits, vectors.atoms


@RECIPES
def test_kmeans_finds_classes_that_it_does_not_find_in_pixels(stripes, recipe):
    splits, _ = made(stripes, **recipe)
    with Store(stripes) as base:
        pixels, y = base["test"].matrix(), base["test"].y

    def accuracy(X):
        return clustering_accuracy(y, KMeans(2, n_init=1, random_state=0).fit(X).labels_)

    assert splits["test"].shape == (100, 2 * 2 * 4)
    assert splits["test"].dtype == np.float32
    assert accuracy(splits["test"]) == 1
    assert accuracy(pixels) < 0.7


@RECIPES
def test_cells_have_length_1(stripes, recipe):
    splits, _ = made(stripes, **recipe)

    np.testing.assert_allclose(np.linalg.norm(splits["test"].reshape(-1, 4), axis=1), 1, atol=1e-4)


@RECIPES
def test_seed_alone_decides_the_vectors(stripes, recipe):
    first, _ = made(stripes, **recipe)
    with threadpool_limits(1):
        again, _ = made(stripes, **recipe)
    other, _ = made(stripes, **recipe, seed=1)

    np.testing.assert_array_equal(first["test"], again["test"])
    assert not np.array_equal(first["test"], other["test"])


def test_image_is_embedded_the_same_in_any_company(stripes, tmp_path):
    with (
        Store(stripes) as base,
        Store.create(
            tmp_path / "few.h5", dataset="t", representation="pixels", source_digest="0"
        ) as few,
    ):
        few.add_split("train", [base["train"].X[:]], n=200, scale=1 / 255)
        few.add_split("test", [base["test"].X[7:9]], n=2, scale=1 / 255)
    whole, _ = made(stripes)
    part, _ = made(tmp_path / "few.h5")

    np.testing.assert_allclose(part["test"], whole["test"][7:9], atol=1e-5)


def test_nearest_atoms_are_stripes_of_one_direction(stripes):
    """Atoms that occur in the same images are neighbours, whatever their phase."""
    _, atoms = made(stripes, n_components=1)

    down, across = (np.square(np.diff(atoms, axis=axis)).mean(axis=(2, 3, 4)) for axis in (2, 3))
    horizontal = down > across
    assert atoms.shape[:4] == (2, 16, 4, 4)
    assert 0 <= atoms.min() < atoms.max() <= 1
    assert horizontal.any()
    assert not horizontal.all()
    assert (horizontal[0, :8] == horizontal[0, 0]).all()


def test_skipped_directions_are_the_leading_ones(stripes):
    all_four, _ = made(stripes, n_cells=1)
    without_first, _ = made(stripes, n_cells=1, n_skipped=1, n_components=3)

    kept = all_four["test"][:, 1:]
    lengths = np.linalg.norm(kept, axis=1, keepdims=True)
    is_clear = lengths[:, 0] > 0.01
    assert is_clear.sum() > 30
    np.testing.assert_allclose(
        without_first["test"][is_clear], (kept / lengths)[is_clear], atol=0.01
    )


def test_patches_as_atoms_are_unlike_each_other(stripes):
    """Without whitening there are not many such patches in stripes."""
    options = {"whitening": 1e6, "dictionary": "patches", "n_components": 1}
    with pytest.raises(ConfigError, match="patches that are unlike each other") as error:
        made(stripes, n_atoms=1000, **options)
    n_unlike = int(re.search(r"no more than the (\d+)", str(error.value))[1])
    _, pictures = made(stripes, n_atoms=n_unlike, **options)

    atoms = pictures.reshape(pictures.shape[0] * pictures.shape[1], -1) - 0.5
    atoms /= np.linalg.norm(atoms, axis=1, keepdims=True)
    assert 4 < n_unlike < 60
    assert (atoms @ atoms.T - np.eye(len(atoms))).max() < 0.51


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patch_size": 16}, "have 1 places per side for patches of 16, expected at least 2"),
        ({"n_components": 32}, "n_components: found 32 with those skipped, expected less than the"),
        ({"n_components": 20, "n_skipped": 12}, "found 32 with those skipped, expected less than"),
        (
            {"dictionary": "patches", "n_atoms": 5000},
            r"n_atoms: found 5000, .* \d+ patches that are",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(stripes, options, message):
    with pytest.raises(ConfigError, match=message):
        made(stripes, **options)
