"""Splits of encoded images, PNG or JPEG or others, that come one by one out of a source."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice

import numpy as np
from tqdm import tqdm

from aecluster.data.readers.base import ImageSplit, Request
from aecluster.data.readers.raw import raw_blocks
from aecluster.errors import DataError

# So many images that are skipped are named in the log.
_MOST_NAMED = 20

_logger = logging.getLogger(__name__)

# What an image is called in an error, and its content or why there is none.
Encoded = tuple[str, bytes | DataError]


def encoded_split(
    request: Request,
    images: Callable[[], Iterator[Encoded]],
    y: np.ndarray | None,
    *,
    n: int,
    names: Sequence[str] | None = None,
    spools: ExitStack,
) -> ImageSplit:
    """Return the split of images that are decoded when they are asked for.

    Parameters
    ----------
    request : Request
        Says what becomes of an image that cannot be read.
    images : callable
        Without arguments; returns an iterator of the images in order.
    y : ndarray of shape (n,), int64, or None
        Their labels.
    n : int
        How many there are.
    names : sequence of str, optional
        What they are called.
    spools : ExitStack
        Keeps the temporary file into which images are decoded where some may be skipped.

    Raises
    ------
    DataError
        If none of the images can be read, where those that cannot are skipped.
    """
    form = request.form

    def decoded() -> Iterator[np.ndarray]:
        for where, content in images():
            if isinstance(content, DataError):
                raise content
            yield form.decode(content, where)

    def blocks() -> Iterator[np.ndarray]:
        pixels = decoded()
        while some := list(islice(pixels, form.n_rows)):
            yield np.stack(some)

    if request.on_bad_image == "error":
        return ImageSplit(n, blocks, y, names=names)
    spool = spools.enter_context(tempfile.TemporaryFile(dir=request.scratch))  # noqa: SIM115
    is_good = np.zeros(n, bool)
    shown = tqdm(images(), "check", n, leave=False, disable=None if request.progress else True)
    n_skipped, error = 0, None
    for row, (where, content) in enumerate(shown):
        try:
            if isinstance(content, DataError):
                raise content
            spool.write(form.decode(content, where))
            is_good[row] = True
        except DataError as found:
            error = error or found
            n_skipped += 1
            if n_skipped <= _MOST_NAMED:
                _logger.warning("skipped: %s", found)
    if n_skipped == n:
        raise DataError(f"{error}, nor can any other image")
    if n_skipped:
        _logger.warning("skipped %d of %d images", n_skipped, n)

    def spooled() -> Iterator[np.ndarray]:
        spool.seek(0)
        shape = (form.size, form.size, form.n_channels)
        n_left = n - n_skipped
        return raw_blocks(spool, n_left, shape, n_rows=form.n_rows, where=str(request.path))

    return ImageSplit(
        n - n_skipped,
        spooled,
        None if y is None else y[is_good],
        n_skipped,
        None if names is None else [names[row] for row in np.flatnonzero(is_good)],
    )
