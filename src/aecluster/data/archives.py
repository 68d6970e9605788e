"""The archive of a source: from the cache of another library, else from its mirrors."""

import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.data.mirrors import READ_ONLY, download, has_checksum
from aecluster.data.sources import SOURCES, Archive
from aecluster.errors import DataError

_logger = logging.getLogger(__name__)


def fetch_archive(
    out_path: str | os.PathLike[str],
    *,
    source: str,
    mirrors: Sequence[str] | None = None,
    progress: bool = True,
) -> None:
    """Bring the archive of a source to its place, and verify it.

    What Keras or torchvision have downloaded before is copied: from `$KERAS_HOME/datasets`, which
    is `~/.keras/datasets` by default, and from the folder `data`. Their files are left as they are;
    one with another checksum is passed over.

    Parameters
    ----------
    out_path : path-like
        Where the archive shall stand, read-only.
    source : str
        Key of `aecluster.data.SOURCES` with an archive.
    mirrors : sequence of str, optional
        Addresses of byte-identical copies, instead of the known ones.
    progress : bool, default=True
        Whether to show progress on stderr; never where that is no terminal.

    Raises
    ------
    DataError
        If there is no copy and no mirror delivers one: the message says what to fetch by hand, from
        where, and where to put it.
    OSError
        If the folder cannot be written to.
    """
    archive = SOURCES[source].archive
    out_path = Path(out_path)
    is_there = out_path.exists() and has_checksum(out_path, archive.sha256)
    if not is_there and _is_copied(out_path, archive):
        return
    download(
        out_path,
        urls=mirrors or archive.mirrors,
        sha256=archive.sha256,
        n_bytes=archive.n_bytes,
        progress=progress,
    )


def _is_copied(out_path: Path, archive: Archive) -> bool:
    """Copy the archive from the first cache that has it; return whether one had."""
    for path in filter(os.path.isfile, _cached(archive)):
        try:
            with atomic_write(out_path) as temporary:
                shutil.copyfile(path, temporary)
                # The copy is what is used, so the copy is what is checked.
                if not has_checksum(temporary, archive.sha256):
                    raise DataError("another checksum")
        except (DataError, OSError) as error:
            _logger.warning("%s: passed over (%s)", path, error)
        else:
            out_path.chmod(READ_ONLY)
            _logger.info("%s: copied from %s", out_path, path)
            return True
    return False


def _cached(archive: Archive) -> Iterator[Path]:
    keras = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")  # noqa: PTH111 - without a home it stays
    for name in (*archive.keras_names, archive.name):
        yield Path(keras, "datasets", name)
    # Where torchvision's examples keep everything.
    yield Path("data", archive.name)
