"""Image files decoded in their order, by one process or by several.

The process that opened the files reads them, so that an archive is read by one alone, and hands
their contents in batches to forks of itself, which send back pixels. A fork has one batch at a time
and the next one is read meanwhile: memory does not grow with the number of images.
"""

import os
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np

from aecluster.data.files import Files
from aecluster.data.formats import read_image
from aecluster.data.pixels import PixelForm
from aecluster.errors import DataError

# A batch: enough that handing it over costs little, few enough that no fork is left waiting.
_BATCH_IMAGES = 128
_BATCH_BYTES = 2**22

# For fewer images forks are not worth their start.
_FEW_IMAGES = 256


@dataclass(frozen=True)
class Decoded:
    """What became of an image file.

    Attributes
    ----------
    name : str
        Relative name of the file.
    pixels : ndarray of shape (size, size, channels), uint8, or None
        None if it cannot be read.
    error : str
        Why it cannot be read.
    note : str
        What is to be said of it, follows "files"; mostly empty.
    """

    name: str
    pixels: np.ndarray | None
    error: str = ""
    note: str = ""


_Task = list[tuple[str, str, bytes | DataError]]


def decoded(files: Files, names: list[str], form: PixelForm, threads: int) -> Iterator[Decoded]:
    """Yield what becomes of each image file, in order.

    Parameters
    ----------
    files : Files
    names : list of str
    form : PixelForm
    threads : int
        Processes that decode.

    Yields
    ------
    Decoded
    """
    tasks = _batches(files, names, min(_BATCH_IMAGES, form.n_rows))
    # What looks through the values notes them in this process.
    n_forks = threads if form.values.seen is None and _can_fork() else 1
    if n_forks < 2 or len(names) < _FEW_IMAGES:
        for task in tasks:
            yield from _decode(task, form)
    else:
        with _forks(n_forks, form) as connections:
            yield from _in_turn(tasks, connections)


def _batches(files: Files, names: list[str], n_images: int) -> Iterator[_Task]:
    task: _Task = []
    n_bytes = 0
    for name in names:
        try:
            content = read_image(files, name)
        except DataError as error:
            task.append((name, "", error))
        else:
            task.append((name, files.where(name), content))
            n_bytes += len(content)
        if len(task) == n_images or n_bytes >= _BATCH_BYTES:
            yield task
            task, n_bytes = [], 0
    if task:
        yield task


def _decode(task: _Task, form: PixelForm) -> Iterator[Decoded]:
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns from 89 million pixels on, which is more than a photograph has.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for name, where, content in task:
            notes: list[str] = []
            try:
                if isinstance(content, DataError):
                    raise content
                pixels = form.decode(content, where, notes.append)
            except DataError as error:
                yield Decoded(name, None, str(error))
            else:
                yield Decoded(name, pixels, note=notes[0] if notes else "")


def _can_fork() -> bool:
    # What the frameworks of other systems do in a fork is not known.
    return sys.platform == "linux"


@contextmanager
def _forks(n: int, form: PixelForm) -> Iterator[list[Connection]]:
    """Start forks that decode what is sent to them, until their connection is closed."""
    context = get_context("fork")
    ours, processes = [], []
    try:
        for _ in range(n):
            mine, its = context.Pipe()
            ours.append(mine)
            process = context.Process(target=_serve, args=(its, list(ours), form), daemon=True)
            process.start()
            its.close()
            processes.append(process)
        yield ours
    finally:
        for connection in ours:
            connection.close()
        for process in processes:
            process.join()


def _serve(connection: Connection, of_parent: list[Connection], form: PixelForm) -> None:
    # Ctrl-C reaches all processes of a terminal; the parent ends its forks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    # As long as a fork holds the other end, too, nothing says that the parent is gone.
    for other in of_parent:
        other.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(list(_decode(connection.recv(), form)))
    os._exit(0)  # nothing of the parent's is to be tidied up here


def _in_turn(tasks: Iterable[_Task], connections: list[Connection]) -> Iterator[Decoded]:
    """Give the forks one batch each, in turn, and yield what they send back, in the same turn."""
    waiting: list[Connection] = []
    for task in tasks:
        if len(waiting) < len(connections):
            fork = connections[len(waiting)]
            results: list[Decoded] = []
        else:
            fork = waiting.pop(0)
            results = _received(fork)
        fork.send(task)
        waiting.append(fork)
        yield from results
    for fork in waiting:
        yield from _received(fork)


def _received(fork: Connection) -> list[Decoded]:
    try:
        return fork.recv()
    except (EOFError, ConnectionResetError):
        raise RuntimeError(
            "a process that decodes images was killed, or ran out of memory"
        ) from None
