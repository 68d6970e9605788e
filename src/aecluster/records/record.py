"""The record of a step: what it did, with what, and what came out.

Every step leaves one JSON file beside its output, written last: its presence means that the output
is whole. Everything that people compare (the table of scores, the report, MLflow) is made from
records, so that none of it can cost a computed result. A record as JSON::

    step, dataset, representation, split, k, seed    what was done to what (null: does not apply,
                                                     or all of the experiment)
    params                                           all that the step depends on
    code                                             fingerprint of the code it ran
    inputs, outputs                                  {path: {bytes, sha256, mtime_ns}}
    metrics                                          {name: value}
    curves                                           {name: [{step, time, value}, ...]}
    details                                          for figures: layers, class names, sizes
    run                                              times, memory, machine, versions, commit, ...
    sha256                                           of all this: edited records are noticed
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aecluster.atomic import atomic_write
from aecluster.errors import RecordError

# The fields that say what a step was done to; those of a variant, and names of wildcards.
SUBJECT = ("dataset", "representation", "split", "k", "seed")
# Before the name of a metric that was estimated: its standard error.
STANDARD_ERROR = "se_"
# The field with the digest of the others.
_SEAL = "sha256"


class _Frozen(BaseModel):
    # JSON has no infinity, which the Dunn index may be: it is written as text.
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")


class Head(_Frozen):
    """What a record and a progress begin with: the step, and what it was done to."""

    step: str
    dataset: str | None = None
    representation: str | None = None
    split: str | None = None
    k: int | None = None
    seed: int | None = None


class File(_Frozen):
    """Size, digest and time of a file, as a step read or wrote it.

    The time, in nanoseconds since 1970, only spares reading the file: another time with the same
    digest is no change.
    """

    bytes: int
    sha256: str
    mtime_ns: int | None = None


class Point(_Frozen):
    """One point of a curve: step (the epoch), UTC time in seconds since 1970, value."""

    step: int
    time: float
    value: float


class Run(_Frozen):
    """Circumstances of a step: none is a choice, but threads, machine and versions may matter."""

    started: float
    finished: float
    wall_s: float
    peak_mem_mb: float
    asked_mem_mb: int | None = None
    threads: int
    machine: str | None = None
    versions: dict[str, str]
    git_commit: str | None
    git_dirty: bool | None
    command: str | None


class Record(Head):
    """What a step did, with what, and what came out; see the module's docstring."""

    params: dict[str, Any]
    code: str
    inputs: dict[str, File]
    outputs: dict[str, File]
    metrics: dict[str, float] = {}
    curves: dict[str, list[Point]] = {}
    details: dict[str, Any] = {}
    run: Run


def flat_params(step: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return all that a step depends on as one dict, see `aecluster.workflow.params.Params`.

    Examples
    --------
    >>> flat_params({"options": {"epochs": 5, "seed": 0}, "watched": {"method": "vae"}})
    {'method': 'vae', 'epochs': 5, 'seed': 0}
    """
    return {**step["watched"], **step["options"]}


def own_name(log: str | os.PathLike[str]) -> str:
    """Return the name of a step by the folder of its log, which is named after it.

    The name of its rule may be another one: a workflow that uses this one as a module renames it.

    Examples
    --------
    >>> own_name("elsewhere/logs/kmeans/digits.pixels.test.k10-s0.log")
    'kmeans'
    """
    return Path(log).parent.name


def curves_of(history: Iterable[Mapping[str, float | None]]) -> dict[str, list[Point]]:
    """Return the curves of a training's history.

    Parameters
    ----------
    history : iterable of mapping
        One entry per epoch: `epoch`, `time` (UTC, seconds since 1970) and any other values; None
        where there is none.

    Returns
    -------
    dict of str to list of Point

    Examples
    --------
    >>> curves_of([{"epoch": 1, "time": 9.5, "mse": 0.25, "test_mse": None}])
    {'mse': [Point(step=1, time=9.5, value=0.25)]}
    """
    curves: dict[str, list[Point]] = {}
    for entry in history:
        for name, value in entry.items():
            if name not in ("epoch", "time") and value is not None:
                point = Point(step=entry["epoch"], time=entry["time"], value=value)
                curves.setdefault(name, []).append(point)
    return curves


def describe_file(path: str | os.PathLike[str]) -> File:
    """Return size, SHA-256 and time of a file.

    Parameters
    ----------
    path : path-like
        An existing file.

    Returns
    -------
    File
    """
    with Path(path).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        status = os.fstat(file.fileno())
        return File(bytes=file.tell(), sha256=sha256, mtime_ns=status.st_mtime_ns)


def is_unchanged(path: str | os.PathLike[str], file: File) -> bool:
    """Return whether a file is as a step saw it; its bytes are read only if its time differs.

    Parameters
    ----------
    path : path-like
        An existing file.
    file : File
        What the step saw.
    """
    status = Path(path).stat()
    if status.st_size != file.bytes:
        return False
    return status.st_mtime_ns == file.mtime_ns or describe_file(path).sha256 == file.sha256


def write_record(path: str | os.PathLike[str], record: Record) -> None:
    """Write a record as JSON, whole or not at all."""
    content = json.loads(record.model_dump_json())
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps({**content, _SEAL: _sealed(content)}, indent=2) + "\n")


def read_record(path: str | os.PathLike[str]) -> Record:
    """Return the record that a step left.

    Raises
    ------
    RecordError
        If the file is missing, cut short, edited or not a record.
    """
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}, expected the record of a step") from None
    except ValueError as error:
        raise RecordError(f"{path}: not a record: the file: {error}") from None
    if not isinstance(content, dict):
        raise RecordError(f"{path}: not a record: the file: found other JSON, expected an object")
    seal = content.pop(_SEAL, None)
    try:
        record = Record.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RecordError(f"{path}: not a record: {where}: {first['msg']}") from None
    if seal != _sealed(content):
        raise RecordError(f"{path}: edited, or not whole: its content is not what its step wrote")
    return record


def _sealed(content: Mapping[str, Any]) -> str:
    """Return the digest of a record's content, however its text is laid out."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def digest(path: str | os.PathLike[str]) -> str:
    """Return the digest by which a record is known: SHA-256 of its file, shortened to 32 digits."""
    return describe_file(path).sha256[:32]
