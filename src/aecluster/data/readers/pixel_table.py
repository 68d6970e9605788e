"""Images as rows of numbers in a table, one column per pixel, as Kaggle's copies of MNIST.

A column `label` is the label; the others are the pixels, row by row, of a square image in gray, or
in colour one value after the other of each pixel. Without a head the first column is the label
where the number of the others is that of a square. `train.csv` and `test.csv` are splits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import isqrt

import numpy as np

from aecluster.data.files import Files, one_file
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.labels import numbered
from aecluster.data.readers.splits import WHOLE, joined_splits, split_of
from aecluster.data.readers.tables import LABELS, SUFFIXES, as_numbers, column_of, open_table
from aecluster.errors import DataError

_N_ROWS = 256


@dataclass(frozen=True)
class _Table:
    """A table: its rows, where the label is, and the shape of an image."""

    files: Files
    name: str
    has_head: bool
    label: int | None
    shape: tuple[int, ...]

    @property
    def where(self) -> str:
        return self.files.where(self.name)

    def labels(self) -> list[str]:
        """Return a label, or an empty text, per row."""
        with open_table(self.files, self.name) as rows:
            rows = islice(rows, int(self.has_head), None)
            return ["" if self.label is None else self._cells(row)[self.label] for row in rows]

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the images in blocks, as float64."""
        with open_table(self.files, self.name) as rows:
            rows = islice(rows, int(self.has_head), None)
            while some := list(islice(rows, _N_ROWS)):
                try:
                    values = np.array([self._cells(row) for row in some], dtype=np.float64)
                except ValueError as error:
                    raise DataError(f"{self.where}: {error}, expected numbers only") from None
                if self.label is not None:
                    values = np.delete(values, self.label, axis=1)
                whole = np.trunc(values)
                is_whole = np.array_equal(whole, values)
                yield (whole.astype(np.int64) if is_whole else values).reshape(-1, *self.shape)

    def _cells(self, row: list[str]) -> list[str]:
        n = int(np.prod(self.shape)) + (self.label is not None)
        if len(row) != n:
            raise DataError(
                f"{self.where}: a row of {len(row)} cells, expected {n} as in the first"
            )
        return row


@contextmanager
def open_pixel_table(request: Request) -> Iterator[Dataset]:
    """Open a table, or a folder, tar or zip with one or with one per split.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If there is no table, or its columns are not those of square images.
    """
    if request.path.is_file() and request.path.name.lower().endswith(SUFFIXES):
        yield _dataset(request, one_file(request.path))
        return
    with request.open(lambda name: name.lower().endswith(SUFFIXES)) as files:
        yield _dataset(request, files)


def _dataset(request: Request, files: Files) -> Dataset:
    by_split: dict[str, list[_Table]] = {}
    notes = []
    for name in files.names:
        if name.rpartition("/")[2].lower().startswith("sample_submission"):
            notes.append(f"passed over: {name}")
            continue
        split = split_of(name.rpartition("/")[2]) if len(files.names) > 1 else WHOLE
        by_split.setdefault(split, []).append(_table(files, name, request.label_column))
    if not by_split:
        raise DataError(f"{files.path}: no .csv or .tsv in it, expected a table of pixels")
    made_of = joined_splits(by_split, str(files.path), notes)
    tables = {
        split: [table for part in parts for table in by_split[part]]
        for split, parts in made_of.items()
    }
    labels = {
        split: [label for table in of for label in table.labels()] for split, of in tables.items()
    }
    y, class_names = numbered(
        str(files.path), {split: as_numbers(some) for split, some in labels.items()}
    )
    if WHOLE in tables:
        of, whole = tables[WHOLE], y[WHOLE]
        chosen = request.split(len(labels[WHOLE]), whole)
        splits = {
            split: ImageSplit(
                len(rows),
                partial(_blocks, request, of, rows),
                None if whole is None else whole[rows],
            )
            for split, rows in chosen.items()
        }
    else:
        splits = {
            split: ImageSplit(len(labels[split]), partial(_blocks, request, of, None), y[split])
            for split, of in tables.items()
        }
    return Dataset(splits, class_names, lambda: files.digest, notes)


def _table(files: Files, name: str, asked: str | None) -> _Table:
    where = files.where(name)
    with open_table(files, name) as rows:
        first = next(rows, [])
    has_head = not all(_is_number(cell) for cell in first)
    if has_head:
        label = column_of(where, first, LABELS, asked)
        shape = _shape(len(first) - (label is not None))
    else:
        shape = _shape(len(first) - 1)
        label = 0 if shape else None
        shape = shape or _shape(len(first))
    if not shape:
        raise DataError(
            f"{where}: {len(first)} columns, expected the pixels of a square image and perhaps a "
            "label"
        )
    return _Table(files, name, has_head, label, shape)


def _shape(n: int) -> tuple[int, ...] | None:
    """Return the shape of a square image of so many values, None if there is none."""
    for shape in ((isqrt(n), isqrt(n)), (isqrt(n // 3), isqrt(n // 3), 3)):
        if n >= 16 and np.prod(shape) == n:
            return shape
    return None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _blocks(
    request: Request, tables: list[_Table], rows: np.ndarray | None
) -> Iterator[np.ndarray]:
    start = 0
    for table in tables:
        for block in table.blocks():
            stop = start + len(block)
            if rows is not None:
                first, last = np.searchsorted(rows, (start, stop))
                block = block[rows[first:last] - start]
            if len(block):
                yield request.form.convert(block, f"{table.where}: rows {start} to {stop - 1}")
            start = stop
