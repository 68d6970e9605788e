"""Autoencoders as Keras models: build, take apart, describe, keep on disk.

Everything returned and saved here consists of stock Keras layers, so a saved model needs nothing
of this package to be loaded.
"""

from __future__ import annotations

import os
from pathlib import Path

import keras

from aecluster.atomic import atomic_write
from aecluster.autoencoder.architectures import ARCHITECTURES
from aecluster.autoencoder.archive import make_reproducible

CODE_LAYER = "code"


def build_autoencoder(
    architecture: str = "sparse",
    input_shape: tuple[int, int, int] = (32, 32, 1),
    l1: float = 1e-5,
    output_activation: str = "linear",
) -> keras.Model:
    """Build an untrained autoencoder for images with values in [0, 1].

    Parameters
    ----------
    architecture : str, default="sparse"
        A name in `aecluster.autoencoder.ARCHITECTURES`.
    input_shape : tuple of int, default=(32, 32, 1)
        Height, width and channels of an image. `sparse` wants sides that divide by 4.
    l1 : float, default=1e-5
        Weight of the L1 penalty on the activations of the convolutions before the last. Keras
        sums the absolute activations of all units and divides by the batch size: the penalty is
        per image, not per unit, and the reported loss contains it.
    output_activation : str, default="linear"
        Activation of the last layer: `linear`, `relu` or `sigmoid`.

    Returns
    -------
    keras.Model
        Uncompiled, of stock Keras layers; the layer named `code` is the end of the encoder.

    Raises
    ------
    ValueError
        If the architecture is unknown, the sides do not divide, or `l1` is negative.

    Examples
    --------
    >>> model = build_autoencoder("sparse", input_shape=(32, 32, 1))
    >>> model.count_params()
    334
    >>> model.get_layer("code").output.shape
    (None, 8, 8, 1)
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"architecture {architecture!r}: expected one of {sorted(ARCHITECTURES)}")
    if l1 < 0:
        raise ValueError(f"l1={l1}: expected a penalty of 0 or more")
    if output_activation not in ("linear", "relu", "sigmoid"):
        raise ValueError(
            f"output_activation {output_activation!r}: expected linear, relu or sigmoid"
        )
    entry = ARCHITECTURES[architecture]
    _check_shape(tuple(input_shape), architecture, entry.side_divisor)
    return entry.builder(tuple(input_shape), l1, output_activation)


def build_encoder(model: keras.Model) -> keras.Model:
    """Cut an autoencoder after its layer `code`; the encoder shares the autoencoder's weights.

    Parameters
    ----------
    model : keras.Model
        An autoencoder with a layer named `code`.

    Returns
    -------
    keras.Model
        Maps images (n, h, w, c) in [0, 1] to codes (n, d), float32, flattened row by row.

    Raises
    ------
    ValueError
        If the model has no layer named `code`.

    Examples
    --------
    >>> build_encoder(build_autoencoder()).output_shape
    (None, 64)
    """
    names = [layer.name for layer in model.layers]
    if CODE_LAYER not in names:
        raise ValueError(
            f"model {model.name!r}: no layer named {CODE_LAYER!r}, found {', '.join(names)}"
        )
    flat = keras.layers.Flatten(name="flat_code")(model.get_layer(CODE_LAYER).output)
    return keras.Model(model.input, flat, name=f"{model.name}_encoder")


def describe(model: keras.Model) -> list[dict]:
    """Describe a model's layers as plain data, for a figure that needs no TensorFlow.

    Parameters
    ----------
    model : keras.Model
        A built model that is a chain of layers.

    Returns
    -------
    list of dict
        One a layer, from the input to the output, in JSON types: `name`, `type` (Keras' class),
        `kernel` ([height, width] of a convolution's kernel, a pooling's window or an
        up-sampling's factor, else None), `activation` (name or None), `output_shape`
        ([height, width, channels]), `n_params`.

    Examples
    --------
    >>> describe(build_autoencoder())[1] == {
    ...     "name": "encoder_conv_1", "type": "Conv2D", "kernel": [5, 5], "activation": "relu",
    ...     "output_shape": [32, 32, 3], "n_params": 78}
    True
    """
    return [_describe_layer(layer) for layer in model.layers]


def save_model(model: keras.Model, path: str | os.PathLike) -> None:
    """Save a model in Keras' `.keras` format; the file appears whole or not at all.

    Equal models give equal files, byte by byte.

    Parameters
    ----------
    model : keras.Model
    path : path-like
        Must end in `.keras`; its folder is created.

    Raises
    ------
    ValueError
        If the path does not end in `.keras`.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"{path}: a model's file name must end in .keras")
    with atomic_write(path) as temporary:
        model.save(temporary)
        make_reproducible(temporary)


def load_model(path: str | os.PathLike) -> keras.Model:
    """Load a model that `save_model` wrote; plain `keras.models.load_model` does the same.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        If the file is missing or is no Keras model.
    """
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, KeyError) as error:
        reason = "no such file" if not Path(path).exists() else f"no whole Keras model ({error})"
        raise ValueError(f"{path}: {reason}; run the training again") from error


def _check_shape(shape: tuple[int, ...], architecture: str, divisor: int) -> None:
    if len(shape) != 3 or any(side < 1 for side in shape):
        raise ValueError(f"input_shape {shape}: expected (height, width, channels)")
    if shape[0] % divisor or shape[1] % divisor:
        raise ValueError(
            f"input_shape {shape}: the sides of architecture {architecture!r} must divide by "
            f"{divisor}; resize or crop the images"
        )


def _describe_layer(layer: keras.Layer) -> dict:
    config = layer.get_config()
    kernel = config.get("kernel_size") or config.get("pool_size") or config.get("size")
    return {
        "name": layer.name,
        "type": type(layer).__name__,
        "kernel": None if kernel is None else list(kernel),
        "activation": config.get("activation"),
        "output_shape": list(layer.output.shape[1:]),
        "n_params": layer.count_params(),
    }
