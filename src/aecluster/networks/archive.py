"""Keras' file of a model, made to depend on the model alone.

Keras writes the time into it, and addresses in memory as the numbers of shared objects. Left so,
two equal models are two different files, and whoever compares checksums, as Snakemake and
`aecluster diff` do, takes one for changed.
"""

import json
import os
import re
import zipfile
from pathlib import Path

# The earliest that a zip file can name.
_TIME = (1980, 1, 1, 0, 0, 0)
_DATE = "1980-01-01@00:00:00"


def make_reproducible(path: str | os.PathLike[str]) -> None:
    """Rewrite a `.keras` file so that equal models give equal bytes.

    Parameters
    ----------
    path : path-like
        An existing file, written by `keras.Model.save`.
    """
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in sorted(archive.namelist())}
    metadata = json.loads(contents["metadata.json"])
    contents["metadata.json"] = json.dumps({**metadata, "date_saved": _DATE}).encode()
    contents["config.json"] = _numbered(contents["config.json"].decode()).encode()
    with zipfile.ZipFile(Path(path), "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), content)


def _numbered(config: str) -> str:
    """Return the model's description with its shared objects numbered as they come."""
    numbers: dict[str, int] = {}
    return re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda found: str(numbers.setdefault(found[0], len(numbers))),
        config,
    )
