import io
import tarfile

import numpy as np
import pytest

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

CLASS_NAMES = [
    *("airplane", "bird", "car", "cat", "deer"),
    *("dog", "horse", "monkey", "ship", "truck"),
]
RNG = np.random.default_rng(0)
IMAGES = {split: RNG.integers(0, 256, (n, 96, 96, 3)) for split, n in (("train", 7), ("test", 9))}
LABELS = {split: RNG.integers(0, 10, len(images)) for split, images in IMAGES.items()}


def official_files():
    """Return the files as MATLAB wrote them: column by column, classes from 1 on."""
    files = {"class_names.txt": "\n".join(CLASS_NAMES).encode() + b"\n", "fold_indices.txt": b"0"}
    for split, images in IMAGES.items():
        files[f"{split}_X.bin"] = images.astype(np.uint8).transpose(0, 3, 2, 1).tobytes()
        files[f"{split}_y.bin"] = (LABELS[split] + 1).astype(np.uint8).tobytes()
    return files | {"unlabeled_X.bin": bytes(3 * 96 * 96)}


def write_archive(tmp_path, files):
    path = tmp_path / "stl10_binary.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"stl10_binary/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def store_of(tmp_path, files):
    out_path = tmp_path / "store.h5"
    path = write_archive(tmp_path, files)
    preprocess(out_path, dataset="toy", source="stl10", path=path, size=96, grayscale=False)
    return Store(out_path)


@pytest.mark.parametrize("split", ["train", "test"])
def test_images_and_labels_are_those_of_the_official_files(tmp_path, split):
    store = store_of(tmp_path, official_files())

    assert np.array_equal(IMAGES[split], store[split].X[:])
    assert np.array_equal(LABELS[split], store[split].y)
    assert store[split].class_names == tuple(CLASS_NAMES)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("train_y.bin", lambda content: b"", "train_y.bin: no labels, expected integers in 1..10"),
        ("train_y.bin", lambda content: b"\0" + content[1:], "train_y.bin: labels 0 to"),
        ("test_y.bin", lambda content: b"\x0b" + content[1:], "to 11, expected integers in 1..10"),
        ("test_X.bin", lambda content: content[:-1], "cut short after 8 images, expected 9"),
        ("test_X.bin", lambda content: content + b"0", "more than 9 images, expected one for each"),
    ],
)
def test_files_of_another_form_are_refused_by_name(tmp_path, name, change, expected):
    files = official_files()
    files[name] = change(files[name])

    with pytest.raises(DataError) as error:
        store_of(tmp_path, files)

    assert expected in str(error.value)
    assert not (tmp_path / "store.h5").exists()


def test_missing_file_is_named(tmp_path):
    files = official_files()
    del files["test_X.bin"]

    with pytest.raises(DataError, match=r"test_X\.bin not in it, expected the layout of stl10"):
        store_of(tmp_path, files)
