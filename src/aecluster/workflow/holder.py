"""Which run holds the results: two that made the same files would mix theirs.

Two clones may share their results by a link or a network disk, where Snakemake's own locks, which
lie beside the program, do not meet. So a run holds a lock of the kernel on every folder of results
that it writes to. The lock ends with the process, however it ends; its file names the process and
goes with it, unless that is killed.
"""

import atexit
import getpass
import os
import re
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from aecluster.errors import AeclusterError
from aecluster.workflow.lock import try_exclusive

_NAME = ".run.lock"
# Options of Snakemake with which it makes nothing.
_LOOKING = {
    *("--dry-run", "--dryrun", "--summary", "-S", "--detailed-summary", "-D", "--dag", "--d3dag"),
    *("--rulegraph", "--filegraph", "--list", "--list-rules", "-l", "--list-target-rules", "--lt"),
    *("--list-input-changes", "--list-params-changes", "--list-code-changes", "--lint", "--report"),
    *("--list-changes", "--list-untracked", "--unlock", "--print-compilation"),
}
_DRY_RUN = re.compile(r"-[a-zA-Z]*n[a-zA-Z]*")


def only_looks(arguments: Iterable[str]) -> bool:
    """Return whether Snakemake makes nothing with some arguments.

    Examples
    --------
    >>> only_looks(["-np", "--configfile", "config/demo.yaml"]), only_looks(["--cores", "2"])
    (True, False)
    """
    return any(word in _LOOKING or _DRY_RUN.fullmatch(word) for word in arguments)


def hold(folders: Iterable[str | os.PathLike[str]]) -> None:
    """Hold folders of results as long as this process lives.

    Parameters
    ----------
    folders : iterable of path-like
        Made where they are missing.

    Raises
    ------
    AeclusterError
        If another run holds one of them, or it cannot be written to.
    """
    # In one order, so that of two runs with several folders one gets all of them.
    for folder in sorted(map(Path, folders)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = _locked(folder / _NAME)
        except OSError as error:
            raise AeclusterError(
                f"{folder}: {error.strerror}, expected a folder that can be written to"
            ) from error
        os.truncate(file, 0)
        os.pwrite(file, _myself().encode(), 0)
        atexit.register(_remove, folder / _NAME, os.getpid())


def _locked(path: Path) -> int:
    """Return a locked file, which is never closed: the lock would end with it."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _try_lock(file):
            raise AeclusterError(
                f"{path.parent}: held by another run, {_read(file)}: wait for it, or end it"
            )
        # Who held it may have removed it in between: then the lock is on no name.
        if path.exists() and os.path.samestat(path.stat(), os.fstat(file)):
            return file
        os.close(file)


def _remove(path: Path, process: int) -> None:
    # A fork of the run has its exit functions, too.
    if os.getpid() == process:
        path.unlink(missing_ok=True)


def holder_of(folders: Iterable[str | os.PathLike[str]]) -> str | None:
    """Return which other run holds one of some folders, in words, or None.

    Parameters
    ----------
    folders : iterable of path-like
    """
    for folder in folders:
        try:
            file = os.open(Path(folder) / _NAME, os.O_RDWR)
        except OSError:
            continue  # no run has ever written there, or this one may not
        try:
            if not _try_lock(file):
                return f"{folder} is held by another run, {_read(file)}"
        finally:
            os.close(file)
    return None


def _try_lock(file: int) -> bool:
    try:
        return try_exclusive(file)
    except OSError:
        return True  # a file system without such locks


def _read(file: int) -> str:
    return os.pread(file, 4096, 0).decode(errors="replace") or "which has just begun"


def _myself() -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    who = f"{getpass.getuser()}@{socket.gethostname()}"
    return f"process {os.getpid()} of {who} in {Path.cwd()}, since {began}"
