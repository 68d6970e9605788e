"""What differs between two records: what could be the cause, then what came of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from aecluster.records.record import SUBJECT, File, Record

_ABSENT = "nothing"
# Of the metrics of a training.
_TIMES = ("wall_s",)


def difference(a: Record, b: Record) -> list[str]:
    """Return what differs between two records, causes before effects.

    Times, memory, commit and command are left out: they change from run to run and decide nothing.
    Where the step ran is a cause: other processors may give other last digits.

    Parameters
    ----------
    a, b : Record

    Returns
    -------
    list of str
        One line for each difference, `what: value in a -> value in b`. The last line is a verdict
        where the outputs disagree with the causes: the same from different causes, or different
        from the same.

    Examples
    --------
    >>> from aecluster.records.record import Run
    >>> run = Run(started=0, finished=1, wall_s=1, peak_mem_mb=1, threads=2, versions={},
    ...           git_commit=None, git_dirty=None, command=None)
    >>> a = Record(step="kmeans", dataset="toy", k=2, params={"k": 2}, code="c", inputs={},
    ...            outputs={"a.h5": File(bytes=1, sha256="0f")}, run=run)
    >>> b = a.model_copy(update={"k": 3, "params": {"k": 3}})
    >>> difference(a, b)
    ['k: 2 -> 3', 'params.k: 2 -> 3', 'outputs are the same for all that']
    """
    causes = [
        *_values("", _subject(a), _subject(b)),
        *_values("params.", a.params, b.params),
        *(["code: another fingerprint"] if a.code != b.code else []),
        *_files("inputs", a.inputs, b.inputs),
        *_values("versions.", a.run.versions, b.run.versions),
        *_values("", _place(a), _place(b)),
    ]
    effects = [
        *_files("outputs", a.outputs, b.outputs),
        *_values("metrics.", _scores(a), _scores(b)),
    ]
    if causes and not effects:
        effects = ["outputs are the same for all that"]
    if effects and not causes:
        effects.append("nothing that the step depends on differs: it is not repeatable")
    return causes + effects


def _subject(record: Record) -> dict[str, Any]:
    return {"step": record.step} | {name: getattr(record, name) for name in SUBJECT}


def _scores(record: Record) -> dict[str, float]:
    return {name: value for name, value in record.metrics.items() if name not in _TIMES}


def _place(record: Record) -> dict[str, Any]:
    return {"threads": record.run.threads, "machine": record.run.machine}


def values_that_differ(
    a: Mapping[str, Any], b: Mapping[str, Any], prefix: str = ""
) -> Iterator[str]:
    """Yield `name before -> after` for each value that differs, those of mappings one by one.

    Examples
    --------
    >>> [*values_that_differ({"k": 3, "of": {"l1": 0.1}}, {"k": 3, "of": {"l1": 0.2, "tol": 0}})]
    ['of.l1 0.1 -> 0.2', 'of.tol nothing -> 0']
    """
    for name in {**a, **b}:
        before, after = a.get(name, _ABSENT), b.get(name, _ABSENT)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from values_that_differ(before, after, f"{prefix}{name}.")
        elif before != after:
            yield f"{prefix}{name} {before} -> {after}"


def _values(prefix: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    for text in values_that_differ(a, b, prefix):
        name, _, values = text.partition(" ")
        yield f"{name}: {values}"


def _files(kind: str, a: Mapping[str, File], b: Mapping[str, File]) -> Iterator[str]:
    for path in {**a, **b}:
        before, after = a.get(path), b.get(path)
        if before is None or after is None:
            yield f"{kind}: {path} is only in the {'second' if before is None else 'first'}"
        elif before.sha256 != after.sha256:
            yield f"{kind}: {path} has other content"
