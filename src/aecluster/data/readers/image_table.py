"""Images with a table beside them that says their labels, as competitions have them.

The table is a `.csv` or `.tsv` anywhere in the folder or archive, or several whose names say the
splits. It has a column of names of files, with or without folders and suffix, one of labels, and
perhaps one of splits; without a head the first column is the names and the second the labels.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from aecluster.data.files import Files
from aecluster.data.formats import read_image
from aecluster.data.readers.base import Dataset, Request
from aecluster.data.readers.encoded import Encoded, encoded_split
from aecluster.data.readers.labels import numbered
from aecluster.data.readers.splits import WHOLE, joined_splits, split_of
from aecluster.data.readers.tables import (
    LABELS,
    SPLITS,
    SUFFIXES,
    as_numbers,
    column_of,
    open_table,
)
from aecluster.data.sources import is_image_name
from aecluster.errors import DataError

_FILES = (
    *("filename", "file_name", "file", "image", "img", "image_id", "image_name", "id", "path"),
    *("filepath", "file_path", "image_path", "name"),
)


@dataclass(frozen=True)
class _Row:
    """What a table says of an image."""

    label: str
    split: str


@contextmanager
def open_image_table(request: Request) -> Iterator[Dataset]:
    """Open a folder, tar or zip of images and a table.

    Images that the table does not name have no label.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If there is no table or no image, a column is missing, or a name fits several images.
    """
    with (
        request.open(lambda name: is_image_name(name) or _is_table(name)) as files,
        ExitStack() as spools,
    ):
        tables = [name for name in files.names if _is_table(name)]
        images = [name for name in files.names if not _is_table(name)]
        if not tables or not images:
            raise DataError(
                f"{files.path}: {len(images)} images and {len(tables)} tables, expected images and "
                "a .csv or .tsv with their labels"
            )
        notes = files.passed.lines()
        rows = _said(files, tables, images, request.label_column, notes)
        by_split: dict[str, list[str]] = {}
        for name in images:
            by_split.setdefault(rows[name].split if name in rows else WHOLE, []).append(name)
        if len(by_split) > 1 and WHOLE in by_split:
            rest = by_split.pop(WHOLE)
            notes.append(f"passed over: {len(rest):,} images of no split, such as {rest[0]}")
        made_of = joined_splits(by_split, str(files.path), notes)
        names = {
            split: sorted(name for part in parts for name in by_split[part])
            for split, parts in made_of.items()
        }
        y, class_names = numbered(
            str(files.path),
            {
                split: as_numbers([rows[name].label if name in rows else "" for name in of])
                for split, of in names.items()
            },
        )
        if WHOLE in names:
            whole, labels = names.pop(WHOLE), y.pop(WHOLE)
            for split, chosen in request.split(len(whole), labels).items():
                names[split] = [whole[row] for row in chosen]
                y[split] = None if labels is None else labels[chosen]
        splits = {
            split: encoded_split(
                request, partial(_images, files, of), y[split], n=len(of), names=of, spools=spools
            )
            for split, of in names.items()
        }
        yield Dataset(splits, class_names, lambda: files.digest, notes)


def _is_table(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _images(files: Files, names: list[str]) -> Iterator[Encoded]:
    for name in names:
        try:
            yield files.where(name), read_image(files, name)
        except DataError as error:
            yield files.where(name), error


def _said(
    files: Files, tables: list[str], images: list[str], asked: str | None, notes: list[str]
) -> dict[str, _Row]:
    """Return what the tables say of each image that they name."""
    places: dict[str, list[str]] = {}
    for name in images:
        for key in _keys(name):
            places.setdefault(key, []).append(name)
    found: dict[str, _Row] = {}
    missing: list[str] = []
    for table in tables:
        where = files.where(table)
        split_of_table = split_of(table.rpartition("/")[2]) if len(tables) > 1 else WHOLE
        with open_table(files, table) as rows:
            head = next(rows, [])
            if not head:
                raise DataError(f"{where}: empty, expected names of images and labels")
            if _place(places, where, head[0]) is not None:
                file, label, split = 0, 1, None
                rows = (row for some in ([head], rows) for row in some)
            else:
                file, label, split = _columns(where, head, asked)
            for number, row in enumerate(rows, 2):
                if len(row) <= max(file, label):
                    raise DataError(
                        f"{where}: line {number} of {len(row)} cells, expected {len(head)}"
                    )
                name = _place(places, where, row[file])
                said = split_of_table
                if split is not None and len(row) > split:
                    said = split_of(row[split])
                if name is None:
                    missing.append(row[file])
                elif name in found and found[name] != _Row(row[label], said):
                    raise DataError(f"{where}: {row[file]} twice with other labels, expected one")
                else:
                    found[name] = _Row(row[label], said)
    if not found:
        raise DataError(
            f"{files.path}: none of the {len(missing):,} names in {', '.join(tables)} is that of "
            f"an image, such as {missing[0] if missing else 'none'}"
        )
    if missing:
        notes.append(f"{len(missing):,} rows name no image that is there, such as {missing[0]}")
    unnamed = len(images) - len(found)
    if unnamed:
        notes.append(f"{unnamed:,} of {len(images):,} images have no row and so no label")
    return found


def _columns(where: str, head: list[str], asked: str | None) -> tuple[int, int, int | None]:
    """Return the numbers of the columns of names, labels and splits."""
    file = column_of(where, head, _FILES)
    split = column_of(where, head, SPLITS)
    label = column_of(where, head, LABELS, asked)
    rest = [column for column in range(len(head)) if column not in (file, split)]
    if label is None and len(rest) == 1:
        label = rest[0]
    if file is None or label is None:
        raise DataError(
            f"{where}: columns {', '.join(head)}, expected one of names of images, as filename, "
            "and one of labels, as label, or dataset.label_column"
        )
    return file, label, split


def _keys(name: str) -> set[str]:
    """Return the ends of a name by which a table may call it, with and without the suffix."""
    parts = name.split("/")
    ends = {"/".join(parts[start:]) for start in range(len(parts))}
    return ends | {end.rpartition(".")[0] for end in ends}


def _place(places: dict[str, list[str]], where: str, said: str) -> str | None:
    """Return the image that a table calls so, None if it has none."""
    said = said.replace("\\", "/").removeprefix("./")
    parts = said.split("/")
    # Folders on the machine where the table was made may be others.
    for start in range(len(parts)):
        names = places.get("/".join(parts[start:]), [])
        if len(names) > 1:
            raise DataError(
                f"{where}: {said} may be {names[0]} or {names[1]}, expected names with folders"
            )
        if names:
            return names[0]
    return None
