"""A representation that is the user's own Python function, called from its file."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from aecluster.errors import ConfigError
from aecluster.store import Store
from aecluster.transforms.vectors import Vectors


def call_function(
    base: Store, *, path: str, function: str, options: dict[str, Any], seed: int
) -> Vectors:
    """Let the user's function make the vectors.

    It is called as ``function(train, images, seed=seed, **options)`` for each split, with float32
    arrays of shape (n, d), and returns an array of shape (m, anything) with a row for each image.

    Parameters
    ----------
    base : Store
    path : str
        The Python file.
    function : str
        Name of the function in it.
    options : dict
        Further keyword arguments.
    seed : int

    Returns
    -------
    Vectors

    Raises
    ------
    ConfigError
        If the file has no such function, or does not return one row per image.
    """
    module = _load(path)
    embed = getattr(module, function, None)
    if not callable(embed):
        raise ConfigError(f"{path}: no function {function!r} in it")
    train = base["train"].matrix()
    splits = {}
    for name in base.splits:
        images = base[name].matrix()
        vectors = np.asarray(embed(train, images, seed=seed, **options), dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(images):
            raise ConfigError(
                f"{path}: {function} returned an array of shape {vectors.shape}, expected "
                f"({len(images)}, d), a row for each image of {name}"
            )
        if not np.isfinite(vectors).all():
            raise ConfigError(f"{path}: {function} returned values that are not finite")
        splits[name] = [vectors]
    return Vectors(splits)


def _load(path: str) -> Any:
    if not Path(path).is_file():
        raise ConfigError(f"{path}: no such file, expected Python code")
    spec = importlib.util.spec_from_file_location("representation", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
