"""The user's own images: a folder of images or of class folders, or a tar or zip of one.

What the folders say of splits and classes is read by `aecluster.data.readers.layout`. Where there
are no splits, they are drawn by a seeded fraction.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from aecluster.data.files import Files
from aecluster.data.formats import READ, looks_like_image
from aecluster.data.passed import PassedOver
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.decoding import Decoded, decoded
from aecluster.data.readers.layout import Layout, layout_of
from aecluster.data.readers.pages import pages_of
from aecluster.data.readers.raw import raw_blocks
from aecluster.data.sources import is_image_name
from aecluster.errors import DataError

# What may have labels beside images, and which source reads them.
_LABELS = {".csv": "image_table", ".tsv": "image_table", ".cls": "webdataset"}

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
        Its notes say what is passed over, and what is taken in another way than one may think.

    Raises
    ------
    DataError
        If there are no images, or their folders make no sense as splits and classes.
    """
    with request.open(is_image_name, looks_like_image) as files, ExitStack() as spools:
        if not files.names:
            raise DataError(
                f"{files.path}: no image files, expected {', '.join(READ)}"
                + "".join(f"; {line}" for line in files.passed.lines()[:1])
            )
        try:
            layout = layout_of(files.names)
        except DataError as error:
            raise DataError(f"{files.path}: {error}") from None
        for name in layout.passed:
            files.passed.add("of annotations", name)
        notes = [*layout.notes, *files.passed.lines()]
        notes += [
            f"labels in {suffix} files are not read, which source: {source} reads"
            for suffix, source in _LABELS.items()
            if any(f" of the kind {suffix}," in line for line in notes)
        ]
        if "" in layout.names:
            notes.insert(
                0, f"no splits: a part of {request.test_fraction} of the images is drawn as test"
            )
        pages = {}
        if request.pages == "all":
            layout, pages = _with_pages(files, layout)
            if pages and "" in layout.names:
                notes.append("pages of one file may be in train and in test")
        note = _Noted(notes)
        splits = {}
        for split, (names, y) in _rows(layout, request).items():
            decode = partial(decoded, files, names, request.form, request.threads, pages)
            if request.on_bad_image == "error":
                blocks = partial(_blocks, decode, request, note)
                splits[split] = ImageSplit(len(names), blocks, y, names=names)
            else:
                spool = spools.enter_context(tempfile.TemporaryFile(dir=request.scratch))
                splits[split] = _readable(files, decode, names, y, request, spool, note)
        yield Dataset(splits, layout.class_names, lambda: files.digest, notes)


def _with_pages(files: Files, layout: Layout) -> tuple[Layout, dict[str, tuple[str, int]]]:
    """Return a layout with the pages of a file in its place, and what they are pages of."""
    found, names, classes = {}, {}, {}
    for split, of_split in layout.names.items():
        pages = pages_of(files, of_split)
        found |= {page: (name, n) for name in pages for n, page in enumerate(pages[name])}
        n_each = [len(pages.get(name, [name])) for name in of_split]
        names[split] = [page for name in of_split for page in pages.get(name, [name])]
        of_files = layout.classes[split]
        classes[split] = None
        if of_files is not None:
            repeated = zip(of_files, n_each, strict=True)
            classes[split] = [one for one, n in repeated for _ in range(n)]
    return replace(layout, names=names, classes=classes), found


class _Noted:
    """Counts what is to be said of single images, and keeps one line for each kind of it."""

    def __init__(self, notes: list[str]):
        self._notes = notes
        self._first = len(notes)
        self._counted = PassedOver()
        self._seen: set[str] = set()

    def __call__(self, images: Decoded) -> None:
        """Count images; one that is read a second time does not count again."""
        for place, note in images.notes.items():
            name = images.names[place]
            if name not in self._seen:
                self._seen.add(name)
                self._counted.add(note, name)
        if images.notes:
            self._notes[self._first :] = [
                line.removeprefix("passed over: ") for line in self._counted.lines()
            ]


def _rows(layout: Layout, request: Request) -> dict[str, tuple[list[str], np.ndarray | None]]:
    """Return for each split its files and their labels."""
    numbers = {name: number for number, name in enumerate(layout.class_names)}
    rows = {}
    for split, names in layout.names.items():
        classes = layout.classes[split]
        y = None if classes is None else np.array([numbers[name] for name in classes], np.int64)
        rows[split] = (names, y)
    if "" not in rows:
        return rows
    names, y = rows[""]
    return {
        split: ([names[row] for row in chosen], None if y is None else y[chosen])
        for split, chosen in request.split(len(names), y).items()
    }


def _blocks(
    decode: Callable[[], Iterator[Decoded]], request: Request, note: Callable[[Decoded], None]
) -> Iterator[np.ndarray]:
    form = request.form
    waiting: list[np.ndarray] = []
    for images in decode():
        if images.errors:
            raise DataError(images.errors[min(images.errors)])
        note(images)
        waiting.append(images.pixels)
        # The store takes large blocks in less time than many small ones.
        if sum(map(len, waiting)) >= form.n_rows:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)


def _readable(
    files: Files,
    decode: Callable[[], Iterator[Decoded]],
    names: list[str],
    y: np.ndarray | None,
    request: Request,
    spool: BinaryIO,
    note: Callable[[Decoded], None],
) -> ImageSplit:
    """Return the images that can be read; their pixels go to `spool`, since none is read twice."""
    form = request.form
    readable: list[str] = []
    is_good = np.ones(len(names), bool)
    n_read = 0
    with tqdm(
        total=len(names), desc="check", leave=False, disable=None if request.progress else True
    ) as bar:
        for images in decode():
            note(images)
            for place, error in images.errors.items():
                if np.count_nonzero(~is_good) < _MOST_NAMED:
                    _logger.warning("skipped: %s", error)
                is_good[n_read + place] = False
            good = [place for place in range(len(images.names)) if place not in images.errors]
            readable += [images.names[place] for place in good]
            spool.write(images.pixels[good].tobytes())
            n_read += len(images.names)
            bar.update(len(images.names))
    n = len(readable)
    n_skipped = len(names) - n
    if n == 0:
        raise DataError(f"{files.where(names[0])}: cannot be read as an image, nor any other")
    if n_skipped:
        _logger.warning("skipped %d of %d images", n_skipped, len(names))

    def blocks() -> Iterator[np.ndarray]:
        spool.seek(0)
        shape = (form.size, form.size, form.n_channels)
        return raw_blocks(spool, n, shape, n_rows=form.n_rows, where=str(files.path))

    return ImageSplit(n, blocks, None if y is None else y[is_good], n_skipped, readable)
