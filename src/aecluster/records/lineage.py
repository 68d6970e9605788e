"""Records, and which of them led to which, by the content of the files they read and wrote."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.copies import records_and_copies
from aecluster.records.progress import Progress
from aecluster.records.record import SUBJECT, File, Record, digest, read_record

# What drawings show, of the steps that are done to the same subject: a clustering, or how a
# representation came about, which is by one of the two others.
_SHOWN_BY_DRAWINGS = ("kmeans", "train", "transform")
# To which `digest` shortens the digest of a file.
_N_DIGITS = 32


@dataclass(frozen=True)
class Entry:
    """A record with the digest by which it is known."""

    digest: str
    record: Record

    @property
    def subject(self) -> tuple[object, ...]:
        """What the step was done to, see `subject_of`."""
        return subject_of(self.record)


def is_drawing(record: Record) -> bool:
    """Return whether a step draws what another one made, which has the same subject."""
    return record.step.startswith("plot_")


def subject_of(step: Record | Progress) -> tuple[object, ...]:
    """Return what a step was done to, in the order of `SUBJECT`, and by which clusterer."""
    return (*(getattr(step, name) for name in SUBJECT), clusterer_of(step))


def clusterer_of(step: Record | Progress) -> str | None:
    """Return the name of the clusterer beside K-Means that a step is of, if it is of one."""
    return step.params.get("clusterer")


class Lineage:
    """All records of an experiment.

    Parameters
    ----------
    paths : iterable of path-like
        The records' files, in any order; a path that comes twice counts once.
    is_growing : bool, default False
        Whether steps are running that make some of the records anew; those are missing meanwhile.

    Attributes
    ----------
    entries : list of Entry

    Raises
    ------
    RecordError
        If a record is cut short, not a record or, unless they grow, missing.
    """

    def __init__(self, paths: Iterable[str | os.PathLike[str]], *, is_growing: bool = False):
        self._is_growing = is_growing
        unique = dict.fromkeys(Path(path) for path in paths)
        self._awaited = {path for path in unique if is_growing and not path.exists()}
        self.entries = [
            Entry(digest(path), read_record(path)) for path in unique if path not in self._awaited
        ]

    def chain(self, entry: Entry) -> list[Entry] | None:
        """Return the records that led to one, the first step first and itself last.

        Returns
        -------
        list of Entry, or None
            None if a file that it or one before it read has been made anew since: what it says no
            longer follows from the others. While records grow, None also if the file is being made
            anew, or was with the same content: the step that read it is about to run again.
        """
        chain: dict[str, Entry] = {}
        return list(chain.values()) if self._collect(entry, chain) else None

    def has(self, files: Iterable[File]) -> bool:
        """Return whether all files, as a step read them, are records that are here."""
        known = {entry.digest for entry in self.entries}
        return all(file.sha256[:_N_DIGITS] in known for file in files)

    def pictures(self, entry: Entry) -> Iterator[tuple[Path, str]]:
        """Yield path and SHA-256 of the pictures that were drawn of a step's result."""
        if entry.record.step not in _SHOWN_BY_DRAWINGS:
            return
        for drawing in self._drawings.get(entry.subject, ()):
            for name, file in drawing.record.outputs.items():
                if Path(name).is_file():
                    yield Path(name), file.sha256

    def _collect(self, entry: Entry, chain: dict[str, Entry]) -> bool:
        for name, file in entry.record.inputs.items():
            if name not in self._producers:
                # A record has the name of its step's output.
                if Path(name).with_suffix(".json") in self._awaited:
                    return False
                continue
            producer = self._producers[name]
            if producer.record.outputs[name].sha256 != file.sha256:
                return False
            if self._is_growing and producer.record.run.finished > entry.record.run.finished:
                return False
            if producer.digest not in chain and not self._collect(producer, chain):
                return False
        chain[entry.digest] = entry
        return True

    @cached_property
    def _producers(self) -> dict[str, Entry]:
        return {name: entry for entry in self.entries for name in entry.record.outputs}

    @cached_property
    def _drawings(self) -> dict[tuple[object, ...], list[Entry]]:
        drawings: dict[tuple[object, ...], list[Entry]] = {}
        for entry in self.entries:
            if is_drawing(entry.record):
                drawings.setdefault(entry.subject, []).append(entry)
        return drawings


def records_behind(path: str | os.PathLike[str]) -> list[Path]:
    """Return the records that a table was made of, in its order, as they were then.

    Parameters
    ----------
    path : path-like
        The table's own record, which is not among them.

    Raises
    ------
    RecordError
        If a record is missing, or the table's is cut short or not a record, or another one has
        another content than was read.
    """
    inputs = read_record(path).inputs
    for name, file in inputs.items():
        if not Path(name).exists():
            raise RecordError(f"{name}: No such file or directory, expected the record of a step")
        if digest(name) != file.sha256[:_N_DIGITS]:
            raise RecordError(f"{name}: found another content than {path} is of, run again")
    return [Path(name) for name in inputs]


def lineage_in(results: str | os.PathLike[str]) -> Lineage:
    """Return all records of a folder of results but those of tables, without copies of them.

    Raises
    ------
    RecordError
        If a record is cut short or not a record.
    """
    records, _ = records_and_copies(results)
    return Lineage(path for path in records if path.parent.parent != Path(results))
