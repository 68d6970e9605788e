"""Networks as Keras models: take apart, describe, keep on disk.

Everything saved here consists of stock Keras layers, so a saved model needs nothing
of this package to be loaded.
"""

from __future__ import annotations

import os
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.networks.archive import make_reproducible
from aecluster.networks.backend import keras

CODE_LAYER = "code"


def cut_encoder(model: keras.Model) -> keras.Model:
    """Cut an autoencoder after its layer `code`; the encoder shares the autoencoder's weights.

    `aecluster.autoencoder.build_encoder` is this function under its public name.

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
    >>> from aecluster.autoencoder import build_autoencoder
    >>> cut_encoder(build_autoencoder()).output_shape
    (None, 64)
    """
    names = [layer.name for layer in model.layers]
    if CODE_LAYER not in names:
        raise ValueError(
            f"model {model.name!r}: no layer named {CODE_LAYER!r}, found {', '.join(names)}"
        )
    flat = keras.layers.Flatten("channels_last", name="flat_code")(
        model.get_layer(CODE_LAYER).output
    )
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
        One entry per layer, from the input to the output, in JSON types: `name`, `type` (Keras'
        class), `kernel` ([height, width] of a convolution's kernel, a pooling's window or an
        up-sampling's factor, else None), `activation` (name or None), `output_shape`
        ([height, width, channels]), `n_params`.

    Examples
    --------
    >>> from aecluster.autoencoder import build_autoencoder
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
