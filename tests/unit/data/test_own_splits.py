"""Whether images of one's own come in splits."""

import io
import tarfile
import zipfile

import pytest

from aecluster.data.own_splits import comes_in_splits

SPLIT = ["train/cat/1.png", "val/cat/2.png"]
WRAPPED = [f"pets/v1/{name}" for name in SPLIT]
WHOLE = ["cat/1.png", "dog/2.png"]


def made(path, names):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"x")
    elif path.suffix == ".tgz":
        with tarfile.open(path, "w:gz") as tar:
            for name in names:
                member = tarfile.TarInfo(f"./{name}")
                member.size = 1
                tar.addfile(member, io.BytesIO(b"x"))
    else:
        for name in names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(b"x")
    return path


@pytest.mark.parametrize("suffix", ["", ".zip", ".tgz"])
@pytest.mark.parametrize(
    ("names", "expected"),
    [(SPLIT, True), (WRAPPED, True), (WHOLE, False), (["1.png", "2.png"], False)],
)
def test_folders_of_splits_tell_it(tmp_path, suffix, names, expected):
    path = made(tmp_path / f"pets{suffix}", ["README.txt", *names])

    assert comes_in_splits("images", path) is expected


def test_other_sources_count_as_split_and_so_does_what_cannot_be_read(tmp_path):
    path = tmp_path / "pets.tar.gz"
    path.write_bytes(b"\x1f\x8b" + bytes(98))

    assert comes_in_splits("digits", None)
    assert comes_in_splits("images", path)
    assert comes_in_splits("images", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("huggingface", ["data/train-0.parquet", "data/test-0.parquet"], True),
        ("huggingface", ["data/train-0.parquet", "data/train-1.parquet"], False),
        ("webdataset", ["train-0.tar", "val-0.tar"], True),
        ("webdataset", ["cats-0.tar", "cats-1.tar"], False),
        ("pixel_table", ["train.csv", "test.csv"], True),
        ("arrays", ["X_train.npy", "X_test.npy"], True),
        ("arrays", ["X.npy", "y.npy"], False),
    ],
)
def test_names_of_tables_shards_and_arrays_tell_it(tmp_path, source, names, expected):
    assert comes_in_splits(source, made(tmp_path / "a", names)) is expected
    if source == "arrays":
        assert comes_in_splits(source, made(tmp_path / "a.zip", names)) is expected


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("huggingface", "a.parquet", False),
        ("arrays", "a.npy", False),
        ("arrays", "images-idx3-ubyte.gz", False),
        ("arrays", "a.h5", True),
    ],
)
def test_single_files_have_no_splits_where_they_can_have_none(tmp_path, source, name, expected):
    made(tmp_path, [name])

    assert comes_in_splits(source, tmp_path / name) is expected
