"""The state of a training after a whole epoch, in one file.

An `.npz` of all variables of the training, those of model and optimizer among them, and a JSON
text: the key of the training, the start it is at, and the history so far. The order of the images
follows from seed and epoch, and noise from seed and step, so no other random state is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from aecluster.atomic import atomic_write
from aecluster.networks.backend import keras
from aecluster.store.streaming import StreamedRows

# Of what the file holds. Part of the key, so that a file of another layout is as good as none.
_LAYOUT = 2
_DIGESTED_ROWS = 1024


@dataclass(frozen=True)
class Checkpoint:
    """Where the state of one training is kept.

    Attributes
    ----------
    path : path-like
        The file.
    key : str
        Digest of all that decides the training. A file with another key is as good as none.
    """

    path: str | os.PathLike[str]
    key: str

    def save(self, variables: list[keras.Variable], start: int, history: list[dict]) -> None:
        """Replace the file by the present state, whole or not at all."""
        about = {"key": self.key, "start": start, "history": history}
        arrays = {f"v{number}": variable.numpy() for number, variable in enumerate(variables)}
        with atomic_write(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, about=json.dumps(about), **arrays)

    def peek(self) -> tuple[int, list[dict]]:
        """Return start and history of a file with this key, else 0 and no history."""
        about = self._about()
        return (about["start"], about["history"]) if about else (0, [])

    def restore(self, variables: list[keras.Variable]) -> None:
        """Give the variables the values in the file."""
        with np.load(self.path) as file:
            for number, variable in enumerate(variables):
                variable.assign(file[f"v{number}"])

    def _about(self) -> dict[str, Any] | None:
        try:
            with np.load(self.path) as file:
                about = json.loads(str(file["about"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # Missing, or no checkpoint: the training starts over, which is always right.
            return None
        return about if about.get("key") == self.key else None


def training_key(options: Mapping[str, Any], *arrays: np.ndarray | StreamedRows | None) -> str:
    """Return the digest of a training's options and images, and of what computes it.

    Parameters
    ----------
    options : mapping
        In JSON types.
    *arrays : ndarray, StreamedRows or None

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    versions = {
        "layout": _LAYOUT,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }
    digest = hashlib.sha256(json.dumps([options, versions], sort_keys=True).encode())
    for array in arrays:
        digest.update(f"{None if array is None else (array.shape, str(array.dtype))}".encode())
        if array is not None:
            for start in range(0, len(array), _DIGESTED_ROWS):
                digest.update(np.ascontiguousarray(array[start : start + _DIGESTED_ROWS]).data)
    return digest.hexdigest()
