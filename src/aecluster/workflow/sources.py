"""Whether the source code has changed while a run goes on.

A run takes the fingerprints of all steps when it begins, and a job loads the code when its turn
comes, perhaps hours later. A record must not say that a result is of code of which it is not. So a
job holds the code against the fingerprint before it computes, and again before it records.

That files have not been touched since the run began is known without reading them.
"""

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aecluster.errors import AeclusterError

# What the run saw when it began, handed to its jobs.
STATE_VARIABLE = "AECLUSTER_SOURCES"
# Where the scripts are, or the copies of them if they come from a server.
SCRIPTS_VARIABLE = "AECLUSTER_SCRIPTS"

_ROOT = Path(__file__).parents[1]
_State = dict[str, tuple[int, int]]


def state_of_sources(scripts: str | os.PathLike[str]) -> _State:
    """Return size and time, in nanoseconds since 1970, of every file of code.

    Parameters
    ----------
    scripts : path-like
        Folder of the workflow's scripts, beside the package itself.

    Returns
    -------
    dict of str to (int, int)
    """
    files = [file for folder in (_ROOT, Path(scripts)) for file in folder.rglob("*.py")]
    found = {str(file): file.stat() for file in files}
    return {name: (status.st_size, status.st_mtime_ns) for name, status in found.items()}


def announce(scripts: str | os.PathLike[str]) -> None:
    """Tell the jobs of this run what its code is like, before any fingerprint is taken."""
    scripts = Path(scripts).absolute()
    os.environ[STATE_VARIABLE] = _text(state_of_sources(scripts))
    os.environ[SCRIPTS_VARIABLE] = str(scripts)


def file_of(script: str) -> Path:
    """Return the file of a script; of its copy, where Snakemake knows it by an address."""
    path = Path(script)
    return path if path.exists() else Path(os.environ.get(SCRIPTS_VARIABLE, ""), path.name)


class Sources:
    """The code of a job, as it was when the job began.

    Parameters
    ----------
    script : path-like
        The job's script.
    code : str
        The fingerprint of its code.
    step : mapping
        What the step depends on; modules that it names are part of the fingerprint, and a user's
        file whose digest is in it has to have that digest.

    Raises
    ------
    AeclusterError
        If the code is not that of the fingerprint.
    """

    def __init__(self, script: str | os.PathLike[str], code: str, step: Mapping[str, Any]):
        self._script, self._code, self._step = Path(script), code, step
        self._state = state_of_sources(self._script.parent)
        self._loaded = _loaded()
        if _text(self._state) != os.environ.get(STATE_VARIABLE):
            self._compare()
        self._compare_own()

    def check(self) -> None:
        """Raise an AeclusterError of one line if the code has changed since the job began."""
        state = state_of_sources(self._script.parent)
        self._compare_own()
        both = {*state, *self._state}
        touched = {name for name in both if state.get(name) != self._state.get(name)}
        if not touched:
            return
        self._compare()
        # Of a file that was edited and edited back one cannot tell what was loaded in between.
        if late := touched & (_loaded() - self._loaded):
            raise _changed(sorted(late)[0])

    def _compare(self) -> None:
        # A graph of all imports takes as long as a light step.
        from aecluster.workflow.fingerprint import fingerprint, modules_named

        if fingerprint(self._script, *modules_named(self._step)) != self._code:
            raise _changed(str(self._script))

    def _compare_own(self) -> None:
        digest = self._step["watched"].get("digest")
        if digest is not None:
            from aecluster.workflow.fingerprint import own_digest

            options = self._step["options"]
            if own_digest(options) != digest:
                raise _changed(options.get("path") or options["transformer"])


def _loaded() -> set[str]:
    files = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    return {file for file in files if file}


def _changed(what: str) -> AeclusterError:
    return AeclusterError(
        f"{what}: the source code has changed since the run began, nothing is recorded; run again"
    )


def _text(state: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()
