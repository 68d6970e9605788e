"""One writer at a time: MLflow has nothing that keeps two from adding the same run.

A lock of the kernel on a file beside the database, which ends with its process. The process that
tracks beside the workflow has the lowest priority, so whoever waited until it is done would wait as
long as the machine is busy. It writes its number into the file, and who waits interrupts it.
"""

import fcntl
import hashlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from aecluster.tracking.uri import sqlite_path

_SIGNAL = signal.SIGUSR1
_PAUSE_S = 0.1
# For what leaves the block, at the lowest priority.
_PATIENCE_S = 5.0


class GiveWay(BaseException):
    """Another process waits for the store.

    It is no `Exception`, of which MLflow catches some.
    """


@contextmanager
def writing(uri: str, *, gives_way: bool = False) -> Iterator[None]:
    """Hold the lock of a store; wait for it as long as another process of this machine has it.

    Parameters
    ----------
    uri : str
        The store.
    gives_way : bool, default=False
        Whether the block is left by `GiveWay` once a process waits that does not give way itself.
        Only the main thread can.

    Raises
    ------
    OSError
        If the file of the lock cannot be written.
    """
    path = _lock_path(uri)
    while True:
        # Not truncated: it may hold the number of the process that has the lock.
        with path.open("a+") as file:
            _wait_for(file, interrupts=not gives_way)
            # Who had the lock before has removed the file that this one waited for.
            if not _is_at(path, file):
                continue
            try:
                # A process that was killed may have left its number.
                file.truncate(0)
                if gives_way:
                    with _interruptible(file):
                        yield
                else:
                    yield
            finally:
                path.unlink(missing_ok=True)
            return


def sweep(uri: str) -> None:
    """Remove the file of a lock that a killed process has left; one that is held stays."""
    path = _lock_path(uri)
    with suppress(OSError), path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(path, file):
            path.unlink()


def _wait_for(file: TextIO, *, interrupts: bool) -> None:
    if not interrupts:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _interrupt(file)
            time.sleep(_PAUSE_S)
        else:
            return


def _interrupt(file: TextIO) -> None:
    """Interrupt who has the lock, if that gives way and is of this machine."""
    file.seek(0)
    number = file.read().strip()
    # Files of locks may be shared by machines, and a number means another process elsewhere.
    with suppress(OSError):
        if number and _names(int(number), file):
            os.kill(int(number), _SIGNAL)


def _names(process: int, file: TextIO) -> bool:
    """Return whether a process has this file open."""
    wanted = os.fstat(file.fileno())
    descriptors = Path(f"/proc/{process}/fd")
    return any(os.path.samestat(one.stat(), wanted) for one in descriptors.iterdir())


@contextmanager
def _interruptible(file: TextIO) -> Iterator[None]:
    asked: list[float] = []

    def give_way(*_: object) -> None:
        # Who waits asks again and again: what is raised in a destructor, say, is lost. Meanwhile
        # what has begun to give way must come to its end.
        if not asked or time.monotonic() > asked[-1] + _PATIENCE_S:
            asked.append(time.monotonic())
            raise GiveWay

    before = signal.signal(_SIGNAL, give_way)
    try:
        file.write(str(os.getpid()))
        file.flush()
        yield
    finally:
        file.truncate(0)
        signal.signal(_SIGNAL, before)


def _is_at(path: Path, file: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock_path(uri: str) -> Path:
    if database := sqlite_path(uri):
        return database.with_name(f"{database.name}.lock")
    name = hashlib.sha256(uri.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"aecluster-{os.getuid()}-{name}.lock"
