"""Data sets of Hugging Face: parquet files, and what `save_to_disk` writes.

Both are tables with a column of images, each a struct of `bytes` and `path`, or bytes alone, and
perhaps one of labels. The metadata `huggingface` of their schema, or a file `dataset_info.json`,
has the names of the classes::

    train-00000-of-00002.parquet   test-00000-of-00001.parquet     the names say the split
    train/data-00000-of-00001.arrow   test/…                       the folders do
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.encoded import Encoded, encoded_split
from aecluster.data.readers.labels import numbered
from aecluster.data.readers.splits import WHOLE, joined_splits, split_of
from aecluster.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

# Images are read so many at a time.
_N_ROWS = 64

# Names of columns, the likeliest first, where the metadata does not tell them.
_IMAGES = ("image", "img", "images", "jpg", "png")
_LABELS = ("label", "labels", "fine_label", "class", "target", "y")


@contextmanager
def open_huggingface(request: Request) -> Iterator[Dataset]:
    """Open a parquet file, or a folder of parquet files or of a data set on disk.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If pyarrow is missing, there are no such files, one of them is damaged, or there is no
        column of images with their bytes.
    """
    try:
        import pyarrow  # noqa: F401 - only this source needs it
    except ImportError:
        raise DataError(
            "source 'huggingface' needs pyarrow, which is missing: pip install pyarrow"
        ) from None
    path = request.path
    files = _files(path)
    schema = _Table(files[0]).schema
    features = _features(files[0], schema)
    image = _image_column(files[0], schema, features)
    label = _label_column(files[0], schema, features, request.label_column)
    notes = []
    if label is not None and request.label_column is None:
        others = [name for name, feature in features.items() if "names" in feature] or [label]
        if len(others) > 1:
            rest = ", ".join(name for name in others if name != label)
            notes.append(f"labels are those of {label}, not of {rest}; label_column chooses")
    by_split: dict[str, list[_Table]] = {}
    for file in files:
        name = str(file.relative_to(path)) if path.is_dir() else file.name
        by_split.setdefault(split_of(name), []).append(_Table(file))
    made_of = joined_splits(by_split, str(path), notes)
    tables = {
        split: [table for part in parts for table in by_split[part]]
        for split, parts in made_of.items()
    }
    labels = {
        split: None if label is None else [y for table in of for y in table.values(label)]
        for split, of in tables.items()
    }
    names = features.get(label, {}).get("names")
    y, class_names = numbered(str(path), labels, names)
    with ExitStack() as spools:
        splits = {
            split: _split(request, tables[part], image, rows, y[part], spools)
            for split, part, rows in _rows(request, tables, y)
        }
        yield Dataset(splits, class_names, partial(_digest, files), notes)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = [
        file
        for suffix in ("parquet", "arrow")
        for file in sorted(path.rglob(f"*.{suffix}"))
        # What `map` and others have computed lies beside the data.
        if not file.name.startswith(("cache-", ".", "tmp"))
    ]
    if not found:
        raise DataError(f"{path}: no .parquet or .arrow files, expected those of a data set")
    return found


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


@dataclass(frozen=True)
class _Table:
    """A parquet or arrow file."""

    path: Path

    @property
    def schema(self) -> "pa.Schema":
        with self._damage_told(), self._opened() as table:
            schema = getattr(table, "schema_arrow", None) or table.schema
            str(schema.names)  # which fails where they are no text
            return schema

    @property
    def n(self) -> int:
        """Number of rows."""
        with self._damage_told(), self._opened() as table:
            if hasattr(table, "metadata"):
                return table.metadata.num_rows
            return sum(batch.num_rows for batch in table)

    def values(self, column: str, part: str | None = None) -> Iterator[Any]:
        """Yield the values of a column, or of a part of it where it is of structs."""
        n_left = self.n
        with self._damage_told(), self._opened() as table:
            for batch in self._batches(table, f"{column}.{part}" if part else column):
                values = batch.column(column)
                # Offsets of a damaged file lead anywhere in memory.
                values.validate(full=True)
                if part:
                    values = values.field(part)
                for start in range(0, len(values), _N_ROWS):
                    yield from values.slice(start, _N_ROWS).to_pylist()
                n_left -= len(values)
        if n_left:
            raise DataError(f"{self.path}: {column} has {n_left:,} rows too few, expected all")

    def _batches(self, table: Any, column: str) -> Iterator["pa.RecordBatch"]:
        if hasattr(table, "iter_batches"):
            yield from table.iter_batches(batch_size=_N_ROWS, columns=[column])
        else:
            yield from table

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        import pyarrow as pa
        from pyarrow import parquet

        with self.path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
        if is_parquet:
            with parquet.ParquetFile(self.path) as table:
                yield table
        else:
            with pa.memory_map(str(self.path)) as file, pa.ipc.open_stream(file) as table:
                yield table

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except DataError:
            raise
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise DataError(
                f"{self.path}: damaged, or neither parquet nor Arrow's stream "
                f"({' '.join(str(error).split())})"
            ) from None


def _features(path: Path, schema: "pa.Schema") -> dict[str, dict]:
    """Return what Hugging Face says of the columns, empty where it says nothing."""
    content = (schema.metadata or {}).get(b"huggingface")
    try:
        if content is not None:
            found = json.loads(content)["info"]["features"]
        else:
            info = path.with_name("dataset_info.json")
            found = (
                json.loads(info.read_text(encoding="utf-8"))["features"] if info.is_file() else {}
            )
    except (ValueError, KeyError, TypeError):
        found = {}
    return {name: kind if isinstance(kind, dict) else {} for name, kind in (found or {}).items()}


def _image_column(path: Path, schema: "pa.Schema", features: dict[str, dict]) -> str:
    known = [name for name, kind in features.items() if kind.get("_type") == "Image"]
    known = known or [field.name for field in schema if _has_bytes(field.type)]
    known = [name for name in known if name in schema.names]
    likely = [name for name in _IMAGES if name in known]
    if len(known) == 1 or likely:
        return likely[0] if likely else known[0]
    # Names in a damaged file may have any characters.
    found = " ".join(", ".join(f"{field.name} ({field.type})" for field in schema).split())
    raise DataError(f"{path}: columns {found}, expected one of images: bytes, or bytes and path")


def _has_bytes(kind: "pa.DataType") -> bool:
    from pyarrow import types

    if types.is_struct(kind):
        return any(inner.name == "bytes" for inner in kind)
    return types.is_binary(kind) or types.is_large_binary(kind)


def _label_column(
    path: Path, schema: "pa.Schema", features: dict[str, dict], asked: str | None
) -> str | None:
    if asked is not None:
        if asked not in schema.names:
            raise DataError(
                f"{path}: columns {', '.join(schema.names)}, expected {asked!r} of "
                "dataset.label_column among them"
            )
        return asked
    classes = [name for name, kind in features.items() if kind.get("_type") == "ClassLabel"]
    known = [name for name in classes or schema.names if name in schema.names]
    likely = [name for name in _LABELS if name in known]
    return likely[0] if likely else next(iter(known if classes else []), None)


def _rows(
    request: Request, tables: dict[str, list[_Table]], y: dict[str, np.ndarray | None]
) -> Iterator[tuple[str, str, np.ndarray | None]]:
    """Yield each split, what it is a part of, and the numbers of its rows in that; None for all."""
    if WHOLE not in tables:
        for split in tables:
            yield split, split, None
        return
    labels = y[WHOLE]
    n = sum(table.n for table in tables[WHOLE])
    for split, rows in request.split(n, labels).items():
        yield split, WHOLE, rows


def _split(
    request: Request,
    tables: list[_Table],
    image: str,
    rows: np.ndarray | None,
    y: np.ndarray | None,
    spools: ExitStack,
) -> ImageSplit:
    if rows is None:
        rows = np.arange(sum(table.n for table in tables))
    kind = tables[0].schema.field(image).type
    names = []
    if any(kind.field(number).name == "path" for number in range(kind.num_fields)):
        paths = [path for table in tables for path in table.values(image, "path")]
        names = [paths[row] for row in rows]
    return encoded_split(
        request,
        partial(_images, tables, image, rows),
        None if y is None else y[rows],
        n=len(rows),
        names=names if names and all(names) else None,
        spools=spools,
    )


def _images(tables: list[_Table], image: str, rows: np.ndarray) -> Iterator[Encoded]:
    wanted = iter(rows)
    following = next(wanted, None)
    row = 0
    for table in tables:
        for value in table.values(image):
            if row == following:
                where = f"{table.path}: row {row}"
                yield where, _content(where, value)
                following = next(wanted, None)
            row += 1


def _content(where: str, value: Any) -> bytes | DataError:
    content = value.get("bytes") if isinstance(value, dict) else value
    if isinstance(content, bytes):
        return content
    if isinstance(value, dict) and value.get("path"):
        return DataError(
            f"{where}: the image is a path only ({value['path']}), expected its bytes in the file; "
            "save_to_disk puts them there"
        )
    return DataError(f"{where}: no image")
