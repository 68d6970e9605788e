"""Whether a result stands: it is what its step wrote, and made of what is there.

A run sees to that for all that it is asked for. Whoever reads results beside a run, such as a table
after a run that was asked for less, has to ask.
"""

import os
from pathlib import Path

from aecluster.errors import RecordError
from aecluster.records.record import is_unchanged, read_record


def check_standing(record: str | os.PathLike[str]) -> None:
    """Raise an error unless the result that a record describes stands.

    Parameters
    ----------
    record : path-like

    Raises
    ------
    RecordError
        If the record is missing, damaged or set aside, an output is lost or not what the step
        wrote, or an input is there and not what the step read.
    """
    if not Path(record).exists():
        raise RecordError(f"{record}: not made yet, or set aside by a run: run all of it")
    found = read_record(record)
    for name, file in found.outputs.items():
        if not Path(name).exists():
            raise RecordError(f"{name}: lost, expected what {record} describes")
        if not is_unchanged(name, file):
            raise RecordError(f"{name}: other content than {record} describes")
    for name, file in found.inputs.items():
        if Path(name).exists() and not is_unchanged(name, file):
            raise RecordError(f"{record}: made of another {name} than is there, run again")
