import os

import h5py
import numpy as np
import pytest

from aecluster.errors import StoreError
from aecluster.store import (
    Store,
    Subject,
    read_clustering,
    read_fitted_centroids,
    read_reconstructions,
    read_subject,
    write_clustering,
    write_reconstructions,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.h5"


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(256, size=(10, 4, 4, 1), dtype=np.uint8)


def create(path, images, n=None, **split):
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as store:
        blocks = [images[:7], images[7:]]
        store.add_split("train", blocks, n=n or len(images), scale=1 / 255, **split)


def test_what_is_written_is_read(path, images):
    create(path, images, y=np.arange(10), class_names=["a", "b"])

    with Store(path) as store:
        split = store["train"]
        assert (store.dataset, store.representation, store.source_digest) == ("toy", "pixels", "d")
        assert store.splits == ("train",)
        assert (len(split), split.n_features, split.class_names) == (10, 16, ("a", "b"))
        np.testing.assert_array_equal(split.X[:], images)
        np.testing.assert_array_equal(split.y, np.arange(10))
        np.testing.assert_allclose(split.matrix(), images.reshape(10, 16) / 255, rtol=1e-6)
        np.testing.assert_array_equal(np.concatenate(list(split.blocks(3))), split.matrix())


def test_matrix_is_float32(path, images):
    create(path, images)

    with Store(path) as store:
        assert store["train"].matrix().dtype == np.float32
        assert store["train"].y is None


@pytest.mark.parametrize("n", [9, 11])
def test_other_number_of_rows_than_announced_leaves_nothing(path, images, n):
    with pytest.raises(StoreError, match=f"10 rows came, {n} were announced"):
        create(path, images, n=n)

    assert list(path.parent.iterdir()) == []


def test_failure_while_writing_leaves_the_old_store(path, images):
    create(path, images)
    before = path.read_bytes()

    def broken():
        yield images[:5]
        raise OSError("disk full")

    with (
        pytest.raises(OSError, match="disk full"),
        Store.create(path, dataset="toy", representation="p", source_digest="d") as store,
    ):
        store.add_split("train", broken(), n=10)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_same_content_is_the_same_file_to_the_byte(path, images):
    create(path, images)
    before = path.read_bytes()
    create(path, images)

    assert path.read_bytes() == before


@pytest.mark.parametrize("open_it", [Store, read_clustering, read_reconstructions])
def test_file_that_cannot_be_read_is_named(path, images, open_it):
    with pytest.raises(StoreError, match=rf"^{path}: no such file"):
        open_it(path)
    path.write_bytes(b"no HDF5 at all")
    with pytest.raises(StoreError, match=rf"^{path}: cut short or not HDF5"):
        open_it(path)
    create(path, images)
    os.truncate(path, 200)
    with pytest.raises(StoreError, match=rf"^{path}: cut short or not HDF5"):
        open_it(path)
    with h5py.File(path, "w") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(StoreError, match=rf"^{path}: format version 99, expected"):
        open_it(path)


def test_missing_split_is_named_with_those_there_are(path, images):
    create(path, images)

    with (
        Store(path) as store,
        pytest.raises(StoreError, match="split 'test' is not in it, found train"),
    ):
        store["test"]


@pytest.mark.parametrize("labels", [True, False])
def test_all_is_train_and_test_together(path, images, labels):
    """Also after the file was moved, at no cost in bytes, and in what is derived from it."""
    large = np.repeat(images, 500, axis=0)

    def write(**splits):
        with Store.create(path, dataset="toy", representation="p", source_digest="d") as store:
            for name, rows in splits.items():
                y = {"y": np.arange(len(rows)) % 2, "class_names": "ab"} if labels else {}
                store.add_split(name, [rows], n=len(rows), scale=0.5, **y)

    write(train=large[:4000])
    n_bytes = path.stat().st_size
    write(train=large[:4000], test=large[4000:])
    first = path.read_bytes()
    write(train=large[:4000], test=large[4000:])
    moved = path.with_name("moved.h5")
    path.rename(moved)

    assert moved.read_bytes() == first
    assert len(first) < 1.5 * n_bytes
    with Store(moved) as store:
        rows = np.array([4999, 0, 4001])
        assert store.splits == ("train", "test")
        whole = store["all"]
        np.testing.assert_array_equal(whole.matrix(), large.reshape(5000, 16) * 0.5)
        np.testing.assert_array_equal(whole.X[np.sort(rows)], large[np.sort(rows)])
        if labels:
            np.testing.assert_array_equal(whole.y, [*(np.arange(4000) % 2), *(np.arange(1000) % 2)])
        assert whole.class_names == (("a", "b") if labels else ())
        halves = {name: [store[name].matrix()[:, :8]] for name in store.splits}
        store.derive(path, representation="half", vectors=halves)
    with h5py.File(path) as file:
        assert file["all"].attrs["note"].startswith(b"rows of train, then those of test: virtual")
        # Of a fixed length, so that the least of readers shows it.
        assert file["all"].attrs["note"].dtype.kind == "S"
    with Store(path) as store:
        np.testing.assert_array_equal(
            store["all"].matrix(), large.reshape(5000, 16)[:, :8] * np.float32(0.5)
        )


def test_clustering_says_what_it_is_of(path):
    of = Subject(dataset="toy", representation="pca", split="test", k=3, seed=7)
    write_clustering(path, np.arange(10) % 3, np.eye(3), of)
    said = read_subject(path)
    write_clustering(path, np.arange(10) % 3, np.eye(3))

    assert said == of
    with pytest.raises(StoreError, match="does not say dataset, representation, split, k, seed"):
        read_subject(path)


def test_clustering_and_reconstructions_are_read_as_written(path, images):
    labels, centroids = np.arange(10) % 3, np.eye(3)
    write_clustering(path, labels, centroids)
    kept_labels, kept_centroids = read_clustering(path)
    with pytest.raises(
        StoreError, match="images, reconstructions not in it, expected reconstructions"
    ):
        read_reconstructions(path)
    scaled = images.astype(np.float32) / 255
    write_reconstructions(path, scaled, scaled / 2)

    np.testing.assert_array_equal(kept_labels, labels)
    np.testing.assert_array_equal(kept_centroids, centroids)
    np.testing.assert_array_equal(read_reconstructions(path)[1], scaled / 2)


NAMES = ["a/1.png", "b/zwölf.png", *(f"{number}.png" for number in range(8))]


def test_names_are_read_as_they_were_written(path, images):
    create(path, images, names=NAMES)

    with Store(path) as store:
        assert store["train"].names == NAMES
    with h5py.File(path) as file:
        # What any program reads: one text of UTF-8 per row.
        assert h5py.check_string_dtype(file["train/names"].dtype) == ("utf-8", None)
        assert file["train/names"].shape == (10,)


def test_names_that_are_no_line_of_text_are_escaped(path, images):
    create(path, images, names=["th\udce9.png", "line\nbreak.png", *NAMES[2:]])

    with Store(path) as store:
        assert store["train"].names[:2] == [r"'th\udce9.png'", r"'line\nbreak.png'"]


@pytest.mark.parametrize("n", [9, 11])
def test_other_number_of_names_than_rows_leaves_nothing(path, images, n):
    with pytest.raises(StoreError, match=f"split 'train': {n} names came for 10 rows"):
        create(path, images, names=[*NAMES, "more"][:n])

    assert list(path.parent.iterdir()) == []


def create_both(path, names):
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as store:
        for split, some in names.items():
            store.add_split(split, [np.zeros((2, 3), np.float32)], n=2, names=some)


def test_names_of_all_are_those_of_train_then_those_of_test(path):
    create_both(path, {"train": ["a", "b"], "test": ["c", "d"]})

    with Store(path) as store:
        assert store["all"].names == ["a", "b", "c", "d"]


def test_without_names_in_both_splits_all_has_none(path):
    create_both(path, {"train": ["a", "b"], "test": None})

    with Store(path) as store:
        assert store["train"].names == ["a", "b"]
        assert store["test"].names is None
        assert store["all"].names is None


def test_names_go_on_to_other_representations(path, tmp_path):
    create_both(path, {"train": ["a", "b"], "test": None})
    derived = tmp_path / "derived.h5"

    with Store(path) as store:
        vectors = {split: store[split].blocks() for split in store.splits}
        store.derive(derived, representation="copy", vectors=vectors)

    with Store(derived) as store:
        assert store["train"].names == ["a", "b"]
        assert store["test"].names is None


def test_centroids_that_float32_changes_are_kept_as_they_are_too(path):
    third = np.array([[1 / 3], [2.0]])
    write_clustering(path, [0, 1], third, scale=1 / 255)
    kept, fitted = read_clustering(path)[1], read_fitted_centroids(path)
    write_clustering(path, [0, 1], np.eye(2))

    assert (kept.dtype, kept.tolist()) == (np.float32, np.float32(third / 255).tolist())
    assert (fitted[0].tolist(), fitted[1]) == (third.tolist(), 1 / 255)
    assert read_fitted_centroids(path)[1] == 1
    with h5py.File(path) as file:
        assert sorted(file) == ["centroids", "labels"]
