"""Keras' file of a model, made to depend on the model alone, and to load in older versions.

Keras writes the time into it, and addresses in memory as the numbers of shared objects. Left so,
two equal models are two different files, and whoever compares checksums, as Snakemake and
`aecluster diff` do, takes one for changed.

Keras 3.15 also writes arguments of initializers that Keras 3.14 refuses, though they are those of
no change, and initializers matter to weights that are not there yet.
"""

import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

# The earliest that a zip file can name.
_TIME = (1980, 1, 1, 0, 0, 0)
_DATE = "1980-01-01@00:00:00"
# Arguments of initializers, which have a seed, since Keras 3.15.
_NEW = {"input_axes", "output_axes"}


def make_reproducible(path: str | os.PathLike[str]) -> None:
    """Rewrite a `.keras` file so that equal models give equal bytes, and Keras 3.14 loads it.

    Parameters
    ----------
    path : path-like
        An existing file, written by `keras.Model.save`.
    """
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in sorted(archive.namelist())}
    metadata = json.loads(contents["metadata.json"])
    contents["metadata.json"] = json.dumps({**metadata, "date_saved": _DATE}).encode()
    config = json.dumps(_without_new(json.loads(contents["config.json"])))
    contents["config.json"] = _numbered(config).encode()
    with zipfile.ZipFile(Path(path), "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), content)


def _without_new(config: Any) -> Any:
    """Return a model's description without what is new of initializers, where it changes none."""
    if isinstance(config, list):
        return [_without_new(part) for part in config]
    if not isinstance(config, dict):
        return config
    is_new = config.keys() & _NEW if "seed" in config else ()
    return {
        name: _without_new(part)
        for name, part in config.items()
        if not (name in is_new and part is None)
    }


def _numbered(config: str) -> str:
    """Return the model's description with its shared objects numbered as they come."""
    numbers: dict[str, int] = {}
    return re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda found: str(numbers.setdefault(found[0], len(numbers))),
        config,
    )
