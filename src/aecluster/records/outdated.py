"""Records that are not of what is wanted: of other parameters, other code, or other inputs.

Snakemake remembers what it ran with in a folder of its own, which may be lost, and compares times
of files, which copies change. A record holds parameters, code and the digests of what its step read
and wrote. So before a run every record is held against what its step would do. One that does not
agree is set aside, as ``<name>.outdated``, so that its step runs again; it is put back when it
agrees again and its outputs are still there, as after a change that was taken back.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aecluster.errors import RecordError
from aecluster.records.difference import values_that_differ
from aecluster.records.record import File, Record, is_unchanged, read_record

# Names the file that `tell` writes.
REASONS_VARIABLE = "AECLUSTER_REASONS"
_SUFFIX = ".outdated"
# Files of a group that a line names.
_MOST_NAMED = 2


@dataclass(frozen=True)
class Wanted:
    """What the step of a record would be run with.

    Attributes
    ----------
    params : mapping
        All that the step depends on, flat as in a record.
    code : str
        Fingerprint of its code.
    subject : mapping
        Fields of the record that say which step was done to what. A record that was copied from
        elsewhere has others, and its parameters may be the same.
    """

    params: Mapping[str, Any]
    code: str
    subject: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outdated:
    """A record that is not of what is wanted, and in what it differs, in plain words.

    The reason is empty where it is of what is wanted, but a result that it follows from is not.
    """

    record: Path
    reason: str


def find_outdated(
    records: Mapping[str, Record],
    wanted: Mapping[str, Callable[[], Wanted]],
    *,
    differs: Callable[[Record], str] | None = None,
) -> list[Outdated]:
    """Return the records that are not of what is wanted.

    Parameters
    ----------
    records : mapping of str to Record
        Those that are there and whole, by their paths, see `aecluster.records.damage.inspect`.
    wanted : mapping of str to callable
        By the paths of all records of an experiment: returns what the record's step would be run
        with.
    differs : callable, optional
        Returns a further reason to make the result of a record anew, or an empty text.

    Returns
    -------
    list of Outdated
        Also of what follows from a record that is outdated, or is not there: Snakemake makes what
        is missing for those steps only that run.
    """
    wants = {path: wanted[path]() for path in records}
    at_home = {path: record for path, record in records.items() if _is_of(record, wants[path])}
    written = {name: file for record in at_home.values() for name, file in record.outputs.items()}
    outdated = []
    for path, record in records.items():
        reasons = _changes(record, wants[path])
        reasons += [f"{name} is lost" for name in record.outputs if not Path(name).exists()]
        reasons += _other_inputs(record, written)
        if differs and (other := differs(record)):
            reasons.append(other)
        if reasons:
            outdated.append(Outdated(Path(path), ", ".join(reasons)))
    return outdated + _followers(at_home, wanted, outdated)


def _followers(
    records: Mapping[str, Record], wanted: Iterable[str], outdated: Iterable[Outdated]
) -> list[Outdated]:
    """Return the records that follow from records that are outdated or missing, one by one."""
    standing = dict(records)
    # A record that was copied from elsewhere is as good as missing: its outputs are others'.
    gone = {path for path in wanted if path not in records}
    for path in [str(found.record) for found in outdated if str(found.record) in standing]:
        gone |= {path, *standing.pop(path).outputs}
    followers = []
    while found := [
        path for path, record in standing.items() if not gone.isdisjoint(record.inputs)
    ]:
        for path in found:
            gone |= {path, *standing.pop(path).outputs}
        followers += [Outdated(Path(path), "") for path in found]
    return followers


def set_aside(outdated: Iterable[Outdated]) -> None:
    """Rename outdated records to ``<name>.outdated``, so that their steps run again."""
    for found in outdated:
        found.record.replace(_aside(found.record))


def put_back(wanted: Mapping[str, Callable[[], Wanted]]) -> list[Outdated]:
    """Give records back their names that were set aside and are of what is wanted again.

    What was set aside beside a record that is there is removed: its outputs are gone.

    Parameters
    ----------
    wanted : mapping
        As for `find_outdated`.

    Returns
    -------
    list of Outdated
        What stays aside.
    """
    outdated = []
    for name, want in wanted.items():
        if not os.path.exists(name + _SUFFIX):  # noqa: PTH110 - of thousands, and `Path` is slow
            continue
        path = Path(name)
        aside = _aside(path)
        if path.exists():
            aside.unlink()
            continue
        try:
            record = read_record(aside)
        except RecordError:
            continue  # its step runs again, as without it
        reasons = _changes(record, want())
        reasons += [f"{output} is lost" for output, file in record.outputs.items()
                    if not (Path(output).exists() and is_unchanged(output, file))]  # fmt: skip
        if reasons:
            outdated.append(Outdated(path, ", ".join(reasons)))
        else:
            aside.replace(path)
    return outdated


def in_lines(outdated: Iterable[Outdated]) -> list[str]:
    """Return a line per reason, with the records that it holds for.

    Examples
    --------
    >>> in_lines([Outdated(Path("a.json"), "k 2 -> 3"), Outdated(Path("b.json"), "k 2 -> 3")])
    ['a.json, b.json: changed: k 2 -> 3: made again']
    """
    by_reason: dict[str, list[str]] = {}
    for found in outdated:
        if not found.reason:
            continue  # said of what it follows from
        by_reason.setdefault(found.reason, []).append(str(found.record))
    return [
        f"{', '.join(names[:_MOST_NAMED])}"
        f"{f' and {len(names) - _MOST_NAMED:,} more' if len(names) > _MOST_NAMED else ''}"
        f": changed: {reason}: made again"
        for reason, names in by_reason.items()
    ]


def tell(outdated: Iterable[Outdated]) -> None:
    """Write the reasons to the file that the environment names, for who asked for a dry run."""
    path = os.environ.get(REASONS_VARIABLE)
    if path:
        reasons = {str(found.record): found.reason for found in outdated}
        Path(path).write_text(json.dumps(reasons))


def _aside(record: Path) -> Path:
    return record.with_name(record.name + _SUFFIX)


def _is_of(record: Record, wanted: Wanted) -> bool:
    """Return whether a record is of the step that leaves it where it lies."""
    return all(getattr(record, name) == value for name, value in wanted.subject.items())


def _changes(record: Record, wanted: Wanted) -> list[str]:
    found = {name: getattr(record, name) for name in wanted.subject}
    changes = [*values_that_differ(found, wanted.subject)]
    changes += values_that_differ(record.params, wanted.params)
    return changes + (["its source code"] if record.code != wanted.code else [])


def _other_inputs(record: Record, written: Mapping[str, File]) -> list[str]:
    """Return which inputs are not what the step read, by the records or by the files."""
    changed = []
    for name, file in record.inputs.items():
        if name in written:
            is_same = written[name].sha256 == file.sha256
        elif Path(name).exists():
            is_same = is_unchanged(name, file)
        else:
            continue  # it is being made anew, or has been deleted after it was read
        if not is_same:
            changed.append(f"{name} has other content")
    return changed
