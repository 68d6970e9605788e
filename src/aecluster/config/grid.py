"""Grids of parameters: one representation in the experiment file that stands for many."""

import itertools
import math
import re
from collections.abc import Mapping
from typing import Any

from aecluster.errors import ConfigError

# Refused before they are written out: a grid of six lists of a hundred values would never end.
MOST_CELLS = 10_000


def expand_grids(representations: Mapping[str, Any]) -> dict[str, Any]:
    """Replace every representation with a key `grid` by one for each combination of its values.

    Parameters
    ----------
    representations : mapping
        As in an experiment file. `grid` maps names of keys to lists of their values.

    Returns
    -------
    dict
        Without grids; a combination is named `<name>-<key>=<value>...`.

    Raises
    ------
    ConfigError
        If a grid is no mapping of keys to lists, or a list is empty or has a value twice, or if
        there are more than 10,000 combinations. The message begins with the path of the key.

    Examples
    --------
    >>> expand_grids({"ae": {"method": "autoencoder", "grid": {"epochs": [5, 10]}}})
    {'ae-epochs=5': {'method': 'autoencoder', 'epochs': 5}, \
'ae-epochs=10': {'method': 'autoencoder', 'epochs': 10}}
    """
    expanded: dict[str, Any] = {}
    for name, keys in representations.items():
        if not isinstance(keys, Mapping) or "grid" not in keys:
            expanded[name] = keys
            continue
        rest = {key: value for key, value in keys.items() if key != "grid"}
        axes = _axes(f"representations.{name}.grid", keys["grid"], rest)
        n_cells = math.prod(map(len, axes.values()))
        if n_cells > MOST_CELLS:
            raise ConfigError(
                f"representations.{name}.grid: found {n_cells:,} combinations, "
                f"expected at most {MOST_CELLS:,}"
            )
        for values in itertools.product(*axes.values()):
            cell = dict(zip(axes, values, strict=True))
            label = "-".join([name, *(f"{key}={_text(value)}" for key, value in cell.items())])
            expanded[label] = rest | cell
    return expanded


def _axes(where: str, grid: Any, rest: Mapping[str, Any]) -> dict[str, list[Any]]:
    if not isinstance(grid, Mapping) or not grid:
        raise ConfigError(f"{where}: found {grid!r}, expected keys with lists of values")
    axes = {}
    for key, values in grid.items():
        if not isinstance(values, list) or not values:
            raise ConfigError(f"{where}.{key}: found {values!r}, expected a list of values")
        if key in rest:
            raise ConfigError(
                f"{where}.{key}: the key stands beside the grid too, expected it once"
            )
        axes[key] = [_number(value) for value in values]
        texts = [_text(value) for value in axes[key]]
        if len(set(texts)) < len(texts):
            raise ConfigError(f"{where}.{key}: found {values!r}, expected every value once")
        for text in texts:
            if not re.fullmatch(r"[a-z0-9_.+-]+", text):
                raise ConfigError(
                    f"{where}.{key}: found {text!r}, expected a value that can be part of a name"
                )
    return axes


def _number(value: Any) -> Any:
    """Return a number for text that is one: YAML's 1e-5 is text, and so is all of --config."""
    if isinstance(value, str):
        for kind in (int, float):
            try:
                return kind(value)
            except ValueError:
                continue
    return value


def _text(value: Any) -> str:
    return str(value).lower()
