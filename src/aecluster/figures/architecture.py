"""The picture of a network: feature maps as stacked blocks, one column per layer."""

import math
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from aecluster.figures.canvas import BLUE, GRAY, VERMILION, drawing

_CODE_LAYER = "code"
# Lengths in inches.
_PITCH = 1.15
_LARGEST, _SMALLEST = 0.8, 0.06
_OFFSET = 0.05
_HEIGHT, _NAMES_TOP, _MIDDLE, _SHAPES_TOP = 2.75, 2.3, 1.3, 0.5
# More maps than this are a smear; the shape below says how many there are.
_MOST_MAPS = 8

_FIELDS = ("name", "type", "kernel", "activation", "output_shape", "n_params")
_ACTIONS = {
    "InputLayer": "input",
    "Conv2D": "conv",
    "Conv2DTranspose": "transposed conv",
    "MaxPooling2D": "max-pool",
    "AveragePooling2D": "mean-pool",
    "UpSampling2D": "up-sample",
    "Dense": "dense",
    "GlobalAveragePooling2D": "mean of each map",
}
# Between convolutions they leave the shape that is there: a column each would hide the others.
_UNDRAWN = {"Add", "BatchNormalization", "Concatenate", "ReLU"}


def draw_architecture(
    path: str | os.PathLike[str], layers: Sequence[Mapping[str, Any]], *, representation: str
) -> None:
    """Draw a network: what each layer does, how large its output is, how many parameters it has.

    Parameters
    ----------
    path : path-like
        The PNG file to make.
    layers : sequence of mapping
        One per layer, from the input on: `name`, `type` (Keras' class), `kernel` ([height, width]
        or None), `activation` (str or None), `output_shape` ([height, width, channels] or [d]),
        `n_params`. The layer named `code` is marked; normalisation, ReLU and sums have no column
        of their own.
    representation : str
        Name of the network, for the title.

    Raises
    ------
    ValueError
        If there are no layers, or one lacks a field.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "architecture.png"
    >>> dense = {"type": "Dense", "kernel": None, "activation": "relu", "n_params": 650}
    >>> layers = [{**dense, "name": "code", "output_shape": [10]}]
    >>> draw_architecture(path, layers, representation="Toy")
    >>> path.exists()
    True
    """
    _check(layers)
    drawn = [layer for layer in layers if layer["type"] not in _UNDRAWN]
    largest = max((max(_sides(layer)) for layer in drawn if _is_map(layer)), default=1)
    width = len(drawn) * _PITCH + 0.2
    with drawing(path, width, _HEIGHT) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, _HEIGHT))
        axes.set_axis_off()
        title = _headline(layers, representation)
        axes.text(width / 2, _HEIGHT - 0.12, title, ha="center", va="top", fontsize=11)
        edges = [
            _draw_layer(axes, layer, (index + 0.5) * _PITCH + 0.1, largest)
            for index, layer in enumerate(drawn)
        ]
        for (_, start), (end, _) in pairwise(edges):
            _draw_arrow(axes, start + 0.04, end - 0.04)


def _check(layers: Sequence[Mapping[str, Any]]) -> None:
    if not layers:
        raise ValueError("layers: found none, expected at least one")
    for index, layer in enumerate(layers):
        missing = [field for field in _FIELDS if field not in layer]
        if missing:
            raise ValueError(
                f"layers[{index}]: {', '.join(missing)} missing, expected {', '.join(_FIELDS)}"
            )


def _draw_layer(
    axes: Axes, layer: Mapping[str, Any], x: float, largest: int
) -> tuple[float, float]:
    """Draw one column around `x`; return the left and the right edge of its blocks."""
    is_code = layer["name"] == _CODE_LAYER
    colour = VERMILION if is_code else BLUE
    edges = _draw_blocks(axes, layer, x, largest, colour)
    centred = {"ha": "center", "va": "top"}
    axes.text(
        x,
        _NAMES_TOP,
        layer["name"],
        **centred,
        fontsize=7.5,
        color=colour,
        weight="bold" if is_code else "normal",
    )
    axes.text(x, _NAMES_TOP - 0.15, _action(layer), **centred, fontsize=7)
    axes.text(x, _SHAPES_TOP, _shape(layer), **centred, fontsize=8)
    if layer["n_params"]:
        count = f"{layer['n_params']:,} parameters"
        axes.text(x, _SHAPES_TOP - 0.17, count, **centred, fontsize=7, color=GRAY)
    return edges


def _draw_blocks(
    axes: Axes, layer: Mapping[str, Any], x: float, largest: int, colour: str
) -> tuple[float, float]:
    if _is_map(layer):
        height, width = (max(_LARGEST * side / largest, _SMALLEST) for side in _sides(layer))
        n_blocks = min(layer["output_shape"][-1], _MOST_MAPS)
    else:
        height, width, n_blocks = _LARGEST, _SMALLEST, 1
    spread = (n_blocks - 1) * _OFFSET
    left, bottom = x - (width + spread) / 2, _MIDDLE - (height + spread) / 2
    for behind in reversed(range(n_blocks)):
        corner = (left + behind * _OFFSET, bottom + behind * _OFFSET)
        axes.add_patch(
            Rectangle(corner, width, height, facecolor=colour, edgecolor="white", linewidth=0.7)
        )
    return left, left + width + spread


def _draw_arrow(axes: Axes, start: float, end: float) -> None:
    axes.add_patch(
        FancyArrowPatch(
            (start, _MIDDLE),
            (end, _MIDDLE),
            arrowstyle="-|>",
            mutation_scale=7,
            color=GRAY,
            linewidth=0.8,
            shrinkA=0,
            shrinkB=0,
        )
    )


def _is_map(layer: Mapping[str, Any]) -> bool:
    return len(layer["output_shape"]) == 3


def _sides(layer: Mapping[str, Any]) -> Sequence[int]:
    return layer["output_shape"][:2]


def _shape(layer: Mapping[str, Any]) -> str:
    return " x ".join(str(side) for side in layer["output_shape"])


def _headline(layers: Sequence[Mapping[str, Any]], representation: str) -> str:
    n_params = sum(layer["n_params"] for layer in layers)
    headline = f"{representation}: {n_params:,} parameters"
    for layer in layers:
        if layer["name"] == _CODE_LAYER:
            headline += f", a code of {math.prod(layer['output_shape']):,} values"
    return headline


def _action(layer: Mapping[str, Any]) -> str:
    action = _ACTIONS.get(layer["type"], layer["type"])
    if layer["kernel"] is not None:
        action += " " + "x".join(str(side) for side in layer["kernel"])
    if layer["activation"] is not None:
        action += f", {layer['activation']}"
    return action
