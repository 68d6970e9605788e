"""Tables of text, with commas, semicolons or tabs: their rows and the columns that are known."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from aecluster.data.files import Files
from aecluster.errors import DataError

SUFFIXES = (".csv", ".tsv")

_SEPARATORS = ",;\t"

# Names of columns, the likeliest first.
LABELS = ("label", "labels", "class", "class_name", "category", "target", "y", "emotion")
SPLITS = ("split", "subset", "partition", "usage")


@contextmanager
def open_table(files: Files, name: str) -> Iterator[Iterator[list[str]]]:
    """Open a table.

    Yields
    ------
    iterator of list of str
        Its rows without the empty ones, stripped of spaces around the cells.

    Raises
    ------
    DataError
        If it is no text in UTF-8, or no table.
    """
    with files.open(name) as file:
        try:
            yield _rows(file)
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(
                f"{files.where(name)}: no table in UTF-8 ({' '.join(str(error).split())})"
            ) from None


def _rows(file: BinaryIO) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    first = text.readline()
    separator = max(_SEPARATORS, key=first.count)
    text.seek(0)
    for row in csv.reader(text, delimiter=separator):
        if any(cell.strip() for cell in row):
            yield [cell.strip() for cell in row]


def column_of(
    where: str, head: Sequence[str], known: Sequence[str], asked: str | None = None
) -> int | None:
    """Return the number of a column by the name that is asked for, else by those that are known.

    Raises
    ------
    DataError
        If the table has not the column that is asked for.
    """
    if asked is not None:
        if asked not in head:
            raise DataError(
                f"{where}: columns {', '.join(head)}, expected {asked!r} of dataset.label_column "
                "among them"
            )
        return list(head).index(asked)
    lower = [name.lower() for name in head]
    return next((lower.index(name) for name in known if name in lower), None)


def as_numbers(labels: list[str]) -> list[int | None] | list[str]:
    """Return labels that are all whole numbers as such, so that 10 comes behind 9."""
    if all(label.removeprefix("-").isdecimal() for label in labels if label):
        return [int(label) if label else None for label in labels]
    return labels
