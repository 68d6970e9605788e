"""Tiny ImageNet in its official layout.

Train images are in folders of their classes; those of `val` in one folder, with a table that names
the class of each; those of `test` have no labels and are left out::

    train/n01443537/images/n01443537_0.JPEG
    val/images/val_0.JPEG     val/val_annotations.txt     name, class and a box, between tabs
    wnids.txt     words.txt     the classes; a class and its words, between tabs
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import numpy as np

from aecluster.data.files import Files
from aecluster.data.formats import read_image
from aecluster.data.readers.base import Dataset, Request
from aecluster.data.readers.encoded import Encoded, encoded_split
from aecluster.data.sources import is_image_name
from aecluster.errors import DataError

_ANNOTATIONS, _WORDS = "val_annotations.txt", "words.txt"


@contextmanager
def open_tiny_imagenet(request: Request) -> Iterator[Dataset]:
    """Open the official archive `tiny-imagenet-200.zip`, or its folder; `val` is test.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If a part is missing, or an image of `val` has no class of `train`.

    References
    ----------
    Y. Le and X. Yang, Tiny ImageNet Visual Recognition Challenge, 2015.
    """
    with request.open(_is_wanted) as files, ExitStack() as spools:
        found = {name.rpartition("/")[2]: name for name in files.names if name.endswith(".txt")}
        if _ANNOTATIONS not in found:
            raise DataError(
                f"{files.path}: {_ANNOTATIONS} not in it, expected the layout of "
                "tiny-imagenet-200.zip"
            )
        root = found[_ANNOTATIONS].removesuffix(f"val/{_ANNOTATIONS}")
        train = {
            name: name.removeprefix(f"{root}train/").split("/")[0]
            for name in files.names
            if name.startswith(f"{root}train/") and is_image_name(name)
        }
        by_name = dict(_cells(files, found[_ANNOTATIONS]))
        val = {
            name: by_name.get(name.rpartition("/")[2], "")
            for name in files.names
            if name.startswith(f"{root}val/") and is_image_name(name)
        }
        if not train or not val:
            raise DataError(
                f"{files.path}: {len(train)} images in train and {len(val)} in val, expected the "
                "layout of tiny-imagenet-200.zip"
            )
        classes = sorted(set(train.values()))
        numbers = {name: number for number, name in enumerate(classes)}
        for name, of in val.items():
            if of not in numbers:
                raise DataError(
                    f"{files.where(name)}: class {of!r} in {_ANNOTATIONS}, expected one of train"
                )
        splits = {
            split: encoded_split(
                request,
                partial(_images, files, list(of)),
                np.array([numbers[name] for name in of.values()], np.int64),
                n=len(of),
                names=list(of),
                spools=spools,
            )
            for split, of in (("train", train), ("test", val))
        }
        words = dict(_cells(files, found[_WORDS])) if _WORDS in found else {}
        notes = ["val is taken for test, since the images of test have no labels"]
        yield Dataset(splits, _names(classes, words), lambda: files.digest, notes)


def _is_wanted(name: str) -> bool:
    last = name.rpartition("/")[2]
    is_test = "/test/" in f"/{name}"
    return last in (_ANNOTATIONS, _WORDS) or (is_image_name(name) and not is_test)


def _cells(files: Files, name: str) -> Iterator[tuple[str, str]]:
    """Yield the first two cells of each line."""
    for line in files.read(name).decode(errors="backslashreplace").splitlines():
        cells = line.split("\t")
        if len(cells) > 1:
            yield cells[0], cells[1]


def _names(classes: list[str], words: dict[str, str]) -> tuple[str, ...]:
    """Return the first word of each class, with the class where others have the same."""
    first = [words.get(name, name).split(",")[0].strip() for name in classes]
    return tuple(
        word if first.count(word) == 1 else f"{word} ({name})"
        for word, name in zip(first, classes, strict=True)
    )


def _images(files: Files, names: list[str]) -> Iterator[Encoded]:
    for name in names:
        try:
            yield files.where(name), read_image(files, name)
        except DataError as error:
            yield files.where(name), error
