"""Call a training function named in the configuration; keep its model, and what it can go on from.

The function takes the images of both splits and its options, among them `threads`, `on_epoch` and
`checkpoint`, and returns a `TrainingResult`. One that can score itself by classes has a parameter
`labels`: it is given those of both splits. No other function sees them.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any

from aecluster.networks.epochs import TrainingResult
from aecluster.networks.model import describe, save_model
from aecluster.records.record import Point, curves_of
from aecluster.store import Store


@dataclass(frozen=True)
class Training:
    """What the record says of a training.

    Attributes
    ----------
    metrics : dict of str to float
        Of the model, beside the last values of the curves.
    curves : dict of str to list of Point
        Values by epoch.
    details : dict
        `layers` (see `describe`), `n_params`, and the `seed` that succeeded.
    """

    metrics: dict[str, float]
    curves: dict[str, list[Point]]
    details: dict[str, Any]


def train(
    pixels: str | os.PathLike[str],
    model: str | os.PathLike[str],
    *,
    made_by: str,
    code: str,
    threads: int,
    on_epoch: Callable[[dict], None],
    **options: Any,
) -> Training:
    """Train a model on the images of a store and write it, from where a killed training left it.

    Beside the model stays `<its stem>.<code>.checkpoint`, and what the function keeps beside that
    under a name that begins in the same way. Checkpoints of other code are removed.

    Parameters
    ----------
    pixels : path-like
        Store of the images.
    model : path-like
        File to make; its name ends in `.keras`.
    made_by : str
        ``<module>:<function>``, as in `aecluster.config.methods`.
    code : str
        Fingerprint of the training's code. The state that other code left is not used.
    threads : int
        Threads for TensorFlow.
    on_epoch : callable
        Called with each entry of the history as soon as there is one.
    **options
        What else the function takes.

    Returns
    -------
    Training

    Raises
    ------
    StoreError
        If `pixels` is no store.
    ValueError
        If the images do not fit the options, or training fails.
    """
    model = Path(model)
    kept = f"{model.stem}.{code}."
    with Store(pixels) as images:
        options |= {"threads": threads, "on_epoch": on_epoch}
        # No output, since Snakemake deletes outputs before a job runs again: more epochs go on
        # from it.
        options["checkpoint"] = model.with_name(f"{kept}checkpoint")
        trained = _call(made_by, images, options)
    save_model(trained.model, model)
    for checkpoint in model.parent.glob("*.checkpoint"):
        if not checkpoint.name.startswith(kept):
            checkpoint.unlink()
    details = {"layers": describe(trained.model), "n_params": trained.model.count_params()}
    details["seed"] = trained.seed
    return Training(trained.metrics, curves_of(trained.history), details)


def _call(made_by: str, images: Store, options: dict[str, Any]) -> TrainingResult:
    function = resolve_name(made_by)
    train, test = images["train"], images["test"]
    if "labels" in signature(function).parameters:
        options = options | {"labels": (train.y, test.y)}
    return function(train.images(), test.images(), **options)
