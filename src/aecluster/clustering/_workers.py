"""Processes that run one function on shares of the data and add up what they find.

Iterations are many short NumPy calls, which Python threads would make one after the other. Forked
processes read the same data without a copy, write their results to shared memory, and meet at
every sum. Where processes do not fork safely, one worker does it all.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import select
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import numpy as np

from aecluster.cores import one_blas_thread

Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1  # prctl(2)

# To fall asleep and wake up at every sum takes a fifth of a fit to 10,000 x 1,024.
POLL_S = 1e-3


def can_fork() -> bool:
    """Tell whether forked workers are safe here.

    A lock that another thread holds stays locked in a fork. The workers call NumPy and compiled
    loops alone, on one thread, and OpenBLAS and the C library take care of their own locks. But if
    this is not the main thread, others may be at work in BLAS at this moment; and what the
    frameworks of other systems do in a fork is not known.
    """
    multiprocessing = sys.modules.get("multiprocessing")
    is_daemon = multiprocessing is not None and multiprocessing.current_process().daemon
    is_main = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and is_main and not is_daemon


def shared_array(shape: tuple[int, ...], dtype: type) -> np.ndarray:
    """Return zeros in memory that forked processes share."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.frombuffer(mmap.mmap(-1, max(size, 1)), dtype, int(np.prod(shape))).reshape(shape)


def _receive(link: socket.socket) -> bytes:
    """Return a byte, or none if the other end is closed."""
    poll = select.poll()
    poll.register(link, select.POLLIN)
    asleep = time.monotonic() + POLL_S
    while time.monotonic() < asleep and not poll.poll(0):
        pass
    return link.recv(1)


@contextmanager
def _interruption_deferred() -> Iterator[None]:
    """Let Ctrl-C wait: what it raises in one of the hooks of a fork, Python ignores."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is None:  # not Python's, nor to be had back
        yield
        return
    received = []
    signal.signal(signal.SIGINT, lambda number, frame: received.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if received:
        signal.raise_signal(signal.SIGINT)


class Team:
    """The workers as one of them sees them.

    Parameters
    ----------
    size : int, default=1
        Number of workers.
    capacity : int, default=0
        Numbers in the largest array to `add`.

    Attributes
    ----------
    rank : int
        This worker, 0 for the caller's own process.
    size : int
    """

    def __init__(self, size: int = 1, capacity: int = 0):
        self.rank, self.size = 0, size
        # Two sets of slots in turn: a fast worker fills one while a slow one still reads the other.
        self._slots = shared_array((2, size, capacity), np.float64) if size > 1 else None
        self._turn = 0
        self._links: list[socket.socket] = []

    def share(self, n: int) -> slice:
        """Return this worker's share of `n` rows."""
        return slice(n * self.rank // self.size, n * (self.rank + 1) // self.size)

    def add(self, part: np.ndarray) -> np.ndarray:
        """Return the sum of the workers' arrays, the same to the last bit for all."""
        if self.size == 1:
            return part
        slots = self._slots[self._turn, :, : part.size]
        self._turn = 1 - self._turn
        slots[self.rank] = part.ravel()
        self.wait()
        return slots.sum(axis=0).reshape(part.shape)

    def wait(self) -> None:
        """Return when all workers have come here."""
        if self.size == 1:
            return
        if self.rank == 0:
            for link in self._links:
                if not _receive(link):
                    raise RuntimeError("a worker process of KMeans ended before its work was done")
            for link in self._links:
                link.send(b".")
        else:
            with suppress(ConnectionError):
                self._links[0].send(b".")
                if _receive(self._links[0]):
                    return
            os._exit(1)  # the caller is gone

    def run(self, work: Callable[[Team], Result]) -> Result:
        """Run `work` in all workers and return what it returns in this one."""
        if self.size == 1:
            return work(self)
        children: list[int] = []
        with one_blas_thread():
            try:
                with _interruption_deferred():
                    for rank in range(1, self.size):
                        children.append(self._fork(rank, work))
                result = work(self)
                self.wait()
                return result
            except BaseException:
                for child in children:
                    os.kill(child, signal.SIGKILL)  # nothing that they have is of use
                raise
            finally:
                for link in self._links:
                    link.close()
                for child in children:
                    with suppress(ChildProcessError):
                        os.waitpid(child, 0)

    def _fork(self, rank: int, work: Callable[[Team], Result]) -> int:
        ours, theirs = socket.socketpair()
        with warnings.catch_warnings():
            # Python warns of forks beside other threads; see `can_fork`.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child:
            theirs.close()
            self._links.append(ours)
            return child
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends its workers,
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # or its own end does
            for link in (*self._links, ours):
                link.close()
            self.rank, self._links = rank, [theirs]
            work(self)
            self.wait()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
