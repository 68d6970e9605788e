"""Shards that `webdataset` wrote."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from aecluster.errors import DataError
from formats import pairs, read_pairs

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
GZIP = b"\x1f\x8b"
NAMES = [str(row % 3) for row in range(20)]


def write_shard(path, rows, **kinds):
    webdataset = pytest.importorskip("webdataset")
    with webdataset.TarWriter(str(path)) as writer:
        for row in rows:
            extra = {kind: value(row) for kind, value in kinds.items()}
            writer.write({"__key__": f"{row:04}", "png": Image.fromarray(IMAGES[row]), **extra})


def read(path, split="all", **options):
    return read_pairs(path, "webdataset", split, grayscale=False, **options)


def test_images_and_classes_of_a_shard_are_read(tmp_path, format_row):
    write_shard(tmp_path / "a.tar", range(20), cls=lambda row: row % 3)

    assert read(tmp_path / "a.tar") == pairs(IMAGES, NAMES)
    format_row("webdataset", "a shard with `.png` and `.cls`", "exactly")


def test_names_of_shards_are_splits(tmp_path, format_row):
    write_shard(tmp_path / "train-0000.tar", range(6), cls=lambda row: row % 3)
    write_shard(tmp_path / "train-0001.tar", range(6, 12), cls=lambda row: row % 3)
    write_shard(tmp_path / "val-0000.tar", range(12, 20), cls=lambda row: row % 3)

    assert read(tmp_path, "train") == pairs(IMAGES[:12], NAMES[:12])
    assert read(tmp_path, "test") == pairs(IMAGES[12:], NAMES[12:])
    format_row("webdataset", "shards `train-0000.tar`, …, `val-0000.tar`", "exactly; val is test")


@pytest.mark.parametrize(("key", "column"), [("label", None), ("species", "species")])
def test_labels_in_json_are_read(tmp_path, key, column, format_row):
    write_shard(tmp_path / "a.tar", range(20), json=lambda row: {key: "ab"[row % 2]})

    assert read(tmp_path / "a.tar", label_column=column) == pairs(
        IMAGES, ["ab"[row % 2] for row in range(20)]
    )
    if column is None:
        format_row("webdataset", "a shard with `.png` and `.json`", "exactly")


def test_shards_without_labels_are_read_and_other_files_are_counted(tmp_path, caplog):
    write_shard(tmp_path / "a.tar", range(20), npy=lambda row: np.zeros(2))
    caplog.set_level("INFO")

    assert read(tmp_path / "a.tar") == pairs(IMAGES)
    assert "passed over: 20 files .npy, such as 0000.npy" in caplog.text


def test_packed_shards_are_read_beside_others(tmp_path, format_row):
    write_shard(tmp_path / "train-0.tar.gz", range(6), cls=lambda row: row % 3)
    write_shard(tmp_path / "train-1.tar", range(6, 12), cls=lambda row: row % 3)
    write_shard(tmp_path / "val-0.tar.gz", range(12, 20), cls=lambda row: row % 3)

    assert (tmp_path / "val-0.tar.gz").read_bytes().startswith(GZIP)
    assert read(tmp_path, "train") == pairs(IMAGES[:12], NAMES[:12])
    assert read(tmp_path, "test") == pairs(IMAGES[12:], NAMES[12:])
    assert read(tmp_path / "val-0.tar.gz") == pairs(IMAGES[12:], NAMES[12:])
    format_row("webdataset", "packed shards, `train-0000.tar.gz`", "exactly")


@pytest.mark.parametrize(
    ("name", "n_bytes"), [("a.tar", 1200), ("a.tar.gz", 1200), ("a.tar.gz", -4)]
)
def test_cut_shards_are_refused(tmp_path, name, n_bytes):
    write_shard(tmp_path / name, range(20))
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:n_bytes])

    with pytest.raises(DataError, match=f"{name}: cannot be read as a whole tar"):
        read(tmp_path / name)


def test_tar_without_images_is_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("0.txt"), io.BytesIO())

    with pytest.raises(DataError, match=r"a\.tar: no images in it"):
        read(tmp_path / "a.tar")
