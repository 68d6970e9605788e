"""The user's own images: a folder of images or of class folders, or a tar or zip of one.

The splits are the folders `train` and `test` on top, or drawn by a seeded fraction::

    train/cat/1.png   test/cat/7.png        split and classes
    train/1.png       test/7.png            split, no classes
    cat/1.png         dog/2.png             classes
    1.png             2.png                 neither

A folder that wraps all others is passed over.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from aecluster.data.files import Files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request, parts
from aecluster.data.readers.raw import raw_blocks
from aecluster.data.sources import is_image_name
from aecluster.errors import DataError

_SPLITS = ("train", "test")

# So many images that are skipped are named in the log.
_MOST_NAMED = 20

_logger = logging.getLogger(__name__)


@contextmanager
def open_images(request: Request) -> Iterator[Dataset]:
    """Open a folder, tar or zip of images.

    Rows come in the order of the names; classes are numbered in the order of theirs.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If there are no images, or their folders are neither of the layouts above.
    """
    with request.open(is_image_name) as files, ExitStack() as spools:
        if not files.names:
            raise DataError(f"{files.path}: no image files, expected PNG, JPEG, WebP, BMP or TIFF")
        class_names, rows = _layout(files, request)
        splits = {}
        for split, (names, y) in rows.items():
            if request.on_bad_image == "error":
                blocks = partial(_blocks, files, names, request.form)
                splits[split] = ImageSplit(len(names), blocks, y, names=names)
            else:
                spool = spools.enter_context(tempfile.TemporaryFile(dir=request.scratch))
                splits[split] = _readable(files, names, y, request, spool)
        yield Dataset(splits, class_names, files.digest)


def _blocks(files: Files, names: list[str], form: PixelForm) -> Iterator[np.ndarray]:
    for some in parts(names, form.n_rows):
        yield np.stack([form.decode(files.read(name), files.where(name)) for name in some])


def _readable(
    files: Files, names: list[str], y: np.ndarray | None, request: Request, spool: BinaryIO
) -> ImageSplit:
    """Return the images that can be read; their pixels go to `spool`, since none is read twice."""
    form = request.form
    is_good = np.ones(len(names), bool)
    n_skipped = 0
    for row, name in enumerate(
        tqdm(names, "check", leave=False, disable=None if request.progress else True)
    ):
        try:
            pixels = form.decode(files.read(name), files.where(name))
        except DataError as error:
            is_good[row] = False
            n_skipped += 1
            if n_skipped <= _MOST_NAMED:
                _logger.warning("skipped: %s", error)
        else:
            spool.write(pixels)
    n = len(names) - n_skipped
    if n == 0:
        raise DataError(f"{files.where(names[0])}: cannot be read as an image, nor any other")
    if n_skipped:
        _logger.warning("skipped %d of %d images", n_skipped, len(names))

    def blocks() -> Iterator[np.ndarray]:
        spool.seek(0)
        shape = (form.size, form.size, form.n_channels)
        return raw_blocks(spool, n, shape, n_rows=form.n_rows, where=str(files.path))

    readable = [name for name, good in zip(names, is_good, strict=True) if good]
    return ImageSplit(n, blocks, None if y is None else y[is_good], n_skipped, readable)


def _layout(
    files: Files, request: Request
) -> tuple[tuple[str, ...], dict[str, tuple[list[str], np.ndarray | None]]]:
    """Return the class names and, for each split, its files and their labels."""
    folders = _without_wrapper([name.split("/")[:-1] for name in files.names])
    named = dict(zip(files.names, folders, strict=True))
    tops = sorted({folder[0] for folder in folders if folder})
    if tops and (set(tops) <= set(_SPLITS) or set(tops) >= set(_SPLITS)):
        by_split = _split_by_folder(files, named, tops)
        class_names = _class_names(folder[1:] for folder in folders)
        return class_names, {
            split: (names, _labels(files, names, [named[name][1:] for name in names], class_names))
            for split, names in by_split.items()
        }
    class_names = _class_names(folders)
    y = _labels(files, list(files.names), folders, class_names)
    return class_names, {
        split: ([files.names[row] for row in rows], None if y is None else y[rows])
        for split, rows in request.split(len(folders), y).items()
    }


def _without_wrapper(folders: list[list[str]]) -> list[list[str]]:
    while all(folders) and len({folder[0] for folder in folders}) == 1:
        if folders[0][0] in _SPLITS:
            break
        folders = [folder[1:] for folder in folders]
    return folders


def _split_by_folder(
    files: Files, named: dict[str, list[str]], tops: list[str]
) -> dict[str, list[str]]:
    for name, folder in named.items():
        if not folder or tuple(tops) != tuple(sorted(_SPLITS)):
            found = f"{', '.join(tops)} on top" if folder else "lies beside train and test"
            where = str(files.path) if folder else files.where(name)
            raise DataError(f"{where}: {found}, expected all images in train and test")
    return {
        split: [name for name, folder in named.items() if folder[0] == split] for split in _SPLITS
    }


def _class_names(folders: Iterable[list[str]]) -> tuple[str, ...]:
    return tuple(sorted({folder[0] for folder in folders if folder}))


def _labels(
    files: Files, names: list[str], folders: list[list[str]], class_names: tuple[str, ...]
) -> np.ndarray | None:
    """Return the number of each file's class, or None if none of the files is in a class folder."""
    if not any(folders):
        return None
    for name, folder in zip(names, folders, strict=True):
        if not folder:
            raise DataError(
                f"{files.where(name)}: lies beside class folders, expected it in one of them"
            )
    numbers = {name: number for number, name in enumerate(class_names)}
    return np.array([numbers[folder[0]] for folder in folders], dtype=np.int64)
