"""What a file is that is neither a tar nor a zip of files, told by its first bytes."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from pathlib import Path

from aecluster.data.sources import SOURCES

_HEAD_BYTES = 1024

# What a file is that begins so.
_MAGIC = {
    b"\x93NUMPY": "NumPy's .npy",
    b"\x89HDF\r\n\x1a\n": "HDF5",
    b"MATLAB 5.0 MAT-file": "MATLAB",
    b"MATLAB 7.3 MAT-file": "MATLAB",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"SQLite format 3\0": "SQLite",
    b"%PDF": "PDF",
    **{b"\0\0" + bytes([kind]): "IDX" for kind in (0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E)},
    **{bytes([0x80, protocol]): "Python's pickle" for protocol in range(2, 6)},
    b"\x89PNG\r\n\x1a\n": "one image",
    b"\xff\xd8\xff": "one image",
    b"GIF8": "one image",
    b"RIFF": "one image",
    b"II*\0": "one image",
    b"MM\0*": "one image",
}

_DECOMPRESS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}

_SEPARATORS = ",;\t"


def foreign_kind(path: Path) -> str | None:
    """Return what a file is, in words, or None where it may be a tar or a zip of files.

    Parameters
    ----------
    path : Path
        A file.

    Returns
    -------
    str or None
        As `Source.takes` has it, where a source takes such a file.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    for magic, opener in _DECOMPRESS.items():
        if head.startswith(magic):
            try:
                with opener(path) as file:
                    head = file.read(_HEAD_BYTES)
            except (OSError, EOFError, zlib.error, lzma.LZMAError):
                return None  # what opens it says how it is damaged
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind == "IDX" and not 1 <= head[3] <= 4:
        return None
    return kind or _kind_of_text(head)


def what_takes(kind: str) -> str:
    """Return which sources take a single file of a kind, as a clause of an error.

    Examples
    --------
    >>> what_takes("HDF5")
    'dataset.source: arrays takes such files'
    >>> what_takes("PDF")
    'no source takes such files'
    """
    names = [name for name, source in SOURCES.items() if kind in source.takes]
    if not names:
        return "no source takes such files"
    return f"dataset.source: {' or '.join(names)} takes such files"


def _kind_of_zip(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return None  # what opens it says how it is damaged
    return "NumPy's .npz" if names and all(name.endswith(".npy") for name in names) else None


def _kind_of_text(head: bytes) -> str | None:
    # A tar begins with a name and zeros after it.
    if not head or b"\0" in head:
        return None
    try:
        # The last letter may be cut.
        text = head.decode(errors="strict" if len(head) < _HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    lines = text.splitlines()
    if not all(line.isprintable() for line in (line.replace("\t", "") for line in lines)):
        return None
    first = lines[0] if lines else ""
    return "CSV" if any(separator in first for separator in _SEPARATORS) else "text"
