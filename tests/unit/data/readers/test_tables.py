"""Images with their labels in a table, and tables of pixels."""

import csv
import logging

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from aecluster.errors import DataError
from formats import pairs, read_pairs

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 8, 8)).astype(np.uint8)
NAMES = [("cat", "dog")[row % 2] for row in range(20)]
FILES = [f"{row:02}.png" for row in range(20)]


def write_images(folder, names=FILES):
    for name, image in zip(names, IMAGES, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / name)


def write_rows(path, rows, separator=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(rows)


@pytest.mark.parametrize(
    ("head", "called", "what"),
    [
        (("filename", "label"), FILES, "names of files"),
        (("image_id", "breed"), [name.removesuffix(".png") for name in FILES], "names, no suffix"),
        (("path", "class"), [rf"C:\me\images\{name}" for name in FILES], "paths of Windows"),
        (None, FILES, "names of files, no head"),
    ],
)
def test_labels_of_a_table_are_those_of_the_images(tmp_path, head, called, what, format_row):
    write_images(tmp_path / "images")
    rows = [*([head] if head else []), *zip(called, NAMES, strict=True)]
    write_rows(tmp_path / "labels.csv", rows)

    assert read_pairs(tmp_path, "image_table") == pairs(IMAGES, NAMES)
    format_row("Pillow, csv of Python", f"images and a csv with {what} and labels", "exactly")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(tmp_path, separator):
    write_images(tmp_path)
    frame = pd.DataFrame({"file": FILES, "label": NAMES, "note": "x"})
    frame.to_csv(tmp_path / "a.csv", sep=separator, index=False, encoding="utf-8-sig")

    assert read_pairs(tmp_path, "image_table") == pairs(IMAGES, NAMES)


def test_a_column_of_splits_is_used(tmp_path, format_row):
    write_images(tmp_path)
    split = ["train"] * 12 + ["validation"] * 3 + ["test"] * 5
    frame = pd.DataFrame({"file_name": FILES, "label": NAMES, "split": split})
    frame.to_csv(tmp_path / "metadata.csv", index=False)

    assert read_pairs(tmp_path, "image_table", "train") == pairs(IMAGES[:15], NAMES[:15])
    assert read_pairs(tmp_path, "image_table", "test") == pairs(IMAGES[15:], NAMES[15:])
    format_row("pandas", "images and a csv with a column `split`", "exactly; val joins train")


def test_tables_of_splits_are_used(tmp_path, format_row):
    write_images(tmp_path, [f"{'train' if row < 12 else 'test'}/{row}.png" for row in range(20)])
    for split, rows in (("train", range(12)), ("test", range(12, 20))):
        frame = pd.DataFrame({"id": list(rows), "label": [NAMES[row] for row in rows]})
        frame.to_csv(tmp_path / f"{split}.csv", index=False)

    assert read_pairs(tmp_path, "image_table", "test") == pairs(IMAGES[12:], NAMES[12:])
    format_row("pandas", "images and `train.csv`, `test.csv`", "exactly")


def test_images_without_a_row_have_no_label_and_it_is_said(tmp_path, caplog, format_row):
    write_images(tmp_path)
    rows = [("file", "label"), *zip(FILES[:10], NAMES[:10], strict=True), ("x.png", "cat")]
    write_rows(tmp_path / "a.csv", rows)

    with caplog.at_level(logging.INFO):
        found = read_pairs(tmp_path, "image_table")

    assert found == pairs(IMAGES, [*NAMES[:10], *[None] * 10])
    assert "10 of 20 images have no row and so no label" in caplog.text
    assert "1 rows name no image that is there, such as x.png" in caplog.text
    format_row("Pillow, csv of Python", "images of which some are not in the csv", "no label there")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("file", "age", "sex"), ("00.png", 1, 2)],
            "columns file, age, sex, expected one of names",
        ),
        ([("file", "label"), ("a.png", "cat")], "none of the 1 names in a.csv is that of an image"),
        ([("file", "label"), ("00.png", 1), ("00.png", 2)], "00.png twice with other labels"),
        ([("file", "label"), ("00.png",)], "line 2 of 1 cells, expected 2"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path, rows, expected):
    write_images(tmp_path)
    write_rows(tmp_path / "a.csv", rows)

    with pytest.raises(DataError) as error:
        read_pairs(tmp_path, "image_table")

    assert expected in str(error.value)


def test_a_column_of_labels_is_chosen_by_its_name(tmp_path):
    write_images(tmp_path)
    frame = pd.DataFrame({"file": FILES, "age": 3, "animal": NAMES})
    frame.to_csv(tmp_path / "a.csv", index=False)

    assert read_pairs(tmp_path, "image_table", label_column="animal") == pairs(IMAGES, NAMES)


def test_the_source_images_says_which_source_reads_the_labels(tmp_path, caplog):
    write_images(tmp_path)
    write_rows(tmp_path / "labels.csv", [("file", "label"), *zip(FILES, NAMES, strict=True)])
    caplog.set_level(logging.INFO)

    assert read_pairs(tmp_path, "images") == pairs(IMAGES)
    assert "labels in .csv files are not read, which source: image_table reads" in caplog.text


# --- pixels ---


def frame_of(images, labels=None):
    values = images.reshape(len(images), -1)
    frame = pd.DataFrame(values, columns=[f"pixel{column}" for column in range(values.shape[1])])
    if labels is not None:
        frame.insert(0, "label", labels)
    return frame


def test_a_table_of_pixels_is_read(tmp_path, format_row):
    frame_of(IMAGES, np.arange(20) % 11).to_csv(tmp_path / "train.csv", index=False)

    found = read_pairs(tmp_path / "train.csv", "pixel_table", test_fraction=0.4)

    assert found == pairs(IMAGES, [str(row % 11) for row in range(20)])
    format_row("pandas", "Kaggle's MNIST: `label,pixel0,…`", "exactly")


def test_a_table_of_colour_without_a_head_is_read(tmp_path, format_row):
    colour = RNG.integers(0, 256, (12, 8, 8, 3)).astype(np.uint8)
    frame_of(colour, np.arange(12) % 2).to_csv(tmp_path / "a.csv", index=False, header=False)

    found = read_pairs(tmp_path / "a.csv", "pixel_table", grayscale=False)

    assert found == pairs(colour, [str(row % 2) for row in range(12)])
    format_row("pandas", "table of pixels in colour, no head", "exactly")


def test_kaggles_test_has_no_labels(tmp_path, format_row):
    frame_of(IMAGES[:12], np.arange(12) % 2).to_csv(tmp_path / "train.csv", index=False)
    frame_of(IMAGES[12:]).to_csv(tmp_path / "test.csv", index=False)
    write_rows(tmp_path / "sample_submission.csv", [("ImageId", "Label"), (1, 0)])

    assert read_pairs(tmp_path, "pixel_table", "test") == pairs(IMAGES[12:], [None] * 8)
    train = read_pairs(tmp_path, "pixel_table", "train")
    assert train == pairs(IMAGES[:12], [str(row % 2) for row in range(12)])
    format_row("pandas", "Kaggle's `train.csv`, `test.csv` without labels", "exactly; no label")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", "b", "c")], "3 columns, expected the pixels of a square image"),
        ([range(17), range(9)], "a row of 9 cells, expected 17 as in the first"),
        ([range(17), [0, *["x"] * 16]], "expected numbers only"),
    ],
)
def test_tables_of_no_pixels_are_refused(tmp_path, rows, expected):
    write_rows(tmp_path / "a.csv", rows)

    with pytest.raises(DataError) as error:
        read_pairs(tmp_path / "a.csv", "pixel_table", size=4)

    assert expected in str(error.value)
