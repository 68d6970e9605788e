"""What a run of the workflow would do and why, how long it takes, and what it keeps.

Snakemake knows it: a dry run lists the steps that would run with the reason of each, a dry run of
everything lists all steps. Here its words become the user's.
"""

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from aecluster.records.record import flat_params
from aecluster.workflow.progress import in_words

_PARAMS = re.compile(r"across all output: before: (?P<before>.*?) now: (?P<now>.*?) *$")
_FINGERPRINT = re.compile("[0-9a-f]{32}")
_MOST_FILES = 2
_FOLLOWS = "a step before it runs"
_MOST_ALIKE = 3


@dataclass(frozen=True)
class Step:
    """A step of a dry run.

    Parameters
    ----------
    rule : str
        Name of its rule.
    title : str
        What a user reads while it runs.
    reason : str
        Why it runs, in Snakemake's words.
    benchmark : str
        File in which the step leaves its time, or an empty string.
    threads : int
        How many it may use.
    """

    rule: str
    title: str
    reason: str
    benchmark: str = ""
    threads: int = 1


def write_steps(path: str | os.PathLike[str], steps: Sequence[Step]) -> None:
    """Write the steps of a dry run to a JSON file, for `read_steps`."""
    Path(path).write_text(json.dumps([asdict(step) for step in steps]))


def read_steps(path: str | os.PathLike[str]) -> list[Step]:
    """Return the steps that a dry run wrote to a file, in its order."""
    return [Step(**step) for step in json.loads(Path(path).read_text())]


def explain(
    scheduled: Sequence[Step],
    everything: Sequence[Step],
    outdated: Mapping[str, str] = MappingProxyType({}),
    *,
    seconds: Callable[[Step], float | None] = lambda step: None,
    list_all: bool = False,
) -> str:
    """Return what would run and why, how long that takes, and what is kept.

    Parameters
    ----------
    scheduled : sequence of Step
        What would run.
    everything : sequence of Step
        All steps of the experiment, whatever their reasons.
    outdated : mapping of str to str, optional
        Why records were set aside, by their paths, see `aecluster.records.outdated`.
    seconds : callable, optional
        What a step takes, or None where that is not known.
    list_all : bool, default False
        Name every step. Otherwise kept steps are counts per rule, and of many steps of one rule
        that run for the same reasons only the first is named.

    Returns
    -------
    str
        Several lines.
    """
    if not scheduled:
        return f"Nothing would run: all {len(everything)} steps are up to date."
    lines = [f"{len(scheduled)} of {len(everything)} steps would run{_time(scheduled, seconds)}."]
    alike: dict[tuple[object, ...], list[Step]] = {}
    for place, step in enumerate(scheduled):
        reasons = tuple(_reasons(step.reason, outdated))
        alike.setdefault((step.rule, reasons, place if list_all else 0), []).append(step)
    for (_, reasons, _), steps in alike.items():
        named = steps if len(steps) <= _MOST_ALIKE else steps[:1]
        titles = [step.title for step in named]
        if len(steps) > len(named):
            titles[0] += f", and {len(steps) - 1:,} more like it"
        lines += ["", *(f"  {title}" for title in titles), *(f"      {why}" for why in reasons)]
    running = {step.title for step in scheduled}
    kept = [step for step in everything if step.title not in running]
    if kept and list_all:
        lines += ["", "Kept as they are:", *(f"  {step.title}" for step in kept)]
    elif kept:
        counts = Counter(step.rule for step in kept)
        listed = ", ".join(f"{n:,} {rule}" for rule, n in counts.items())
        lines += ["", f"Kept as they are: {listed} (--all lists them)."]
    return "\n".join(lines)


def _time(scheduled: Sequence[Step], seconds: Callable[[Step], float | None]) -> str:
    known = [taken for step in scheduled if (taken := seconds(step)) is not None]
    if not known:
        return ""
    new = len(scheduled) - len(known)
    besides = f", besides {new:,} that never ran here" if new else ""
    return f", in about {in_words(sum(known))} by the times of earlier runs{besides}"


def _reasons(reason: str, outdated: Mapping[str, str]) -> list[str]:
    parts = [_in_plain_words(part, outdated) for part in reason.split("; ")]
    return [*dict.fromkeys(part for part in parts if part)]


def _in_plain_words(reason: str, outdated: Mapping[str, str]) -> str:
    kind, _, rest = reason.partition(": ")
    match kind:
        case "Missing output files":
            why = [outdated[name] for name in rest.split(", ") if name in outdated]
            if not why:
                return "its result is not there yet"
            return f"changed: {why[0]}" if why[0] else _FOLLOWS
        case "Incomplete output files":
            return f"it was interrupted: {_shortened(rest)}"
        case "Updated input files":
            return f"what it reads has changed: {_shortened(rest)}"
        case "Input files updated by another job":
            return _FOLLOWS
        case "Params have changed since last execution":
            return f"changed: {_difference(rest)}"
        case "Forced execution":
            return "it was asked for (--force, --forcerun or --forceall)"
        case _:
            return reason


def _shortened(files: str) -> str:
    names = sorted(files.split(", "))
    more = f" and {len(names) - _MOST_FILES} more" if len(names) > _MOST_FILES else ""
    return ", ".join(names[:_MOST_FILES]) + more


def _difference(text: str) -> str:
    """Return what differs before and now: parameters with both values, or the source code."""
    sides = _PARAMS.search(text)
    try:
        before, now = (_parameters(sides[side]) for side in ("before", "now"))
    except (TypeError, SyntaxError, ValueError):
        return text  # Snakemake's own words say it too
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(
        "its source code" if name == "code" else f"{name} {before.get(name)} -> {now.get(name)}"
        for name in names
    )


def _parameters(side: str) -> dict[str, object]:
    """Return what a step depends on by name, and the fingerprint of its source code as `code`."""
    if side == "<nothing exclusive>":
        return {}
    merged: dict[str, object] = {}
    for value in ast.literal_eval(f"[{side}]"):
        match value:
            case {"options": _, "watched": _}:
                merged |= flat_params(value)
            case str() if _FINGERPRINT.fullmatch(value):
                merged["code"] = value
            case _:
                raise ValueError(f"found {value!r}, expected what a step of this workflow has")
    return merged
