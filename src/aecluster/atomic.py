"""Files that appear whole or not at all.

A file is written as `.partial-<process>@<host>-<name>` beside its place. A process that is killed
leaves that behind; the next one that writes the same file takes it away.
"""

import glob
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path` and rename it to `path` when the block succeeds.

    The temporary name keeps the suffix, since libraries choose a format by it. When the block
    raises, the temporary file is removed and `path` stays as it was. Temporary files for the same
    `path` by processes of this host that no longer run are removed as well.

    Parameters
    ----------
    path : path-like
        Where the whole file shall stand. Missing parent folders are made.

    Raises
    ------
    OSError
        If the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with atomic_write(target) as temporary:
    ...     _ = temporary.write_text("whole")
    >>> target.read_text()
    'whole'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".partial-{os.getpid()}@{socket.gethostname()}-{path.name}")
    _remove_leftovers(path)
    try:
        yield temporary
        # The data must be on disk before the name is, or a power cut leaves a named empty file.
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_leftovers(path: Path) -> None:
    """Remove temporary files of dead processes; of other hosts one cannot tell which are dead."""
    # A database has a journal beside it, named after it.
    for left in path.parent.glob(
        f".partial-*@{glob.escape(f'{socket.gethostname()}-{path.name}')}*"
    ):
        process = left.name.removeprefix(".partial-").partition("@")[0]
        if process.isdecimal() and not _is_running(int(process)):
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True
