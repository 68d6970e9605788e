import tempfile
import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

RNG = np.random.default_rng(0)
TRAIN = RNG.integers(0, 256, (300, 6, 6)).astype(np.uint8)
TEST = RNG.integers(0, 256, (40, 6, 6)).astype(np.uint8)
Y_TRAIN = np.arange(300) % 3
Y_TEST = np.arange(40) % 3


def write(path, arrays):
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            for name, values in arrays.items():
                is_text = np.asarray(values).dtype.kind == "U"
                file.create_dataset(
                    name, data=np.asarray(values, dtype=h5py.string_dtype() if is_text else None)
                )
    return path


def store_of(path, **options):
    out_path = path.parent / "store.h5"
    preprocess(out_path, dataset="toy", source="arrays", path=path, **({"size": 6} | options))
    return Store(out_path)


def refusal(path, arrays):
    with pytest.raises(DataError) as error:
        store_of(write(path, arrays))

    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(params=["a.npz", "a.h5"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_split_arrays_are_stored_as_they_are(path):
    arrays = {"X_train": TRAIN, "X_test": TEST, "y_train": Y_TRAIN, "y_test": Y_TEST}

    store = store_of(write(path, arrays))

    assert np.array_equal(TRAIN, store["train"].X[..., 0])
    assert np.array_equal(Y_TEST, store["test"].y)
    assert store["test"].class_names == ("0", "1", "2")


def test_groups_of_hdf5_are_the_splits(tmp_path):
    arrays = {"train/X": TRAIN, "test/X": TEST, "test/y": Y_TEST}

    store = store_of(write(tmp_path / "a.h5", arrays))

    assert np.array_equal(TRAIN, store["train"].X[..., 0])
    assert store["train"].y is None
    assert np.array_equal(Y_TEST, store["test"].y)


def test_store_of_pixels_is_a_source_itself(path):
    first = store_of(write(path, {"X": TRAIN}))
    copied = path.parent / "copied.h5"
    preprocess(copied, dataset="again", source="arrays", path=first.path, size=6)

    with Store(copied) as second:
        assert np.array_equal(first["test"].X[:], second["test"].X[:])


def test_seeded_fraction_keeps_images_and_labels_together(path):
    numbered = np.broadcast_to(np.arange(250, dtype=np.uint8)[:, None, None], (250, 6, 6))

    store = store_of(write(path, {"X": numbered.copy(), "y": np.arange(250) // 50}))

    for split in ("train", "test"):
        assert np.array_equal(store[split].X[:, 0, 0, 0] // 50, store[split].y)
    assert np.bincount(store["test"].y).tolist() == [10] * 5


def test_names_in_small_letters_and_labels_in_a_column_are_taken(path):
    arrays = {
        "x_train": TRAIN,
        "x_test": TEST,
        "y_train": Y_TRAIN[:, None],
        "y_test": Y_TEST[:, None],
    }

    assert np.array_equal(Y_TEST, store_of(write(path, arrays))["test"].y)


def test_strings_are_names_of_classes(path):
    y = np.array(["dog", "cat"])[np.arange(40) % 2]

    test = store_of(write(path, {"X": TEST, "y": y}))["test"]

    assert test.class_names == ("cat", "dog")


def test_given_names_of_classes_are_used(path):
    arrays = {"X": TEST, "y": Y_TEST, "class_names": np.array(["a", "b", "c", "d"])}

    assert store_of(write(path, arrays))["test"].class_names == ("a", "b", "c", "d")


def test_floats_mean_0_to_1_and_colour_becomes_gray(path):
    floats = np.zeros((20, 6, 6, 3), np.float32)
    floats[..., 0] = 1

    assert np.unique(store_of(write(path, {"X": floats}))["test"].X).tolist() == [76]


def test_arrays_are_brought_to_size(path):
    assert store_of(write(path, {"X": TEST}), size=32)["test"].X.shape == (8, 32, 32, 1)


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"Z": TEST}, "a.npz: z, expected X_train and X_test, or X"),
        ({"X_train": TEST}, "x_train, expected X_train and X_test, or X"),
        ({"X": TEST, "X_test": TEST}, "x, x_test, expected X_train and X_test, or X"),
        ({"X": TEST.reshape(40, 36)}, "X of shape (40, 36), expected [n, h, w] or [n, h, w, c]"),
        ({"X": TEST.reshape(40, 2, 9, 2)}, "X of shape (40, 2, 9, 2), expected"),
        ({"X_train": TRAIN, "X_test": TEST[:, :5]}, "expected images of one shape"),
        ({"X": TEST, "y": Y_TEST[:9]}, "y of shape (9,), expected one label for each of 40 images"),
        ({"X": TEST, "y": Y_TEST + 0.5}, "labels of float64, expected integers or text"),
        ({"X": TEST, "y": Y_TEST, "class_names": ["a"]}, "labels 0 to 2, expected 0 to 0"),
        ({"X": TEST * 2.0}, "images 0 to 39: float64 values from 0 to"),
        (
            {"X": np.full((5, 2, 2), None)},
            "X.npy holds Python objects, expected numbers or strings",
        ),
    ],
)
def test_refusals_name_file_and_array(tmp_path, arrays, expected):
    assert expected in refusal(tmp_path / "a.npz", arrays)


@pytest.mark.parametrize("part", [0, 0.2, 0.5, 0.9, 0.999])
def test_cut_files_are_refused(path, part):
    write(path, {"X": TRAIN})
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])

    with pytest.raises(DataError, match="damaged, or neither"):
        store_of(path)


def test_damaged_npz_is_refused_while_it_is_read(tmp_path):
    path = write(tmp_path / "a.npz", {"X": TRAIN})
    content = bytearray(path.read_bytes())
    content[5000] ^= 255
    path.write_bytes(content)

    with pytest.raises(DataError, match="Bad CRC-32"):
        store_of(path)


@pytest.mark.parametrize("name", ["a.npz", "a.h5"])
def test_memory_does_not_grow_with_the_number_of_images(tmp_path, name):
    def peak(n):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path = write(folder / name, {"X": np.zeros((n, 256, 256, 3), np.uint8)})
        tracemalloc.start()
        store_of(path, size=8)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    peak(10)  # what is imported on the way

    assert peak(100) - peak(10) < 0.1 * 90 * 256 * 256 * 3


@given(st.data())
def test_damaged_files_never_raise_anything_else(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    path = write(folder / data.draw(st.sampled_from(["a.npz", "a.h5"])), {"X": TEST, "y": Y_TEST})
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        store_of(path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("name", ["a.npz", "a.h5"])
def test_eight_bit_arrays_come_back_to_the_bit(tmp_path, name, format_row):
    store = store_of(write(tmp_path / name, {"X": TRAIN, "y": Y_TRAIN}), test_fraction=0.5)

    stored = np.concatenate([store[split].X[..., 0] for split in store.splits])
    assert np.array_equal(np.unique(TRAIN, axis=0), np.unique(stored, axis=0))
    writer = "numpy" if name == "a.npz" else "h5py"
    format_row(writer, f"{name[1:]} with X [300, 6, 6] of uint8 and y", "exactly")
