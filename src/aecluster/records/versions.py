"""Versions of what computes: those that records name, and those that are installed.

Another version may give other last digits, so that results of both do not belong into one table
unsaid. The package's own code is no matter of versions: it has a fingerprint.
"""

import platform
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import metadata

from aecluster.records.record import Record

_OWN = "aecluster"


@cache
def installed(name: str) -> str | None:
    """Return the version of a distribution, or of Python by the name `python`, that is here."""
    if name == "python":
        return platform.python_version()
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def other_versions(record: Record) -> list[str]:
    """Return what the step of a record ran with and is here in another version.

    Returns
    -------
    list of str
        `name version -> version that is here`.
    """
    return [
        f"{name} {version} -> {installed(name) or 'none'}"
        for name, version in record.run.versions.items()
        if name != _OWN and version != installed(name)
    ]


def side_by_side(records: Iterable[Record]) -> list[str]:
    """Return what results that stand in one table were made by, where that is not one and the same.

    Parameters
    ----------
    records : iterable of Record
        Those that led to the results.

    Returns
    -------
    list of str
        One line per package of several versions, with the number of results of each, and one per
        step whose source code was not the same.
    """
    versions: dict[str, Counter] = defaultdict(Counter)
    codes: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for record in records:
        for name, version in record.run.versions.items():
            versions[name][version] += 1
        # The code of a method is part of the fingerprint.
        codes[record.step, str(record.params.get("made_by", ""))][record.code] += 1
    versions.pop(_OWN, None)
    return [
        f"{name} {', '.join(f'{version} ({n:,})' for version, n in sorted(found.items()))}"
        for name, found in sorted(versions.items())
        if len(found) > 1
    ] + [
        f"{len(found)} states of the source code of {step}{f', {made_by}' if made_by else ''}"
        for (step, made_by), found in sorted(codes.items())
        if len(found) > 1
    ]


def in_lines(records: Iterable[Record]) -> list[str]:
    """Return a line per version that is not the one that is here, with the number of its results.

    Parameters
    ----------
    records : iterable of Record

    Returns
    -------
    list of str
    """
    counts = Counter(text for record in records for text in other_versions(record))
    return [
        f"{n:,} {'result is' if n == 1 else 'results are'} kept that another version made: {text}; "
        "`rerun_on_new_versions: true` makes them anew"
        for text, n in counts.items()
    ]
