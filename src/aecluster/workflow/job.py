"""What every job of the workflow does around its one library call: log, errors, record.

`Job` takes the `snakemake` object of a script by duck typing, so that the package knows nothing of
Snakemake.
"""

import logging
import os
import platform
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, TextIO

from aecluster.errors import AeclusterError
from aecluster.records.record import (
    SUBJECT,
    File,
    Point,
    Record,
    Run,
    describe_file,
    flat_params,
    own_name,
    write_record,
)
from aecluster.workflow.sources import Sources, file_of

# The command that the user gave, handed from the workflow to its jobs.
COMMAND_VARIABLE = "AECLUSTER_COMMAND"

# Distributions whose version may change a result, by the module that a job loads.
_DISTRIBUTIONS = {
    "h5py": "h5py",
    "keras": "keras",
    "numpy": "numpy",
    "PIL": "pillow",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "tensorflow": "tensorflow",
}


class Job:
    """Run a script's body: log to file, errors of one line, and a record at the end.

    Everything that is printed, by Python or by a compiled library, goes to the job's log. Progress
    lines written to `sys.stderr` also reach the terminal, if there is one. An error that the user
    can mend reaches the terminal as one line and ends the process with code 1; the traceback
    is in the log.

    Parameters
    ----------
    snakemake : object
        The object of this name in a Snakemake script. Its wildcards `dataset`, `representation`,
        `split`, `k` and `seed`, its `params.step`, as one flat dict, and its `params.code` become
        part of the record.
    """

    def __init__(self, snakemake: Any):
        self._snakemake = snakemake
        self._script = file_of(sys.modules["__main__"].__file__)

    def __enter__(self) -> Self:
        # A terminated job must still remove its temporary files.
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, _exit_on_signal)
        self._started = time.time()
        log = Path(self._snakemake.log[0])
        terminal = os.fdopen(os.dup(2), "w", buffering=1)
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            self._log = log.open("w", buffering=1)
        except OSError as error:
            sys.exit(f"{self._snakemake.rule}: {error}")
        sys.stdout.flush()
        os.dup2(self._log.fileno(), 1)
        os.dup2(self._log.fileno(), 2)
        self._terminal = terminal
        sys.stderr = Tee(terminal, self._log)
        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        logging.getLogger("aecluster").setLevel(logging.INFO)
        params = self._snakemake.params
        try:
            self._read = _states(self._snakemake.input)
            if params.get("code") is not None:
                self._sources = Sources(self._script, params.code, params.step)
        except (AeclusterError, OSError) as error:
            self.__exit__(type(error), error, error.__traceback__)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, SystemExit):
            return
        if not isinstance(error, AeclusterError):
            traceback.print_exception(kind, error, trace, file=self._log)
        what = str(error)
        if not isinstance(error, ValueError | OSError) and not _is_of_hdf5(error):
            what = f"{kind.__name__}: {error}, a bug: see {self._log.name}"
        line = f"{self._snakemake.rule}: {' '.join(what.split())}"
        for stream in (self._log, self._terminal):
            print(line, file=stream)
        sys.exit(1)

    def record(
        self,
        *,
        metrics: dict[str, float] | None = None,
        curves: dict[str, list[Point]] | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Write the record beside the outputs; the last act of a job.

        Parameters
        ----------
        metrics : dict of str to float, optional
            Scores of the step, beside the last values of its curves.
        curves : dict of str to list of Point, optional
            Values by epoch.
        details : dict, optional
            What figures and tables need beside them, in JSON types.
        """
        self._sources.check()
        job = self._snakemake
        after = _states(job.input)
        for path, state in self._read.items():
            if after.get(path) != state:
                raise AeclusterError(
                    f"{path}: replaced while it was read, nothing is recorded; run again"
                )
        subject = {name: job.wildcards.get(name) for name in SUBJECT}
        write_record(
            job.output.record,
            Record(
                step=own_name(job.log[0]),
                **subject,
                params=flat_params(job.params.step),
                code=job.params.code,
                inputs=_files(job.input),
                outputs=_files(path for path in job.output if path != job.output.record),
                metrics={name: points[-1].value for name, points in (curves or {}).items()}
                | (metrics or {}),
                curves=curves or {},
                details=details or {},
                run=self._run(),
            ),
        )

    def _run(self) -> Run:
        finished = time.time()
        commit, dirty = _git_state(self._script.parent)
        return Run(
            started=self._started,
            finished=finished,
            wall_s=finished - self._started,
            peak_mem_mb=_peak_mem_mb(),
            asked_mem_mb=self._snakemake.resources.get("mem_mb"),
            threads=self._snakemake.threads,
            machine=_machine(),
            versions=_versions(),
            git_commit=commit,
            git_dirty=dirty,
            command=os.environ.get(COMMAND_VARIABLE),
        )


class Tee:
    """A text stream to a terminal, if it is one, and to a log without overwritten lines.

    Parameters
    ----------
    terminal, log : text file
        Where the text goes. `log` gets whole lines only, and of each the text after its last
        carriage return: the final state of a progress line.
    """

    encoding = "utf-8"

    def __init__(self, terminal: TextIO, log: TextIO):
        self._terminal = terminal
        self._log = log
        self._line = ""

    def isatty(self) -> bool:
        """Return whether progress is seen by a person."""
        return self._terminal.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the terminal, from which tqdm reads its width."""
        return self._terminal.fileno()

    def write(self, text: str) -> int:
        """Write to both; the log waits for the end of the line."""
        if self.isatty():
            self._terminal.write(text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._log.write(line.rpartition("\r")[2] + "\n")
        return len(text)

    def flush(self) -> None:
        """Flush both."""
        self._terminal.flush()
        self._log.flush()


def _is_of_hdf5(error: BaseException) -> bool:
    """Return whether an error is HDF5's about a system call, such as one on a full disk."""
    return isinstance(error, RuntimeError) and "errno = " in str(error)


def _exit_on_signal(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def _files(paths: Iterable[str]) -> dict[str, File]:
    return {str(path): describe_file(path) for path in paths if Path(path).is_file()}


def _states(paths: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Return by what one sees that a file was replaced or written to."""
    found = {str(path): os.stat(path) for path in paths}  # noqa: PTH116 - of thousands
    return {name: (there.st_ino, there.st_size, there.st_mtime_ns) for name, there in found.items()}


def _peak_mem_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says on Linux may be its parent's, from before the program was started.
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _machine() -> str:
    """Return what computed: floating-point numbers may end in other digits elsewhere."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return " ".join([platform.machine(), *models[:1]])


def _versions() -> dict[str, str]:
    loaded = {name for module, name in _DISTRIBUTIONS.items() if module in sys.modules}
    return {"python": platform.python_version()} | {
        name: metadata.version(name) for name in sorted({"aecluster", *loaded})
    }


def _git_state(folder: Path) -> tuple[str | None, bool | None]:
    """Return the commit of the workflow, wherever its results are, and whether it was changed."""
    try:
        return _git(folder, "rev-parse", "HEAD"), bool(_git(folder, "status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        # An unpacked archive of the project has no history to name.
        return None, None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
