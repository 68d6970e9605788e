"""What a run of the workflow would do and why, and what it keeps, in plain words.

Snakemake knows it: a dry run lists the steps that would run with the reason of each, a dry run of
everything lists all steps. Here its words become the user's.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aecluster.records.record import flat_params

# Job 0 is the rule `all`, which does nothing itself.
_JOB = re.compile(r"^Job [1-9]\d*: (?P<title>.+)\n\s*Reason: (?P<reason>.*)$", re.MULTILINE)
_PARAMS = re.compile(r"across all output: before: (?P<before>.*?) now: (?P<now>.*?) *$")
_MOST_FILES = 2
_FOLLOWS = "a step before it runs"


@dataclass(frozen=True)
class Step:
    """A step that would run: what a user reads while it runs, and Snakemake's reason."""

    title: str
    reason: str


def read_dry_run(text: str) -> list[Step]:
    r"""Return the steps in the output of `snakemake --dry-run`, in its order.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Step

    Examples
    --------
    >>> read_dry_run("Job 1: Reading images\nReason: Missing output files: a.h5\n")
    [Step(title='Reading images', reason='Missing output files: a.h5')]
    """
    return [Step(found["title"], found["reason"]) for found in _JOB.finditer(text)]


def explain(
    scheduled: list[Step],
    everything: list[Step],
    outdated: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return what would run and why, and what is kept.

    Parameters
    ----------
    scheduled : list of Step
        What would run.
    everything : list of Step
        All steps of the experiment, whatever their reasons.
    outdated : mapping of str to str, optional
        Why records were set aside, by their paths, see `aecluster.records.outdated`.

    Returns
    -------
    str
        Several lines.
    """
    running = {step.title for step in scheduled}
    kept = [step.title for step in everything if step.title not in running]
    if not scheduled:
        return f"Nothing would run: all {len(everything)} steps are up to date."
    lines = [f"{len(scheduled)} of {len(everything)} steps would run."]
    for step in scheduled:
        lines += [
            "",
            f"  {step.title}",
            *(f"      {why}" for why in _reasons(step.reason, outdated)),
        ]
    if kept:
        lines += ["", "Kept as they are:", *(f"  {title}" for title in kept)]
    return "\n".join(lines)


def _reasons(reason: str, outdated: Mapping[str, str]) -> list[str]:
    parts = [_in_plain_words(part, outdated) for part in reason.split("; ")]
    return [*dict.fromkeys(part for part in parts if part)]


def _in_plain_words(reason: str, outdated: Mapping[str, str]) -> str:
    kind, _, rest = reason.partition(": ")
    match kind:
        case "Missing output files":
            why = [outdated[name] for name in rest.split(", ") if name in outdated]
            if not why:
                return f"its result is not there yet: {_shortened(rest)}"
            return f"changed: {why[0]}" if why[0] else _FOLLOWS
        case "Incomplete output files":
            return f"it was interrupted: {_shortened(rest)}"
        case "Updated input files":
            return f"what it reads has changed: {_shortened(rest)}"
        case "Input files updated by another job":
            return _FOLLOWS
        case "Params have changed since last execution":
            return f"changed: {_difference(rest)}"
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
            case dict():  # results of a version that has no such parts
                merged |= value
            case _:
                merged["code"] = value
    return merged
