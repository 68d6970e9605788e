"""Which records of a folder are copies, made by a person or a client that synchronizes folders.

A copy says the same as the record that it was made of, or what that one once said. Taken for a
record, it would put a second row for one result into a table, or hide the first.
"""

import os
import re
from functools import cache
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.record import read_record

# Those of the rules: `store.json`, `k10-s0.json`, `k10-s0.scores.json`, `ward-k10-s0.json`. A
# client writes `k10-s0 (conflicted copy).json`, `k10-s0.sync-conflict-20261130.json` or
# `k10-s0-laptop.json`.
_NAME = re.compile(r"(([a-z][a-z0-9_]*-)?k\d+-s\d+|[a-z_]+)(\.[a-z_]+)?\.json")
# What tracking leaves is no record: it says what stands in MLflow.
_NO_RECORD = "tracked.json"
# The record of a step on the images themselves names no representation.
_OF_IMAGES = "pixels"


def records_and_copies(results: str | os.PathLike[str]) -> tuple[list[Path], list[Path]]:
    """Return the records of a folder of results that steps have left, and the copies among them.

    Parameters
    ----------
    results : path-like

    Returns
    -------
    records, copies : list of Path
        In the order of their paths. A copy has a name that no step gives, or lies in the folder of
        another dataset or representation than its own.
    """
    results = Path(results)

    @cache
    def is_of_others(folder: Path) -> bool:
        for path in sorted(folder.rglob("*.json")):
            try:
                record = read_record(path)
            except RecordError:
                continue
            subject = record.dataset, record.representation or _OF_IMAGES
            return subject != (folder.parent.name, folder.name)
        return False

    records: list[Path] = []
    copies: list[Path] = []
    for path in sorted(results.rglob("*.json")):
        if path.name == _NO_RECORD:
            continue
        of_whom = path.relative_to(results).parts[:2]
        is_table = of_whom[-1] == path.name
        is_copy = not _NAME.fullmatch(path.name) or (
            not is_table and is_of_others(results.joinpath(*of_whom))
        )
        (copies if is_copy else records).append(path)
    return records, copies
