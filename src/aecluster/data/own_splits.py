"""Whether images of one's own come in splits: looked up while the workflow is parsed.

Names alone are looked at, and of a tar only the first, since to list one takes as long as to read
it.
"""

import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from aecluster.data.readers.layout import split_name
from aecluster.data.readers.splits import split_of
from aecluster.data.sources import is_image_name, system_part

# So far below the top a folder may lie that wraps all others.
_DEPTH = 4
_FIRST_MEMBERS = 20

# Files of sources whose names say the splits.
_SUFFIXES = {
    "huggingface": (".parquet", ".arrow"),
    "pixel_table": (".csv", ".tsv"),
    "webdataset": (".tar",),
}


def comes_in_splits(source: str, path: str | os.PathLike[str] | None) -> bool:
    """Return whether a source comes in `train` and `test`, and need not be split by a fraction.

    Parameters
    ----------
    source : str
        Key of `aecluster.data.SOURCES`.
    path : path-like or None
        Of images, arrays, tables or shards.

    Returns
    -------
    bool
        True also for what cannot be read: the step that reads it says what is wrong with it.
    """
    if path is None or source not in ("images", "arrays", *_SUFFIXES):
        return True
    path = Path(path)
    try:
        if source != "images":
            return _files_have_splits(source, path)
        if path.is_dir():
            return _has_splits(path)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return _names_have_splits(archive.namelist())
        return _tar_has_splits(path)
    except (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile):
        return True


def _files_have_splits(source: str, path: Path) -> bool:
    """Return whether names of tables, shards or arrays say splits, as far as names tell it."""
    suffixes = _SUFFIXES.get(source, (".npy",))
    if path.is_dir():
        names = [file.relative_to(path).as_posix() for file in path.rglob("*")]
    elif source == "arrays" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    else:
        # Of other archives and of HDF5 the names are inside.
        return not path.name.lower().endswith((*suffixes, ".idx", "ubyte", "ubyte.gz"))
    return len({split_of(name) for name in names if name.lower().endswith(suffixes)} - {""}) > 1


def _has_splits(folder: Path) -> bool:
    for _ in range(_DEPTH):
        with os.scandir(folder) as entries:
            inner = [entry.name for entry in entries if not system_part(entry.name)]
        folders = [name for name in inner if (folder / name).is_dir()]
        if _are_splits(folders):
            return True
        if len(folders) != 1:
            return False
        folder = folder / folders[0]
    return False


def _names_have_splits(names: Iterable[str]) -> bool:
    images = (name for name in names if is_image_name(name) and not system_part(name))
    folders = [name.split("/")[:-1] for name in images]
    for depth in range(_DEPTH):
        tops = {folder[depth] for folder in folders if len(folder) > depth}
        if _are_splits(tops):
            return True
        if len(tops) != 1:
            return False
    return False


def _tar_has_splits(path: Path) -> bool:
    with tarfile.open(path, "r|*") as tar:
        for name in islice(_names_of(tar), _FIRST_MEMBERS):
            if is_image_name(name) and not system_part(name):
                return any(split_name(part) for part in name.split("/")[:-1][:_DEPTH])
    return False


def _names_of(tar: tarfile.TarFile) -> Iterator[str]:
    for member in tar:
        if member.isreg():
            yield member.name.removeprefix("./")


def _are_splits(names: Iterable[str]) -> bool:
    found = {split_name(name) for name in names} - {None}
    return len(found) > 1
