"""What real writers wrote and what is read of it: the table in `docs/data.md`.

A test that reads a file of a real writer names it by `format_row`, and fails where the table has no
such row. `make formats` writes the rows of all these tests; whose writer is missing loses its row.
"""

import os
import re
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

_PAGE = Path(__file__).parents[3] / "docs" / "data.md"
_MARKED = re.compile(r"(<!-- made by `make formats`; do not edit -->\n).*?(<!-- end -->)", re.S)
_HEAD = "| writer | what was written | what is read |\n| --- | --- | --- |\n"


@pytest.fixture(scope="session")
def _written_rows() -> Iterator[list[tuple[str, str, str]] | None]:
    """The rows to write, where they shall be written."""
    if not os.environ.get("AECLUSTER_WRITE_FORMATS"):
        yield None
        return
    rows = []
    yield rows
    lines = "".join(f"| {' | '.join(row)} |\n" for row in sorted(set(rows), key=_place))
    page = _PAGE.read_text(encoding="utf-8")
    page = _MARKED.sub(lambda found: found[1] + _HEAD + lines + found[2], page)
    _PAGE.write_text(page, encoding="utf-8")


@pytest.fixture
def format_row(_written_rows) -> Callable[[str, str, str], None]:
    """Say `(writer, written, read)`: who wrote, what was written, and what is read.

    The writer is the name of a package, to which its version is added, or any other words. A row in
    the table may name another version: other versions of Python have others.
    """

    def check(writer: str, written: str, read: str) -> None:
        row = tuple(cell.replace("|", "\\|") for cell in (writer, written, read))
        if _written_rows is not None:
            _written_rows.append((f"{row[0]}{_version(writer)}", *row[1:]))
            return
        found = [cells[2] for cells in _rows() if _names(cells[0], row[0]) and cells[1] == row[1]]

        assert found == [row[2]], f"{_PAGE.name}: {row}; make formats"

    return check


def _version(package: str) -> str:
    try:
        return f" {version(package)}"
    except PackageNotFoundError:
        return ""


def _rows() -> list[tuple[str, ...]]:
    lines = _MARKED.search(_PAGE.read_text(encoding="utf-8"))[0].splitlines()[3:-1]
    return [tuple(re.split(r" (?<!\\)\| ", line[2:-2])) for line in lines]


def _names(cell: str, writer: str) -> bool:
    return re.fullmatch(rf"{re.escape(writer)}( \d[\w.+]*)?", cell) is not None


def _place(row: tuple[str, str, str]) -> tuple[str, ...]:
    return tuple(cell.lower() for cell in row)
