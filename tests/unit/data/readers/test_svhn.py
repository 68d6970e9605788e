import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

RNG = np.random.default_rng(0)
IMAGES = {
    split: RNG.integers(0, 256, (n, 32, 32, 3)).astype(np.uint8)
    for split, n in (("train", 12), ("test", 5))
}
DIGITS = {split: np.arange(len(images)) % 10 for split, images in IMAGES.items()}


def official_arrays(split):
    """Return the arrays of a file: images along the last axis, 10 for the digit 0."""
    digits = DIGITS[split].astype(np.uint8)[:, np.newaxis]
    return {"X": IMAGES[split].transpose(1, 2, 3, 0), "y": np.where(digits == 0, 10, digits)}


def write(folder, is_compressed=True, **changed):
    folder.mkdir(exist_ok=True)
    for split in IMAGES:
        arrays = official_arrays(split) | changed.get(split, {})
        savemat(folder / f"{split}_32x32.mat", arrays, do_compression=is_compressed)
    return folder


def store_of(folder, tmp_path):
    out_path = tmp_path / "store.h5"
    preprocess(out_path, dataset="toy", source="svhn", path=folder, grayscale=False)
    return Store(out_path)


@pytest.mark.parametrize("is_compressed", [True, False])
@pytest.mark.parametrize("split", ["train", "test"])
def test_images_and_labels_are_those_of_the_official_files(tmp_path, split, is_compressed):
    store = store_of(write(tmp_path / "svhn", is_compressed), tmp_path)

    assert np.array_equal(IMAGES[split], store[split].X[:])
    assert np.array_equal(DIGITS[split], store[split].y)
    assert store[split].class_names == tuple("0123456789")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"y": np.full((5, 1), 11)}, "labels 11 to 11, expected integers in 1..10"),
        ({"y": np.full((5, 1), 1.5)}, "labels 1.5 to 1.5, expected integers in 1..10"),
        ({"y": "one"}, "expected labels [n, 1]"),
        ({"y": {"a": 1}}, "expected labels [n, 1]"),
        ({"y": np.ones((4, 1))}, "shape (32, 32, 3, 5), expected uint8 and (32, 32, 3, 4)"),
        ({"X": np.zeros((32, 32, 3, 5))}, "X of float64 and shape (32, 32, 3, 5), expected uint8"),
    ],
)
def test_files_of_another_form_are_refused_by_name(tmp_path, changed, expected):
    folder = write(tmp_path / "svhn", test=changed)

    with pytest.raises(DataError) as error:
        store_of(folder, tmp_path)

    assert str(error.value).startswith(f"{folder}: test_32x32.mat: ")
    assert expected in str(error.value)


def test_missing_file_and_missing_array_are_named(tmp_path):
    folder = write(tmp_path / "svhn")
    savemat(folder / "test_32x32.mat", {"X": official_arrays("test")["X"]})

    with pytest.raises(DataError, match=r"test_32x32\.mat: no array y, expected X and y"):
        store_of(folder, tmp_path)

    (folder / "test_32x32.mat").unlink()

    with pytest.raises(DataError, match=r"svhn: test_32x32\.mat not in it"):
        store_of(folder, tmp_path)


@given(st.data())
def test_damaged_files_never_raise_anything_else(tmp_path_factory, data):
    tmp_path = tmp_path_factory.mktemp("fuzz")
    is_compressed = data.draw(st.booleans())
    path = write(tmp_path / "svhn", is_compressed) / "train_32x32.mat"
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        # The head is where it hurts.
        content[data.draw(st.integers(100, 300))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        store_of(path.parent, tmp_path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
