"""The progress of a running step: one JSON line when it starts, one more per epoch.

Whoever wants to see a training while it runs reads the file; the training neither knows nor waits.
It is a log and no output: Snakemake keeps it, and a line that cannot be written costs nothing::

    {"step": "train", "dataset": ..., "seed": ..., "params": ..., "started": ...}
    {"epoch": 1, "loss": 0.12, "mse": 0.11, "test_mse": 0.1, "wall_s": 0.4, "time": 1700000000.0}
"""

import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aecluster.records.record import SUBJECT, Head, flat_params, own_name

_LOG = logging.getLogger(__name__)


class Progress(Head):
    """What a running step has told so far; `started` in UTC seconds since 1970."""

    params: dict[str, Any]
    started: float
    history: list[dict[str, float | None]]


class ProgressWriter:
    """Write the progress of a job; call it with each entry of the history.

    Parameters
    ----------
    snakemake : object
        The object of this name in a Snakemake script, whose log `progress` is the file.
    """

    def __init__(self, snakemake: Any):
        self._path = Path(snakemake.log.progress)
        self._is_broken = False
        subject = {name: snakemake.wildcards.get(name) for name in SUBJECT}
        params = flat_params(snakemake.params.step)
        head = {"step": own_name(self._path), **subject, "params": params}
        self._write("w", {**head, "started": time.time()})

    def __call__(self, entry: Mapping[str, float | None]) -> None:
        """Add an entry of the history."""
        self._write("a", entry)

    def _write(self, mode: str, line: Mapping[str, Any]) -> None:
        if self._is_broken:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open(mode) as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            # A gap in the middle would be worse than an end.
            self._is_broken = True
            _LOG.warning("%s: %s, the training goes on unseen", self._path, error.strerror)


def read_progress(path: str | os.PathLike[str]) -> Progress | None:
    """Return what a step has told so far.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Progress or None
        None without a file of this kind. A last line that is half written is left out.
    """
    try:
        head, *history = Path(path).read_text().split("\n")[:-1]
        return Progress(**json.loads(head), history=[json.loads(line) for line in history])
    except (OSError, ValueError, TypeError, ValidationError):
        return None
