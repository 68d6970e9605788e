"""Data sets that Hugging Face's `datasets` wrote."""

import io
import sys

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store
from formats import pairs, read_pairs

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
NAMES = [("cat", "dog")[row % 2] for row in range(20)]


def read(path, split="all", **options):
    return read_pairs(path, "huggingface", split, grayscale=False, **options)


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def dataset(monkeypatch):
    """Function of rows that returns them as a data set of `datasets`."""
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"])}
    )

    def make(rows=slice(None), labels=None):
        images = [Image.fromarray(image) for image in IMAGES[rows]]
        labels = [row % 2 for row in range(20)][rows] if labels is None else labels
        return datasets.Dataset.from_dict({"image": images, "label": labels}, features=features)

    return make


def test_parquet_is_read_with_the_names_of_its_classes(tmp_path, dataset, format_row):
    dataset().to_parquet(tmp_path / "a.parquet")

    assert read(tmp_path / "a.parquet") == pairs(IMAGES, NAMES)
    format_row("datasets", "`to_parquet`, one file with class names", "exactly")


def test_parquet_files_of_the_hub_are_splits(tmp_path, dataset, format_row):
    (tmp_path / "data").mkdir()
    for number, rows in enumerate((slice(0, 6), slice(6, 12))):
        dataset(rows).to_parquet(tmp_path / "data" / f"train-0000{number}-of-00002.parquet")
    dataset(slice(12, 20)).to_parquet(tmp_path / "data" / "test-00000-of-00001.parquet")

    assert read(tmp_path, "train") == pairs(IMAGES[:12], NAMES[:12])
    assert read(tmp_path, "test") == pairs(IMAGES[12:], NAMES[12:])
    format_row(
        "datasets", "folder of parquet files as on the Hub: train in two parts, test", "exactly"
    )


@pytest.mark.parametrize("second", ["test", "validation"])
def test_what_save_to_disk_writes_is_read(tmp_path, dataset, second, format_row):
    datasets = pytest.importorskip("datasets")
    made = datasets.DatasetDict({"train": dataset(slice(12)), second: dataset(slice(12, 20))})
    made.save_to_disk(tmp_path / "saved")

    assert read(tmp_path / "saved", "train") == pairs(IMAGES[:12], NAMES[:12])
    assert read(tmp_path / "saved", "test") == pairs(IMAGES[12:], NAMES[12:])
    format_row("datasets", f"`save_to_disk` with the splits train and {second}", "exactly")


def test_what_save_to_disk_writes_without_splits_is_read(tmp_path, dataset, format_row):
    dataset().shuffle(seed=0).save_to_disk(tmp_path / "saved")

    assert read(tmp_path / "saved") == pairs(IMAGES, NAMES)
    format_row("datasets", "`save_to_disk` of one shuffled split", "exactly")


def test_missing_labels_are_none(tmp_path, dataset, format_row):
    labels = [-1 if row < 4 else None if row < 8 else row % 2 for row in range(20)]
    dataset(labels=labels).to_parquet(tmp_path / "a.parquet")

    expected = [None if row < 8 else name for row, name in enumerate(NAMES)]
    assert read(tmp_path / "a.parquet") == pairs(IMAGES, expected)
    format_row("datasets", "parquet with -1 and None among the labels", "exactly; no label there")


def test_a_column_of_labels_is_chosen_by_its_name(tmp_path, format_row):
    table = {
        "img": [{"bytes": png(image), "path": None} for image in IMAGES],
        "fine_label": [row % 4 for row in range(20)],
        "coarse_label": [row % 2 for row in range(20)],
    }
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")

    fine = read(tmp_path / "a.parquet")
    coarse = read(tmp_path / "a.parquet", label_column="coarse_label")

    assert fine == pairs(IMAGES, [str(row % 4) for row in range(20)])
    assert coarse == pairs(IMAGES, [str(row % 2) for row in range(20)])
    format_row("pyarrow", "parquet of CIFAR-100; `label_column: coarse_label`", "exactly")


def test_images_of_bytes_alone_and_labels_of_text_are_read(tmp_path, format_row):
    parquet.write_table(
        pa.table({"picture": [png(image) for image in IMAGES], "class": NAMES}),
        tmp_path / "a.parquet",
    )

    assert read(tmp_path / "a.parquet") == pairs(IMAGES, NAMES)
    format_row("pyarrow", "parquet with images of bytes, labels of text", "exactly")


def test_paths_are_the_names_of_the_images(tmp_path):
    table = {
        "image": [{"bytes": png(i), "path": f"{n}.png"} for n, i in enumerate(IMAGES)],
        "label": [row % 2 for row in range(20)],
    }
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")

    preprocess(
        tmp_path / "store.h5", dataset="t", source="huggingface", path=tmp_path / "a.parquet",
        size=8, grayscale=False,
    )  # fmt: skip

    with Store(tmp_path / "store.h5") as store:
        test = store["test"]
        for name, image in zip(test.names, test.X, strict=True):
            assert np.array_equal(IMAGES[int(name.removesuffix(".png"))], image)


def test_images_that_are_paths_only_are_said_to_be(tmp_path, format_row):
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    Image.fromarray(IMAGES[0]).save(tmp_path / "a.png")
    made = datasets.Dataset.from_dict({"image": [str(tmp_path / "a.png")] * 4})
    made.cast_column("image", datasets.Image()).to_parquet(tmp_path / "a.parquet")

    with pytest.raises(DataError) as error:
        read(tmp_path / "a.parquet")

    assert ": the image is a path only" in str(error.value)
    assert "expected its bytes in the file" in str(error.value)
    format_row("datasets", "`to_parquet` of images given as paths", "refused: paths only")


def test_bad_images_are_skipped_if_they_may(tmp_path):
    content = [png(image) for image in IMAGES]
    content[3] = b"no image"
    table = {"image": content, "label": [row % 2 for row in range(20)]}
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")

    with pytest.raises(DataError, match="row 3"):
        read(tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet", on_bad_image="skip")

    rest = [row for row in range(20) if row != 3]
    assert found == pairs(IMAGES[rest], [str(row % 2) for row in rest])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"label": [1, 2]}, "columns label (int64), expected one of images: bytes"),
        ({"image": ["a.png"]}, "columns image (string), expected one of images: bytes"),
    ],
)
def test_tables_without_images_are_refused_with_their_columns(tmp_path, table, expected):
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")

    with pytest.raises(DataError) as error:
        read(tmp_path / "a.parquet")

    assert expected in str(error.value)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_cut_files_are_refused(tmp_path, part):
    parquet.write_table(pa.table({"image": [png(i) for i in IMAGES]}), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content[: int(part * len(content))])

    with pytest.raises(DataError, match="damaged, or neither parquet"):
        read(tmp_path / "a.parquet")


def test_damaged_arrow_files_are_refused_and_end_no_process(tmp_path):
    table = pa.table({"image": [{"bytes": png(i), "path": "x"} for i in IMAGES]})
    path = tmp_path / "a.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    whole = path.read_bytes()
    # The first offset of the texts that are the paths.
    offsets = np.arange(21, dtype=np.int32).tobytes()
    place = whole.index(offsets)
    path.write_bytes(whole[: place + 4] + b"\xff\xff\xff\x7f" + whole[place + 8 :])

    with pytest.raises(DataError, match=r"a\.arrow: damaged"):
        read(path)


def test_pyarrow_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").touch()

    with pytest.raises(DataError, match="needs pyarrow, which is missing: pip install"):
        read(tmp_path / "a.parquet")
