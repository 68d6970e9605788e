import io
import os
import re
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store


def png(value, size=8):
    buffer = io.BytesIO()
    Image.fromarray(np.full((size, size), value, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(tmp_path, contents):
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content if isinstance(content, bytes) else png(content))
    return path


def store_of(path, **options):
    out_path = path.parent / "store.h5"
    preprocess(out_path, dataset="toy", source="images", path=path, **({"size": 8} | options))
    return Store(out_path)


def levels(split):
    return split.X[:, 0, 0, 0].tolist()


def refusal(path):
    with pytest.raises(DataError) as error:
        store_of(path)

    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return str(error.value)


def test_train_and_test_folders_are_the_splits(tmp_path):
    path = zipped(
        tmp_path,
        {"train/dog/1.png": 2, "train/cat/2.png": 1, "train/cat/1.png": 0, "test/dog/1.png": 3},
    )

    store = store_of(path)

    assert levels(store["train"]) == [0, 1, 2]
    assert store["train"].y.tolist() == [0, 0, 1]
    assert levels(store["test"]) == [3]
    assert store["test"].y.tolist() == [1]
    assert store["test"].class_names == ("cat", "dog")


def test_names_are_those_of_the_files_below_the_folder(tmp_path):
    store = store_of(zipped(tmp_path, {f"pets/cat/{number}.png": number for number in range(5)}))

    names = {split: store[split].names for split in store.splits}
    assert names["train"] == [f"pets/cat/{level}.png" for level in levels(store["train"])]
    assert names["test"] == [f"pets/cat/{level}.png" for level in levels(store["test"])]


def test_images_without_class_folders_have_no_labels(tmp_path):
    store = store_of(zipped(tmp_path, {f"{number}.png": number for number in range(10)}))

    assert store["train"].y is None
    assert store["train"].class_names == ()
    assert len(store["train"]) == 8
    assert len(store["test"]) == 2


def test_labels_may_exist_in_one_split_only(tmp_path):
    store = store_of(zipped(tmp_path, {"train/1.png": 0, "test/cat/1.png": 1}))

    assert store["train"].y is None
    assert store["test"].y.tolist() == [0]


def test_seeded_fraction_takes_the_same_part_of_every_class(tmp_path):
    contents = {f"{kind}/{number:02}.png": 0 for kind in ("a", "b", "c") for number in range(20)}

    store = store_of(zipped(tmp_path, contents), test_fraction=0.25)

    assert np.bincount(store["train"].y).tolist() == [15, 15, 15]
    assert np.bincount(store["test"].y).tolist() == [5, 5, 5]


def test_a_later_class_does_not_move_the_images_of_the_others(tmp_path):
    some = {f"{kind}/{number}.png": number for kind in ("a", "b") for number in range(20)}
    before = levels(store_of(zipped(tmp_path, some))["test"])

    after = levels(store_of(zipped(tmp_path, some | {"c/1.png": 0}))["test"])

    assert after[: len(before)] == before


def test_wrapping_folders_are_passed_over(tmp_path):
    store = store_of(zipped(tmp_path, {"w/v/train/cat/1.png": 1, "w/v/test/cat/1.png": 2}))

    assert store["test"].class_names == ("cat",)


def test_a_class_may_be_called_train(tmp_path):
    contents = {f"{kind}/{number}.png": number for kind in ("bus", "train") for number in range(5)}

    assert store_of(zipped(tmp_path, contents))["test"].class_names == ("bus", "train")


def test_names_that_are_no_text_are_escaped(tmp_path):
    folder = tmp_path / "pictures"
    for name in (b"th\xe9", b"tea"):
        (folder / os.fsdecode(name)).mkdir(parents=True)
        for number in range(5):
            (folder / os.fsdecode(name) / f"{number}.png").write_bytes(png(number))

    assert store_of(folder)["test"].class_names == ("tea", r"'th\udce9'")


def test_other_files_are_passed_over(tmp_path):
    contents = {"train/1.png": 1, "test/1.PNG": 2, "README.md": b"x", "train/labels.csv": b"x"}

    assert len(store_of(zipped(tmp_path, contents))["train"]) == 1


def test_colour_is_kept_in_three_channels(tmp_path):
    store = store_of(zipped(tmp_path, {"train/1.png": 7, "test/1.png": 9}), grayscale=False)

    assert store["test"].X[0, 0, 0].tolist() == [9, 9, 9]


def test_folder_and_zip_give_the_same_store(tmp_path):
    path = zipped(tmp_path, {f"{kind}/{n}.png": n for kind in ("a", "b") for n in range(9)})
    folder = tmp_path / "folder" / "pictures"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    packed, unpacked = store_of(path), store_of(folder)

    assert np.array_equal(packed["test"].X[:], unpacked["test"].X[:])
    assert np.array_equal(packed["train"].y, unpacked["train"].y)


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ({"README.md": b"x"}, "no image files, expected PNG, JPEG"),
        ({"cat/1.png": 0, "dog/1.png": 0, "2.png": 0}, "2.png: lies beside class folders"),
        ({"train/cat/1.png": 0, "train/2.png": 0, "test/cat/1.png": 0}, "train/2.png: lies beside"),
        ({"train/1.png": 0}, "train on top, expected train and test, train and val, or all three"),
        (
            {"train/1.png": 0, "test/1.png": 0, "more/1.png": 0},
            "more, test, train on top look like splits, expected train, val and test alone, found "
            "more",
        ),
        ({"train/1.png": 0, "test/1.png": 0, "1.png": 0}, "1.png: lies beside test, train"),
        ({"1.png": 0, "2.png": 0}, "test_fraction of 0.2 makes 0 of 2 images test, expected one"),
        ({"train/1.png": 0, "test/1.png": b"GIF"}, "test/1.png: cannot be read as an image (none"),
        ({"train/1.png": 0, "test/1.png": png(0)[:45]}, "test/1.png: cannot be read as an image"),
    ],
)
def test_refusals_name_the_archive_and_the_image(tmp_path, contents, expected):
    path = zipped(tmp_path, contents)

    message = refusal(path)

    assert message.startswith(f"{path}: ")
    assert expected in message
    assert "\n" not in message


def test_memory_does_not_grow_with_the_number_of_images(tmp_path):
    content = png(7, size=256)

    def peak(n):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path = zipped(
            folder, {f"{part}/{i}.png": content for part in ("train", "test") for i in range(n)}
        )
        tracemalloc.start()
        store_of(path, size=256)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    peak(20)  # what is imported on the way
    grown = peak(200) - peak(20)

    assert grown < 0.1 * 2 * 180 * 256 * 256


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"size": 0}, "size 0 and resize 'crop', expected a size of 1 or more and crop or pad"),
        ({"resize": "cut"}, "size 8 and resize 'cut', expected a size of 1 or more and crop"),
        ({"test_fraction": 1.5}, "test_fraction 1.5, expected between 0 and 1"),
    ],
)
def test_options_out_of_range_are_refused(tmp_path, options, expected):
    with pytest.raises(DataError, match=re.escape(expected)):
        store_of(zipped(tmp_path, {"1.png": 0, "2.png": 0}), **options)


def cut_png(value):
    return png(value)[:45]


BAD = {"train/cat/1.png": cut_png(0), "train/dog/2.png": b"GIF", "test/cat/3.png": b""}
GOOD = {
    "train/cat/4.png": 4,
    "train/dog/5.png": 5,
    "train/dog/6.png": 6,
    "test/cat/7.png": 7,
    "test/dog/8.png": 8,
}


def test_bad_images_are_skipped_named_and_counted(tmp_path, caplog):
    path = zipped(tmp_path, GOOD | BAD)
    out_path = tmp_path / "store.h5"

    details = preprocess(
        out_path, dataset="toy", source="images", path=path, size=8, on_bad_image="skip"
    )

    store = Store(out_path)
    assert levels(store["train"]) == [4, 5, 6]
    assert store["train"].names == ["train/cat/4.png", "train/dog/5.png", "train/dog/6.png"]
    assert store["train"].y.tolist() == [0, 1, 1]
    assert levels(store["test"]) == [7, 8]
    assert details["n_skipped"] == {"train": 2, "test": 1}
    assert details["class_counts"] == {"train": [1, 2], "test": [1, 1]}
    for name in BAD:
        assert f"skipped: {path}: {name}: cannot be read as an image" in caplog.text
    assert "skipped 2 of 5 images" in caplog.text


def test_store_without_bad_images_is_the_same_either_way(tmp_path):
    path = zipped(tmp_path, GOOD)
    contents = []
    for on_bad_image in ("error", "skip"):
        store_of(path, on_bad_image=on_bad_image)
        contents.append((tmp_path / "store.h5").read_bytes())

    assert contents[0] == contents[1]


def test_bad_images_do_not_move_the_others_between_splits(tmp_path):
    contents = {f"{number}.png": number for number in range(40)}
    before = levels(store_of(zipped(tmp_path, contents))["test"])

    bad = {f"{number}.png": b"x" for number in (before[0], 1 if before[0] == 0 else 0)}
    after = levels(store_of(zipped(tmp_path, contents | bad), on_bad_image="skip")["test"])

    assert after == [level for level in before if f"{level}.png" not in bad]


def test_split_without_a_readable_image_is_refused(tmp_path):
    path = zipped(tmp_path, {"train/1.png": 1, "test/1.png": b"x", "test/2.png": b"x"})

    with pytest.raises(DataError, match=r"test/1\.png: cannot be read as an image, nor any other"):
        store_of(path, on_bad_image="skip")


def test_decompression_bombs_are_skipped_too(tmp_path):
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")

    store = store_of(
        zipped(tmp_path, GOOD | {"test/cat/9.png": bomb.getvalue()}), on_bad_image="skip"
    )

    assert levels(store["test"]) == [7, 8]
