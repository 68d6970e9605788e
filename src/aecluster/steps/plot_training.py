"""From the record of a training to its pictures."""

import os
from collections.abc import Mapping
from typing import Any

from aecluster.figures.registry import draw
from aecluster.records.record import read_record
from aecluster.store import read_reconstructions

Path = str | os.PathLike[str]


def plot_training(
    files: Mapping[str, Path], *, model_record: Path, reconstructions: Path | None = None
) -> None:
    """Draw what there is to see of a training.

    Parameters
    ----------
    files : mapping of str to path-like
        PNG files to make, by the names of their pictures in `aecluster.figures.registry`. A
        picture's function is given what it names of `layers`, `curves`, `representation` (its name)
        and, of an autoencoder, `images` and `reconstructions`.
    model_record : path-like
        Record of the training.
    reconstructions : path-like, optional
        Some images and what an autoencoder makes of them.

    Raises
    ------
    RecordError, StoreError
        If a file is missing, cut short, or holds something else.
    """
    training = read_record(model_record)
    rebuilt: dict[str, Any] = {}
    if reconstructions is not None:
        rebuilt["images"], rebuilt["reconstructions"] = read_reconstructions(reconstructions)
    draw(
        files,
        layers=training.details["layers"],
        curves=training.curves,
        representation=training.representation,
        **rebuilt,
    )
