"""Opening an HDF5 file of this package, and the version of its format."""

from pathlib import Path

import h5py

from aecluster.errors import StoreError

FORMAT_VERSION = 1


def open_file(path: Path, kind: str) -> h5py.File:
    """Return an open file of the format that is read here.

    Raises
    ------
    StoreError
        If it is missing, cut short, not HDF5, or of another format version.
    """
    try:
        file = h5py.File(path, "r")
    except FileNotFoundError:
        raise StoreError(f"{path}: no such file, expected {kind}") from None
    except OSError as error:
        raise StoreError(f"{path}: cut short or not HDF5, expected {kind} ({error})") from None
    version = file.attrs.get("format_version")
    if version != FORMAT_VERSION:
        file.close()
        raise StoreError(f"{path}: format version {version}, expected {kind} of {FORMAT_VERSION}")
    return file
