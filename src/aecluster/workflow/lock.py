"""Snakemake's locks of files: which of them a killed run left behind.

Snakemake locks files by notes under `.snakemake/locks`, and a run that is killed leaves its notes
behind. So every run also holds a lock of the kernel, which ends with its process, however it ends.
"""

import fcntl
import os
import shutil
import socket
from pathlib import Path

from aecluster.errors import AeclusterError


def release_stale(notes: str | os.PathLike[str] = ".snakemake") -> list[str]:
    """Hold a lock as long as this process lives, and remove Snakemake's if nobody holds any.

    Several runs may hold it: whether they get in each other's way is for Snakemake to say.
    A lock that was left on another machine stays, since not every file system that machines
    share tells one of them what another one holds.

    Parameters
    ----------
    notes : path-like
        The folder of Snakemake's own notes.

    Returns
    -------
    list of str
        One line if there are locks, and who left them.

    Raises
    ------
    AeclusterError
        If the folder cannot be written to.
    """
    notes = Path(notes)
    locks = notes / "locks"
    is_locked = locks.is_dir() and any(locks.iterdir())
    try:
        notes.mkdir(exist_ok=True)
        # Never closed: the lock would end with it.
        held = os.open(notes / "aecluster.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise AeclusterError(
            f"{notes}: {error.strerror}, expected a folder that can be written to"
        ) from error
    try:
        is_alone = try_exclusive(held)
    except OSError:
        return []  # a file system without such locks
    lines = []
    if is_alone:
        host = socket.gethostname().encode()
        if is_locked and os.pread(held, 1024, 0) == host:
            shutil.rmtree(locks)
            is_locked = False
            lines.append(
                "The last run in this folder was killed; what it left unfinished is redone."
            )
        if not is_locked:
            os.truncate(held, 0)
            os.pwrite(held, host, 0)
    elif is_locked:
        lines.append(
            "Another run is at work in this folder; what it makes is locked until it ends."
        )
    fcntl.flock(held, fcntl.LOCK_SH)
    return lines


def try_exclusive(file: int) -> bool:
    """Return whether nobody else holds a lock of an open file, which is now locked.

    Raises
    ------
    OSError
        If its file system has no such locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
