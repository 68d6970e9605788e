"""Outputs that are not what their record says: cut short, overwritten, half copied.

Snakemake asks whether an output is there, not whether it is whole. A record holds the sizes of its
step's outputs; one that differs is set aside, so that its step runs again.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.record import File, Record, is_unchanged, read_record


@dataclass(frozen=True)
class Damage:
    """A file that cannot be used, what is wrong with it, and the record that describes it."""

    path: Path
    problem: str
    record: Path


def inspect(
    paths: Iterable[str | os.PathLike[str]],
    *,
    benchmark_of: Callable[[str], str | os.PathLike[str] | None] = lambda path: None,
) -> tuple[dict[str, Record], list[Damage]]:
    """Return the records that are there and whole, and what is damaged.

    Missing files are no damage, since Snakemake makes them again by itself; links to nowhere are.
    Copies of whole files get back the times that their records name.

    Parameters
    ----------
    paths : iterable of path-like
        Records that may exist.
    benchmark_of : callable, optional
        Returns the file of the times of a record's step, if it has one. Snakemake compares its time
        as that of an output, so it gets one, too.

    Returns
    -------
    records : dict of str to Record
        By their paths, without those whose outputs are damaged.
    damages : list of Damage
    """
    records, damages = {}, []
    for path in map(os.fspath, paths):
        if not os.path.exists(path):  # noqa: PTH110 - of thousands, and `Path` is slow
            continue
        try:
            record = read_record(path)
        except RecordError as error:
            damages.append(Damage(Path(path), str(error), Path(path)))
            continue
        found = [*_damages(Path(path), record)]
        damages += found
        if not found:
            records[path] = record
            _give_times_back(path, record, benchmark_of)
    return records, damages


def _damages(path: Path, record: Record) -> Iterator[Damage]:
    for name, file in record.outputs.items():
        output = Path(name)
        if not output.exists():
            # Snakemake takes the link for a file that is there, and stops when it is not.
            if output.is_symlink():
                yield Damage(output, f"{output}: a link to {output.readlink()}, not there", path)
            continue
        if not is_unchanged(output, file):
            yield Damage(output, f"{output}: {_problem(output, file)}", path)


def _give_times_back(
    path: str, record: Record, benchmark_of: Callable[[str], str | os.PathLike[str] | None]
) -> None:
    """Give copies the times of what was copied.

    By them they are known without being read again, and Snakemake, which compares times, sees the
    order in which the steps ran.
    """
    copied = {
        name: file.mtime_ns
        for name, file in record.outputs.items()
        if os.path.exists(name) and file.mtime_ns not in (None, os.stat(name).st_mtime_ns)  # noqa: PTH110, PTH116
    }
    for name, time in copied.items():
        os.utime(name, ns=(time, time))
    if not copied:
        return
    benchmark = benchmark_of(path)
    for name in (path, benchmark):
        if name is not None and os.path.exists(name):  # noqa: PTH110
            os.utime(name, (record.run.finished, record.run.finished))


def _problem(output: Path, file: File) -> str:
    """Return in what an output differs from its record."""
    size = output.stat().st_size
    if size != file.bytes:
        return f"found {size:,} bytes, expected the {file.bytes:,} that its step wrote"
    return "found other content than its step wrote"


def set_aside(damages: Iterable[Damage]) -> list[str]:
    """Rename damaged files and their records to `<name>.damaged`, so that their steps run again.

    Parameters
    ----------
    damages : iterable of Damage

    Returns
    -------
    list of str
        One line for each file: what was wrong, and where it is.
    """
    lines = []
    for damage in damages:
        aside = _aside(damage.path)
        damage.path.replace(aside)
        # That of two damaged files is gone with the first, and that of itself just now.
        if damage.record.exists():
            damage.record.replace(_aside(damage.record))
        lines.append(f"{damage.problem}: set aside as {aside}, its step runs again")
    return lines


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ".damaged")
