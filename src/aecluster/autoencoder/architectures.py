"""Which autoencoders there are: a registry of plain data that is read without TensorFlow.

A new architecture is one function that takes `(input_shape, l1, output_activation)` and returns an
uncompiled `keras.Model` with a layer named `code`, and one entry of `ARCHITECTURES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aecluster.networks.backend import keras

# The data format of every layer, whatever Keras takes by default.
_LAST = "channels_last"


@dataclass(frozen=True)
class Architecture:
    """A named way to build an autoencoder.

    Attributes
    ----------
    label : str
        Name for tables and figures.
    description : str
        One sentence on what the layers are.
    reference : str
        Where the architecture comes from.
    side_divisor : int
        The sides of an image must be multiples of this number, since pooling halves them.
    builder : callable
        `builder(input_shape, l1, output_activation)` returns the `keras.Model`.
    """

    label: str
    description: str
    reference: str
    side_divisor: int
    builder: Callable[[tuple[int, int, int], float, str], keras.Model]


def _penalty(l1: float) -> keras.regularizers.L1:
    """Return the L1 penalty, as a layer applies it to its activations.

    Every architecture applies it by this regularizer. Keras sums it up in `model.losses`, and
    `aecluster.autoencoder.fast`, which evaluates the same loss, reads it from the layers.
    """
    # Seconds to import, and the registry's names are needed without it.
    from aecluster.networks.backend import keras

    return keras.regularizers.L1(l1)


def _sparse(input_shape: tuple[int, int, int], l1: float, output_activation: str) -> keras.Model:
    from aecluster.networks.backend import keras

    layers = keras.layers

    def convolution(filters: int, name: str) -> layers.Conv2D:
        return layers.Conv2D(
            filters,
            kernel_size=5,
            padding="same",
            data_format=_LAST,
            activation="relu",
            activity_regularizer=_penalty(l1),
            name=name,
        )

    # No penalty here: it would darken the reconstruction, and at 1e-5 it adds 0.005 to the loss,
    # with which the source's 0.0114 is out of reach.
    reconstruction = layers.Conv2D(
        input_shape[-1],
        kernel_size=5,
        padding="same",
        data_format=_LAST,
        activation=output_activation,
        name="reconstruction",
    )

    images = x = keras.Input(input_shape, name="images")
    for layer in (
        convolution(3, "encoder_conv_1"),
        layers.MaxPooling2D(2, data_format=_LAST, name="encoder_pool_1"),
        convolution(1, "encoder_conv_2"),
        layers.MaxPooling2D(2, data_format=_LAST, name="code"),
        convolution(1, "decoder_conv_1"),
        layers.UpSampling2D(2, data_format=_LAST, name="decoder_upsample_1"),
        convolution(3, "decoder_conv_2"),
        layers.UpSampling2D(2, data_format=_LAST, name="decoder_upsample_2"),
        reconstruction,
    ):
        x = layer(x)
    return keras.Model(images, x, name="sparse_autoencoder")


def _conv(input_shape: tuple[int, int, int], l1: float, output_activation: str) -> keras.Model:
    from aecluster.networks.backend import keras

    layers = keras.layers

    options = {"kernel_size": 3, "padding": "same", "data_format": _LAST}
    wide = {**options, "activation": "relu"}
    images = x = keras.Input(input_shape, name="images")
    for layer in (
        layers.Conv2D(32, strides=2, **wide, name="encoder_conv_1"),
        layers.Conv2D(64, strides=2, **wide, name="encoder_conv_2"),
        layers.Conv2D(128, strides=2, **wide, name="encoder_conv_3"),
        # Linear: no unit of it can go dark.
        layers.Conv2D(8, **options, activity_regularizer=_penalty(l1), name="code"),
        layers.Conv2D(128, **wide, name="decoder_conv_1"),
        layers.Conv2DTranspose(64, strides=2, **wide, name="decoder_conv_2"),
        layers.Conv2DTranspose(32, strides=2, **wide, name="decoder_conv_3"),
        layers.Conv2DTranspose(
            input_shape[-1],
            strides=2,
            activation=output_activation,
            **options,
            name="reconstruction",
        ),
    ):
        x = layer(x)
    return keras.Model(images, x, name="conv_autoencoder")


ARCHITECTURES: dict[str, Architecture] = {
    "sparse": Architecture(
        label="Sparse convolutional autoencoder",
        description=(
            "Five 5x5 convolutions, all but the last with an L1 activity penalty, around a "
            "one-channel code of a quarter of the image's sides."
        ),
        reference="The source experiment on CIFAR-10: 334 parameters, a code of 64 values.",
        side_divisor=4,
        builder=_sparse,
    ),
    "conv": Architecture(
        label="Convolutional autoencoder",
        description=(
            "Strided 3x3 convolutions of 32, 64 and 128 filters, a linear code of eight channels "
            "and an eighth of the image's sides, and transposed convolutions back."
        ),
        reference=(
            "The filters of Guo, Liu, Zhu, Yin, Deep clustering with convolutional autoencoders, "
            "ICONIP 2017, with a convolutional code: 128 values for images of 32 x 32."
        ),
        side_divisor=8,
        builder=_conv,
    ),
}


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
        If the architecture is unknown, the sides do not divide, `l1` is negative, or what the
        architecture puts out has another shape than the images.

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
    model = entry.builder(tuple(input_shape), l1, output_activation)
    if model.output_shape[1:] != tuple(input_shape):
        raise ValueError(
            f"architecture {architecture!r}: found reconstructions of shape "
            f"{model.output_shape[1:]}, expected those of the images, {tuple(input_shape)}"
        )
    return model


def _check_shape(shape: tuple[int, ...], architecture: str, divisor: int) -> None:
    if len(shape) != 3 or any(side < 1 for side in shape):
        raise ValueError(f"input_shape {shape}: expected (height, width, channels)")
    if shape[0] % divisor or shape[1] % divisor:
        raise ValueError(
            f"input_shape {shape}: the sides of architecture {architecture!r} must divide by "
            f"{divisor}; resize or crop the images"
        )
