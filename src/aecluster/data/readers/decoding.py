"""Image files decoded in their order, by one process or by several.

The process that opened the files reads them, so that an archive is read by one alone, and hands
their contents in batches to forks of itself, which send back pixels. A fork has one batch at a time
and the next one is read meanwhile: memory does not grow with the number of images.
"""

import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np

from aecluster.data.files import Files, printable
from aecluster.data.formats import read_image
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.pages import Pages
from aecluster.errors import DataError

# A batch: enough that handing it over costs little, few enough that no fork is left waiting.
_BATCH_IMAGES = 256
_BATCH_BYTES = 2**22

# For fewer images forks are not worth their start.
_FEW_IMAGES = 256


@dataclass
class Decoded:
    """What became of some image files.

    Attributes
    ----------
    names : list of str
        Relative names of the files.
    pixels : ndarray of shape (n, size, size, channels), uint8
        Zeros where a file cannot be read.
    errors : dict of int to str
        By the place of a file, why it cannot be read.
    notes : dict of int to str
        By the place of a file, what is to be said of it; follows "files".
    """

    names: list[str]
    pixels: np.ndarray
    errors: dict[int, str]
    notes: dict[int, str]


@dataclass
class _Batch:
    """Some image files as they are read: names, contents, and why some cannot be read."""

    names: list[str]
    contents: list[bytes]
    pages: list[int | None]
    errors: dict[int, str]


def decoded(
    files: Files, names: list[str], form: PixelForm, threads: int, pages: Pages
) -> Iterator[Decoded]:
    """Yield what becomes of image files, in order, some at a time.

    Parameters
    ----------
    files : Files
    names : list of str
    form : PixelForm
    threads : int
        Processes that decode.
    pages : Pages
        Of the names that are those of pages, what they are pages of.

    Yields
    ------
    Decoded
    """
    batches = _batches(files, names, min(_BATCH_IMAGES, form.n_rows), pages)
    # What looks through the values notes them in this process.
    n_forks = threads if form.values.seen is None and _can_fork() else 1
    if n_forks < 2 or len(names) < _FEW_IMAGES:
        for batch in batches:
            decoded_here = _decode(batch.names, batch.contents, batch.pages, form)
            yield _told(files, batch, *decoded_here)
    else:
        with _forks(n_forks, form) as connections:
            for batch, results in _in_turn(batches, connections):
                yield _told(files, batch, *results)


def _told(
    files: Files, batch: _Batch, pixels: np.ndarray, errors: dict[int, str], notes: dict[int, str]
) -> Decoded:
    told = {place: f"{files.path}: {error}" for place, error in errors.items()}
    return Decoded(batch.names, pixels, told | batch.errors, notes)


def _batches(files: Files, names: list[str], n_images: int, pages: Pages) -> Iterator[_Batch]:
    batch, n_bytes = _Batch([], [], [], {}), 0
    last, content = None, b""
    for name in names:
        file, page = pages.get(name, (name, None))
        try:
            if page is None or file != last:
                content = read_image(files, file)
                n_bytes += len(content)
        except DataError as error:
            batch.errors[len(batch.names)] = str(error)
            content = b""
        last = file
        batch.names.append(name)
        batch.contents.append(content)
        batch.pages.append(page)
        if len(batch.names) == n_images or n_bytes >= _BATCH_BYTES:
            yield batch
            batch, n_bytes = _Batch([], [], [], {}), 0
    if batch.names:
        yield batch


_Results = tuple[np.ndarray, dict[int, str], dict[int, str]]


def _decode(
    names: list[str], contents: list[bytes], pages: list[int | None], form: PixelForm
) -> _Results:
    """Return pixels, errors and notes."""
    from PIL import Image

    pixels = np.zeros((len(names), form.size, form.size, form.n_channels), np.uint8)
    errors: dict[int, str] = {}
    notes: dict[int, str] = {}
    with warnings.catch_warnings():
        # What Pillow warns of is refused.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        for place, (name, content, page) in enumerate(zip(names, contents, pages, strict=True)):
            found: list[str] = []
            try:
                pixels[place] = form.decode(content, printable(name), found.append, page)
            except DataError as error:
                errors[place] = str(error)
            else:
                if found:
                    notes[place] = found[0]
    return pixels, errors, notes


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
            connection.send(_decode(*connection.recv(), form))
    os._exit(0)  # nothing of the parent's is to be tidied up here


def _in_turn(
    batches: Iterator[_Batch], connections: list[Connection]
) -> Iterator[tuple[_Batch, _Results]]:
    """Give the forks one batch each, in turn, and yield what they send back, in the same turn."""
    idle, busy = deque(connections), deque()
    for batch in batches:
        done = []
        if not idle:
            fork, sent = busy.popleft()
            done.append((sent, _received(fork)))
            idle.append(fork)
        fork = idle.popleft()
        # A content that several pages share is sent once.
        fork.send((batch.names, batch.contents, batch.pages))
        # What came back needs the names and the errors of a batch, and no longer its contents.
        batch.contents = []
        busy.append((fork, batch))
        yield from done
    for fork, sent in busy:
        yield sent, _received(fork)


def _received(fork: Connection) -> _Results:
    try:
        return fork.recv()
    except (EOFError, ConnectionResetError):
        raise RuntimeError("a process that decodes images was killed") from None
