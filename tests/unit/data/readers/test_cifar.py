import os
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store
from cifar_files import (
    BATCHES,
    LABEL_NAMES,
    batch,
    batch_100,
    official_files,
    official_files_100,
    python2_pickle,
    write_archive,
)
from cifar_pickles import NUMPY_1_BATCHES, PIXELS


def store_of(path, tmp_path, **options):
    out_path = tmp_path / "store.h5"
    details = preprocess(out_path, dataset="toy", source="cifar10", path=path, **options)
    return Store(out_path), details


def with_file(tmp_path, name, content):
    files = official_files() | {name: content}
    return write_archive(tmp_path / "cifar-10-python.tar.gz", files)


def refusal(path, tmp_path):
    with pytest.raises(DataError) as error:
        preprocess(tmp_path / "store.h5", dataset="toy", source="cifar10", path=path)

    assert not (tmp_path / "store.h5").exists()
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "cifar-10-python.tar.gz", official_files())


def test_batches_come_in_the_order_of_their_numbers_with_their_labels(archive, tmp_path):
    store, details = store_of(archive, tmp_path)

    expected = np.concatenate([batch(10, seed)[b"labels"] for seed in range(5)])
    assert np.array_equal(expected, store["train"].y)
    assert np.array_equal(batch(10, 5)[b"labels"], store["test"].y)
    assert details["n"] == {"train": 50, "test": 10}
    assert details["class_names"] == LABEL_NAMES


def test_gray_equals_pillow(archive, tmp_path):
    store, _ = store_of(archive, tmp_path)

    colour = batch(10, 5)[b"data"].reshape(10, 3, 32, 32).transpose(0, 2, 3, 1)
    expected = [np.asarray(Image.fromarray(image).convert("L")) for image in colour]
    assert np.array_equal(expected, store["test"].X[..., 0])


def test_colour_is_kept_as_it_is(archive, tmp_path):
    store, details = store_of(archive, tmp_path, grayscale=False)

    colour = batch(10, 5)[b"data"].reshape(10, 3, 32, 32).transpose(0, 2, 3, 1)
    assert np.array_equal(colour, store["test"].X[:])
    assert details["image_shape"] == [32, 32, 3]


def test_unpacked_folder_gives_the_same_pixels_as_the_archive(archive, tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name, content in official_files().items():
        (folder / name).write_bytes(content)
    packed, _ = store_of(archive, tmp_path)
    unpacked_path = tmp_path / "unpacked"
    unpacked_path.mkdir()
    unpacked, _ = store_of(folder, unpacked_path)

    assert np.array_equal(packed["train"].X[:], unpacked["train"].X[:])


class Attack:
    """Pickles as a call that leaves a folder behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_code_in_a_batch_is_refused_and_not_run(tmp_path):
    trace = tmp_path / "trace"
    path = with_file(tmp_path, "data_batch_3", pickle.dumps({"data": Attack(trace)}, protocol=2))

    message = refusal(path, tmp_path)

    assert not trace.exists()
    assert "data_batch_3: damaged or no pickle of a batch (asks for posix.mkdir" in message


@pytest.mark.parametrize("target", ["builtins\neval", "os\nsystem", "numpy\nload", "numpy\nsave"])
def test_names_that_no_batch_needs_are_refused(tmp_path, target):
    path = with_file(tmp_path, "test_batch", f"\x80\x02c{target}\nU\x011\x85R.".encode("latin1"))

    assert f"asks for {target.replace(chr(10), '.')}, which no" in refusal(path, tmp_path)


def test_numpy_is_never_called_by_a_pickle(tmp_path):
    claims_much_memory = b"\x80\x02cnumpy\nndarray\n\x8a\x06" + b"\xff" * 5 + b"\x00\x85R."
    path = with_file(tmp_path, "test_batch", claims_much_memory)

    assert "test_batch: found a Call, expected a dict" in refusal(path, tmp_path)


@pytest.mark.parametrize(
    "claim",
    [
        b"}r\xff\xff\xff\x7f.",  # the number of a value
        b"T\xff\xff\xff\x7fabc.",  # the length of a string
        b"\x8b\xff\xff\xff\x7fabc.",  # the length of an integer
    ],
)
def test_pickles_that_claim_much_memory_are_refused_without_taking_it(tmp_path, claim):
    path = with_file(tmp_path, "test_batch", b"\x80\x02" + claim)
    tracemalloc.start()

    message = refusal(path, tmp_path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "cifar-10-batches-py/test_batch: " in message
    assert peak < 2**26


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({b"data": np.zeros((10, 3000), np.uint8)}, "data of another shape or type"),
        ({b"data": np.zeros((10, 3072), np.float32)}, "data of another shape or type"),
        ({b"data": [1, 2]}, "no data, expected an array of n x 3072 values"),
        ({b"labels": [0] * 9}, "9 labels, expected one for each of 10 images"),
        ({b"labels": [0] * 9 + [10]}, "label 10, expected integers in 0..9"),
        ({b"labels": [-1] * 10}, "label -1, expected integers in 0..9"),
        ({b"labels": [b"cat"] * 10}, "label 'cat', expected integers in 0..9"),
        ({b"labels": b"cat"}, "no labels, expected one for each of 10 images"),
    ],
)
def test_batches_of_another_form_are_refused_by_name(tmp_path, change, expected):
    path = with_file(tmp_path, "data_batch_2", python2_pickle(batch(10, 1) | change))

    message = refusal(path, tmp_path)

    assert f"cifar-10-batches-py/data_batch_2: {expected}" in message


def test_path_of_the_download_is_needed(tmp_path):
    assert refusal(None, tmp_path) == (
        "source 'cifar10' has no path, expected that of what was downloaded"
    )


def test_missing_batch_is_named(tmp_path):
    files = official_files()
    del files["data_batch_4"]
    path = write_archive(tmp_path / "cifar-10-python.tar.gz", files)

    assert "data_batch_4 not in it" in refusal(path, tmp_path)


def test_set_that_is_there_twice_is_refused(tmp_path):
    files = official_files()
    twice = files | {f"copy/{name}": content for name, content in files.items()}
    path = write_archive(tmp_path / "cifar-10-python.tar.gz", twice)

    assert "14 files in it, expected the layout of cifar-10-python.tar.gz once" in refusal(
        path, tmp_path
    )


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_cut_archive_is_refused(archive, tmp_path, part):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(part * len(content))])

    assert "cifar-10-python.tar.gz: cannot be read (" in refusal(archive, tmp_path)


@pytest.mark.parametrize("name", [*BATCHES, "batches.meta"])
def test_every_cut_pickle_is_refused(tmp_path, name):
    content = official_files()[name]
    for part in (0, 0.1, 0.5, 0.99):
        path = with_file(tmp_path, name, content[: int(part * len(content))])

        assert name in refusal(path, tmp_path)


def test_cifar100_has_the_fine_classes(tmp_path):
    path = write_archive(tmp_path / "cifar-100-python.tar.gz", official_files_100(n=30))
    out_path = tmp_path / "store.h5"

    details = preprocess(out_path, dataset="toy", source="cifar100", path=path)

    store = Store(out_path)
    train, test = batch_100(30, 0), batch_100(30, 1)
    assert np.array_equal(train[b"fine_labels"], store["train"].y)
    assert np.array_equal(test[b"fine_labels"], store["test"].y)
    assert details["class_names"] == [f"fine {label}" for label in range(100)]
    colour = test[b"data"].reshape(30, 3, 32, 32).transpose(0, 2, 3, 1)
    expected = [np.asarray(Image.fromarray(image).convert("L")) for image in colour]
    assert np.array_equal(expected, store["test"].X[..., 0])


def test_archive_of_the_other_cifar_is_refused(archive, tmp_path):
    with pytest.raises(DataError, match=r"expected the layout of cifar-100-python\.tar\.gz"):
        preprocess(tmp_path / "store.h5", dataset="toy", source="cifar100", path=archive)


@given(st.data())
def test_damaged_batches_never_raise_anything_else(tmp_path_factory, data):
    content = bytearray(python2_pickle(batch(2, 0)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("fuzz") / "cifar-10-batches-py"
    folder.mkdir()
    for name, whole in (official_files(2) | {"test_batch": bytes(content)}).items():
        (folder / name).write_bytes(whole)
    out_path = folder.parent / "store.h5"
    try:
        preprocess(out_path, dataset="toy", source="cifar10", path=folder)
    except DataError as error:
        assert "test_batch: " in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("writer", ["numpy 1.26.4 on Python 3.11.7", "numpy"])
def test_batches_of_python_3_are_read_in_every_protocol(tmp_path, protocol, writer, format_row):
    content = NUMPY_1_BATCHES[protocol]
    if writer == "numpy":
        content = pickle.dumps({"labels": [6, 9], "data": PIXELS}, protocol)
    names = pickle.dumps({"label_names": LABEL_NAMES}, protocol)
    files = dict.fromkeys((*BATCHES, "test_batch"), content) | {"batches.meta": names}

    store, details = store_of(
        write_archive(tmp_path / "a.tar.gz", files), tmp_path, grayscale=False
    )

    expected = PIXELS.reshape(2, 3, 32, 32).transpose(0, 2, 3, 1)
    assert np.array_equal(expected, store["test"].X[:])
    assert store["train"].y.tolist() == [6, 9] * 5
    assert details["class_names"] == LABEL_NAMES
    format_row(writer, f"CIFAR-10 batches of Python 3, pickle protocol {protocol}", "exactly")


@pytest.mark.parametrize("protocol", [0, 2, 3, 5])
def test_pixels_of_python_3_that_are_too_few_are_refused(tmp_path, protocol):
    content = pickle.dumps({"labels": [6, 9], "data": PIXELS}, protocol)
    cut = content.replace(b"\x15\x1c#*18?", b"\x15\x1c", 1)

    assert "data_batch_1" in refusal(with_file(tmp_path, "data_batch_1", cut), tmp_path)
