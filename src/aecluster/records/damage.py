"""Outputs that are not what their record says: cut short, overwritten, half copied.

Snakemake asks whether an output is there, not whether it is whole. A record holds the sizes of its
step's outputs; one that differs is set aside, so that its step runs again.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.record import File, describe_file, read_record


@dataclass(frozen=True)
class Damage:
    """A file that cannot be used, and what is wrong with it."""

    path: Path
    problem: str


def find_damage(records: Iterable[str | os.PathLike[str]]) -> list[Damage]:
    """Return the damaged files among records and what they describe.

    Missing files are no damage: Snakemake makes them again by itself.

    Parameters
    ----------
    records : iterable of path-like
        Records that may exist.

    Returns
    -------
    list of Damage
    """
    found = []
    for path in map(Path, records):
        if not path.exists():
            continue
        try:
            record = read_record(path)
        except RecordError as error:
            found.append(Damage(path, str(error)))
            continue
        for name, file in record.outputs.items():
            output = Path(name)
            if output.exists() and (problem := _problem(output, file, path)):
                found.append(Damage(output, f"{output}: {problem}"))
    return found


def _problem(output: Path, file: File, record: Path) -> str:
    """Return what is wrong with an output; empty if it is what its step wrote."""
    status = output.stat()
    if status.st_size != file.bytes:
        return f"found {status.st_size:,} bytes, expected the {file.bytes:,} that its step wrote"
    # A record is written last: what is older than it need not be read to be known.
    is_newer = status.st_mtime > record.stat().st_mtime
    if is_newer and describe_file(output).sha256 != file.sha256:
        return "found other content than its step wrote"
    return ""


def set_aside(records: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Rename damaged files to `<name>.damaged`, so that their steps run again.

    Parameters
    ----------
    records : iterable of path-like
        Records that may exist.

    Returns
    -------
    list of str
        One line for each file: what was wrong, and where it is.
    """
    lines = []
    for damage in find_damage(records):
        aside = damage.path.with_name(damage.path.name + ".damaged")
        damage.path.replace(aside)
        lines.append(f"{damage.problem}: set aside as {aside}, its step runs again")
    return lines
