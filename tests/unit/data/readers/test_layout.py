"""What folders say of splits and classes."""

import unicodedata

import pytest

from aecluster.data.readers.layout import layout_of
from aecluster.errors import DataError


def layout(*names):
    return layout_of(sorted(names, key=lambda name: name.split("/")))


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "val"),
        ("train", "valid"),
        ("train", "validation"),
        ("Train", "Test"),
        ("TRAIN", "TEST"),
        ("training", "testing"),
        ("training_set", "test_set"),
        ("train-images", "val-images"),
        ("train2017", "val2017"),
        ("Training Data", "Testing Data"),
    ],
)
def test_splits_are_known_in_any_usual_spelling(train, test):
    found = layout(f"{train}/cat/1.png", f"{train}/dog/2.png", f"{test}/dog/3.png")

    assert found.names == {
        "train": [f"{train}/cat/1.png", f"{train}/dog/2.png"],
        "test": [f"{test}/dog/3.png"],
    }
    assert found.classes == {"train": ["cat", "dog"], "test": ["dog"]}
    assert found.class_names == ("cat", "dog")


def test_of_three_splits_val_joins_train_and_it_is_said():
    found = layout("train/cat/1.png", "valid/cat/2.png", "test/cat/3.png")

    assert found.names == {
        "train": ["train/cat/1.png", "valid/cat/2.png"],
        "test": ["test/cat/3.png"],
    }
    assert found.notes == ["splits: valid is train"]


def test_where_only_train_and_val_are_there_val_is_test_and_it_is_said():
    found = layout("train/cat/1.png", "val/cat/2.png")

    assert found.notes == ["splits: val is test"]


def test_flat_val_has_no_labels():
    found = layout("train/cat/1.png", "train/dog/2.png", "val/3.png")

    assert found.names["test"] == ["val/3.png"]
    assert found.classes == {"train": ["cat", "dog"], "test": None}


def test_images_beside_annotations_are_the_images():
    found = layout("images/cat_1.jpg", "images/dog_1.jpg", "annotations/trimaps/cat_1.png")

    assert found.names == {"": ["images/cat_1.jpg", "images/dog_1.jpg"]}
    assert found.classes == {"": None}
    assert found.passed == ["annotations/trimaps/cat_1.png"]


def test_images_beside_masks_within_splits_are_the_images():
    found = layout(
        *(f"{split}/{kind}/1.png" for split in ("train", "test") for kind in ("images", "masks"))
    )

    assert found.names == {"train": ["train/images/1.png"], "test": ["test/images/1.png"]}
    assert found.classes == {"train": None, "test": None}
    assert found.passed == ["train/masks/1.png", "test/masks/1.png"]


def test_splits_may_be_within_a_folder_of_images():
    found = layout("pets/images/train/cat/1.png", "pets/images/val/cat/2.png")

    assert found.names["test"] == ["pets/images/val/cat/2.png"]
    assert found.class_names == ("cat",)


def test_one_class_within_a_split_is_a_class():
    found = layout("train/cat/1.png", "test/cat/2.png")

    assert found.class_names == ("cat",)


def test_a_class_may_be_called_as_a_split():
    assert layout("bus/1.png", "train/2.png").class_names == ("bus", "train")


def test_a_single_folder_around_all_is_passed_over():
    assert layout("testimages/cat/1.png", "testimages/dog/1.png").class_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["my_train/1.png", "my_test/1.png"], "my_test, my_train on top look like splits"),
        (["train/1.png", "test/1.png", "extra/1.png"], "expected train, val and test alone, found"),
        (["train/1.png", "Train/2.png", "test/3.png"], "Train, train on top are one split"),
        (["val/1.png", "validation/2.png", "train/1.png"], "val, validation on top are one split"),
        (["val/1.png", "test/2.png"], "test, val on top, expected train and test, train and val"),
        (["train/1.png"], "train on top, expected train and test"),
        (["train/1.png", "test/2.png", "3.png"], "3.png: lies beside test, train"),
        (
            ["cat/train/1.png", "cat/test/2.png", "dog/train/3.png", "dog/test/4.png"],
            "cat/test/2.png: test, train inside of classes look like splits, expected the splits",
        ),
    ],
)
def test_what_looks_like_splits_and_cannot_be_used_is_refused(names, expected):
    with pytest.raises(DataError) as error:
        layout(*names)

    assert expected in str(error.value)


def test_one_class_in_two_forms_of_unicode_is_one_class_and_it_is_said():
    composed, decomposed = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))

    found = layout(f"{composed}/1.png", f"{decomposed}/2.png", "tea/3.png")

    assert found.class_names == ("café", "tea")
    assert sorted(found.classes[""]) == ["café", "café", "tea"]
    assert found.notes == [
        r"class café: 'cafe\u0301' and 'caf\xe9' are one class, spelled in two forms of Unicode"
    ]


def test_classes_that_differ_in_the_case_of_letters_are_two_and_it_is_said():
    found = layout("Cat/1.png", "cat/2.png")

    assert found.class_names == ("Cat", "cat")
    assert found.notes == ["classes Cat and cat differ in the case of letters alone"]
