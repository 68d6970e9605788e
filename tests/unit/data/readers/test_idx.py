import gzip
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

RNG = np.random.default_rng(0)
IMAGES = {"train": RNG.integers(0, 256, (20, 28, 28)), "t10k": RNG.integers(0, 256, (10, 28, 28))}
LABELS = {"train": np.arange(20) % 10, "t10k": np.arange(10)[::-1]}


def idx(array):
    """Return an array in the format of MNIST's home page."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


def official_files(suffix=""):
    pack = gzip.compress if suffix else bytes
    return {
        f"{split}-{name}-ubyte{suffix}": pack(idx(arrays[split]))
        for name, arrays in (("images-idx3", IMAGES), ("labels-idx1", LABELS))
        for split in ("train", "t10k")
    }


def write(folder, files):
    folder.mkdir(exist_ok=True, parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def store_of(path, tmp_path, source="mnist", **options):
    out_path = tmp_path / "store.h5"
    details = preprocess(out_path, dataset="toy", source=source, path=path, size=28, **options)
    return Store(out_path), details


def refusal(path, tmp_path):
    with pytest.raises(DataError) as error:
        store_of(path, tmp_path)

    assert "\n" not in str(error.value)
    assert not (tmp_path / "store.h5").exists()
    return str(error.value)


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "raw", official_files(".gz"))


def check(store):
    for split, prefix in (("train", "train"), ("test", "t10k")):
        assert np.array_equal(IMAGES[prefix], store[split].X[..., 0])
        assert np.array_equal(LABELS[prefix], store[split].y)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_images_and_labels_are_those_of_the_official_files(tmp_path, suffix):
    store, details = store_of(write(tmp_path / "raw", official_files(suffix)), tmp_path)

    check(store)
    assert details["class_names"] == list("0123456789")
    assert details["image_shape"] == [28, 28, 1]


def test_fashion_mnist_has_its_own_class_names(folder, tmp_path):
    _, details = store_of(folder, tmp_path, source="fashion_mnist")

    assert details["class_names"][::9] == ["T-shirt/top", "Ankle boot"]
    assert len(details["class_names"]) == 10


def test_archive_and_other_spelling_of_names(tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in official_files().items():
            archive.writestr(f"mnist/{name.replace('-idx', '.idx')}", content)

    check(store_of(path, tmp_path)[0])


def test_unpacked_and_packed_files_side_by_side_are_taken_once(folder, tmp_path):
    write(folder, official_files())

    check(store_of(folder, tmp_path)[0])


def test_two_sets_under_one_path_are_refused(tmp_path):
    write(tmp_path / "data" / "MNIST" / "raw", official_files())
    write(tmp_path / "data" / "FashionMNIST" / "raw", official_files())

    assert (
        "train-labels in FashionMNIST/raw, MNIST/raw, expected the four IDX files in one place"
    ) in refusal(tmp_path / "data", tmp_path)


def test_missing_file_is_named(folder, tmp_path):
    (folder / "t10k-images-idx3-ubyte.gz").unlink()

    assert "raw: t10k-images not in it" in refusal(folder, tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("train-labels-idx1", idx(np.full(20, 10)), "label 10, expected integers in 0..9"),
        ("train-labels-idx1", idx(LABELS["train"])[:-1], "19 labels, expected the 20 that its"),
        ("train-labels-idx1", idx(LABELS["train"]) + b"0", "more labels, expected the 20 that its"),
        ("train-labels-idx1", idx(LABELS["t10k"]), "images-idx3-ubyte.gz: 20 images, expected one"),
        ("train-labels-idx1", idx(IMAGES["train"]), "begins with 00 00 08 03, expected 00 00 08 0"),
        ("train-labels-idx1", b"\0\0\x08", "cut short, expected a head of 8 bytes"),
        ("train-labels-idx1", b"\0\0\x08\x01\xff\xff\xff\xff", "4,294,967,295 labels, expected at"),
        ("train-images-idx3", idx(IMAGES["train"])[:-1], "cut short after 19 images, expected 20"),
        ("train-images-idx3", idx(IMAGES["train"]) + b"0", "more than the 20 images that its head"),
        ("train-images-idx3", idx(LABELS["train"]), "begins with 00 00 08 01, expected 00 00 08 0"),
        (
            "train-images-idx3",
            struct.pack(">HBB3I", 0, 8, 3, 20, 70_000, 70_000),
            "20 images of 70000 x 70000, expected 1 x 1 to 4096 x 4096",
        ),
    ],
)
def test_files_of_another_form_are_refused_by_name(folder, tmp_path, name, content, expected):
    (folder / f"{name}-ubyte.gz").write_bytes(gzip.compress(content))

    message = refusal(folder, tmp_path)

    assert message.startswith(f"{folder}: train-")
    assert expected in message


@given(st.data())
def test_damaged_files_never_raise_anything_else(tmp_path_factory, data):
    tmp_path = tmp_path_factory.mktemp("fuzz")
    files = official_files(data.draw(st.sampled_from(["", ".gz"])))
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, min(40, len(content)) - 1))] ^= data.draw(
            st.integers(1, 255)
        )
    folder = write(tmp_path / "raw", files | {name: bytes(content)})
    try:
        store_of(folder, tmp_path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
