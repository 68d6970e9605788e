"""The files of a folder, a tar or a zip, read alike by name.

Members of an archive are never written under their own names: what is wanted of a tar goes to one
nameless temporary file, from which it is read in any order; a zip is read in place.
"""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tqdm import tqdm

from aecluster.data.kinds import foreign_kind, what_takes
from aecluster.data.passed import PassedOver
from aecluster.data.sources import system_part, tell_system_file, walk_files
from aecluster.errors import DataError

# Larger than any photograph or batch of images; what claims more is a decompression bomb.
_MAX_FILE_BYTES = 2**28

_READ_BYTES = 2**20

# So much of a file says what it is.
HEAD_BYTES = 2**16

_SHA256_BYTES = 32

# The standard modules, not tarfile's own streams, since those take a cut file for whole.
_COMPRESSIONS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}

# What reading a damaged archive raises.
DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # zipfile: an encrypted member, or an unknown compression
    ValueError,  # both: names and numbers that cannot be decoded
    OverflowError,
    struct.error,
)


class Files:
    """Files that are read by name.

    Attributes
    ----------
    path : Path
        The folder or archive.
    names : tuple of str
        Relative names with slashes, sorted folder by folder.
    passed : PassedOver
        What of the folder or archive is not among them.
    """

    def __init__(self, path: Path, names: Iterable[str], passed: PassedOver):
        self.path = path
        self.names = tuple(sorted(names, key=lambda name: name.split("/")))
        self.passed = passed

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the archive, or of names and contents of a folder's files, once it is asked.

        Raises
        ------
        DataError
            If a file cannot be read.
        """
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def size(self, name: str) -> int:
        """Return the bytes that a file has, or that the archive says it has."""
        raise NotImplementedError

    def read_if(self, name: str, is_worth: Callable[[bytes], None]) -> bytes:
        """Return the content of a file, if the beginning of a large one is worth it.

        Parameters
        ----------
        name : str
        is_worth : callable
            Called with the first `HEAD_BYTES` of a file that has as many; raises an error where
            the rest shall not be read.

        Raises
        ------
        DataError
            If it is damaged or cannot be read.
        """
        with self.open(name) as file:
            content = file.read(HEAD_BYTES)
            if len(content) == HEAD_BYTES:
                is_worth(content)
                content += file.read()
        return content

    def _open(self, name: str) -> BinaryIO:
        raise NotImplementedError

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises
        ------
        DataError
            If it is damaged or cannot be read.
        """
        with self.open(name) as file:
            return file.read()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading; errors of reading within the block name it.

        Yields
        ------
        binary file
            It can be sought.

        Raises
        ------
        DataError
            If it is damaged or cannot be read.
        """
        try:
            with self._open(name) as file:
                yield file
        except DataError:
            raise
        except DAMAGED as error:
            raise DataError(f"{self.where(name)}: cannot be read ({_reason(error)})") from None

    def where(self, name: str) -> str:
        """Return what a file is called in an error: its folder or archive, and its name."""
        return f"{self.path}: {printable(name)}"


class _Folder(Files):
    """The files of a folder; each is read once for its pixels and for the digest."""

    def __init__(self, path: Path, names: Iterable[str], passed: PassedOver):
        super().__init__(path, names, passed)
        self._prefix = f"{path}{os.sep}"
        self._places: dict[str, int] = {}
        self._digests = bytearray()

    @cached_property
    def digest(self) -> str:
        whole = hashlib.sha256()
        nothing = bytes(_SHA256_BYTES)
        for place, name in enumerate(self.names):
            whole.update(name.encode(errors="surrogateescape") + b"\0")
            known = bytes(self._digests[place * _SHA256_BYTES : (place + 1) * _SHA256_BYTES])
            if not known or known == nothing:
                with self.open(name) as file:
                    known = hashlib.file_digest(file, "sha256").digest()
            whole.update(known)
        return whole.hexdigest()

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    def _open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")

    def read_if(self, name: str, is_worth: Callable[[bytes], None]) -> bytes:
        # Not by Python's files: of a small one they take as long as the reading.
        try:
            descriptor = os.open(f"{self._prefix}{name}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                content = os.read(descriptor, HEAD_BYTES)
                if len(content) == HEAD_BYTES:
                    is_worth(content)
                    content = b"".join(
                        [content, *iter(lambda: os.read(descriptor, _READ_BYTES), b"")]
                    )
            finally:
                os.close(descriptor)
        except OSError as error:
            raise DataError(f"{self.where(name)}: cannot be read ({_reason(error)})") from None
        self._saw(name, content)
        return content

    def _saw(self, name: str, content: bytes) -> None:
        """Take note of what a file holds, so that `digest` need not read it again."""
        if not self._places:
            self._places = {name: place for place, name in enumerate(self.names)}
            self._digests = bytearray(_SHA256_BYTES * len(self.names))
        start = self._places[name] * _SHA256_BYTES
        self._digests[start : start + _SHA256_BYTES] = hashlib.sha256(content).digest()


class _Zip(Files):
    def __init__(self, path: Path, archive: zipfile.ZipFile, members, passed: PassedOver):
        super().__init__(path, members, passed)
        self._archive, self._members = archive, members

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def _open(self, name: str) -> BinaryIO:
        return self._archive.open(self._members[name])


class _Tar(Files):
    def __init__(self, path: Path, spool: BinaryIO, extents, passed: PassedOver):
        super().__init__(path, extents, passed)
        self._spool, self._extents = spool, extents

    def size(self, name: str) -> int:
        return self._extents[name][2]

    def _open(self, name: str) -> BinaryIO:
        start, n_kept, _ = self._extents[name]
        return io.BufferedReader(_Extent(self._spool, start, n_kept))


def one_file(path: Path) -> Files:
    """Return a single file as the only one of its folder."""
    return _Folder(path.parent, [path.name], PassedOver())


@contextmanager
def open_files(
    path: Path,
    is_wanted: Callable[[str], bool],
    *,
    scratch: Path,
    progress: bool,
    looks_right: Callable[[bytes, str], bool] | None = None,
) -> Iterator[Files]:
    """Open a folder, a tar (plain, gzip, bzip2 or xz) or a zip for reading.

    What is of a system or file manager never counts, see `aecluster.data.sources.is_system_name`.

    Parameters
    ----------
    path : Path
        The folder or archive.
    is_wanted : callable
        Of a relative name: whether the file counts.
    scratch : Path
        Folder for a nameless temporary file that holds the wanted files of a tar.
    progress : bool
        Whether to show how much of a tar is read, where stderr is a terminal.
    looks_right : callable, optional
        Of the first bytes of a file, up to `HEAD_BYTES`, and its name: whether they are such as are
        wanted. Of a file of a tar that is not, no more than these bytes are kept.

    Yields
    ------
    Files

    Raises
    ------
    DataError
        If it is a file of another kind, or the archive is damaged or cut short, or has a member
        that is a link or a device, leads outside, or is larger than 256 MiB.
    """
    if path.is_dir():
        passed = PassedOver()
        found = (name for name, _ in walk_files(path, passed))
        yield _Folder(path, [name for name in found if _told(name, is_wanted, passed)], passed)
        return
    with _damage_told(path):
        kind = foreign_kind(path)
    if kind:
        raise DataError(
            f"{path}: found {kind}, expected a folder, or a whole tar or zip; {what_takes(kind)}"
        )
    if _is_zip(path):
        with _damage_told(path):
            archive = zipfile.ZipFile(path)
        with archive:
            yield _zip(path, archive, is_wanted)
    else:
        with tempfile.TemporaryFile(dir=scratch) as spool:
            yield _tar(path, spool, is_wanted, progress, looks_right)


def _told(name: str, is_wanted: Callable[[str], bool], passed: PassedOver) -> bool:
    """Return whether a file is wanted; count it if it is not."""
    wanted = is_wanted(name)
    if not wanted:
        suffix = PurePosixPath(name).suffix.lower()
        passed.add(f"of the kind {suffix}" if suffix else "without a suffix", name)
    return wanted


def _zip(path: Path, archive: zipfile.ZipFile, is_wanted: Callable[[str], bool]) -> Files:
    members, passed = {}, PassedOver()
    for member in archive.infolist():
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        name = _checked_name(path, member.filename, is_plain=not is_link)
        if not member.filename.endswith("/") and _counts(name, is_wanted, passed):
            _check_size(path, name, member.file_size)
            members[name] = member
    return _Zip(path, archive, members, passed)


def _tar(
    path: Path,
    spool: BinaryIO,
    is_wanted: Callable[[str], bool],
    progress: bool,
    looks_right: Callable[[bytes, str], bool] | None,
) -> Files:
    extents, passed = {}, PassedOver()
    with (
        _damage_told(path),
        tar_stream(path, progress) as (stream, _),
        tarfile.open(fileobj=stream, mode="r:") as tar,
    ):
        for member in tar:
            name = _checked_name(path, member.name, is_plain=member.isreg() or member.isdir())
            if member.isreg() and _counts(name, is_wanted, passed):
                _check_size(path, name, member.size)
                start, content = spool.tell(), tar.extractfile(member)
                head = content.read(HEAD_BYTES)
                spool.write(head)
                if not looks_right or looks_right(head, name):
                    shutil.copyfileobj(content, spool, _READ_BYTES)
                extents[name] = (start, spool.tell() - start, member.size)
        check_end(tar, stream)
    return _Tar(path, spool, extents, passed)


class _Extent(io.RawIOBase):
    """A part of a file as a file; closing it leaves the whole open."""

    def __init__(self, whole: BinaryIO, start: int, size: int):
        self._whole, self._start, self._size = whole, start, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:
        n = max(0, min(len(buffer), self._size - self._position))
        self._whole.seek(self._start + self._position)
        n = self._whole.readinto(memoryview(buffer)[:n])
        self._position += n
        return n


@contextmanager
def tar_stream(path: Path, progress: bool) -> Iterator[tuple[BinaryIO, bool]]:
    """Open a tar, packed or not, as it was before it was packed.

    Yields
    ------
    stream : binary file
    is_packed : bool
    """
    size = path.stat().st_size
    counted = tqdm.wrapattr(
        path.open("rb"),
        "read",
        total=size,
        desc=f"read {path.name}",
        leave=False,
        disable=None if progress else True,
    )
    with counted as file:
        magic = file.read(6)
        file.seek(0)
        openers = [opener for start, opener in _COMPRESSIONS.items() if magic.startswith(start)]
        stream = openers[0](file) if openers else file
        yield io.BufferedReader(stream, _READ_BYTES), bool(openers)


def check_end(tar: tarfile.TarFile, stream: BinaryIO) -> None:
    """Raise an EOFError unless the tar ends as it must: tarfile takes a cut one for whole."""
    stream.seek(tar.offset)
    if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise EOFError("no end mark")
    while stream.read(_READ_BYTES):
        pass  # compressed streams check their sum at the end


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except DAMAGED as error:
        raise DataError(
            f"{path}: cannot be read ({_reason(error)}), expected a folder, or a whole tar or zip"
        ) from None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())


def _checked_name(path: Path, name: str, *, is_plain: bool) -> str:
    parts = PurePosixPath(name)
    if not is_plain:
        raise DataError(
            f"{path}: {printable(name)} is a link or a device, expected files and folders only"
        )
    if parts.is_absolute() or ".." in parts.parts:
        raise DataError(
            f"{path}: {printable(name)} leads outside the archive, expected relative names"
        )
    return str(parts)


def _check_size(path: Path, name: str, size: int) -> None:
    if size > _MAX_FILE_BYTES:
        raise DataError(
            f"{path}: {printable(name)} has {size:,} bytes, expected at most {_MAX_FILE_BYTES:,}"
        )


def _counts(name: str, is_wanted: Callable[[str], bool], passed: PassedOver) -> bool:
    part = system_part(name)
    if part:
        tell_system_file(passed, part, name)
        return False
    return _told(name, is_wanted, passed)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def printable(name: str) -> str:
    """Return a name for an error of one line."""
    return name if name.isprintable() else ascii(name)
