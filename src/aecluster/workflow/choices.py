"""Whether the experiment has changed while a run goes on.

Where jobs are sent to a queue, each of them reads the experiment file when its turn comes, perhaps
hours after the run began. Jobs of one run must not be of two experiments.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from aecluster.errors import ConfigError

# What the run read when it began, handed to its jobs.
CHOICES_VARIABLE = "AECLUSTER_EXPERIMENT"


def announce_choices(experiment: Mapping[str, Any]) -> None:
    """Tell the jobs of this run which experiment it is, with all that its file leaves open.

    A workflow may use this one as several modules: all their experiments are told.
    """
    told = os.environ.get(CHOICES_VARIABLE, "")
    os.environ[CHOICES_VARIABLE] = f"{told} {_digest(experiment)}".strip()


def check_choices(experiment: Mapping[str, Any], file: str) -> None:
    """Raise a ConfigError if a job has read another experiment than its run, where that told it."""
    announced = os.environ.get(CHOICES_VARIABLE)
    if announced is not None and _digest(experiment) not in announced.split():
        raise ConfigError(
            f"{file}: has changed since the run began, nothing is computed; run again"
        )


def _digest(experiment: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(experiment, sort_keys=True).encode()).hexdigest()
