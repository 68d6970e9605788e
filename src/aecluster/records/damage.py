"""Outputs that are not what their record says: cut short, overwritten, half copied.

Snakemake asks whether an output is there, not whether it is whole. A record holds the sizes of its
step's outputs; one that differs is set aside, so that its step runs again.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.record import File, is_unchanged, read_record


@dataclass(frozen=True)
class Damage:
    """A file that cannot be used, and what is wrong with it."""

    path: Path
    problem: str


def find_damage(records: Iterable[str | os.PathLike[str]]) -> list[Damage]:
    """Return the damaged files among records and what they describe.

    Copies of whole files get back the times that their records name.

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
            if not output.exists():
                continue
            if problem := _problem(output, file):
                found.append(Damage(output, f"{output}: {problem}"))
            elif file.mtime_ns not in (None, output.stat().st_mtime_ns):
                # A copy of what was written: with the time of what was copied it is known as that
                # without being read again, and Snakemake sees the order in which steps ran.
                os.utime(output, ns=(file.mtime_ns, file.mtime_ns))
    return found


def _problem(output: Path, file: File) -> str:
    """Return in what an output differs from its record; empty if it is what was written."""
    size = output.stat().st_size
    if size != file.bytes:
        return f"found {size:,} bytes, expected the {file.bytes:,} that its step wrote"
    return "" if is_unchanged(output, file) else "found other content than its step wrote"


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
