"""The encoder: a small residual network, and the head that only training needs.

The form is chosen for what it costs on a CPU. Seven convolutions of 3 x 3, of which the first
leaves half of the sides, so that the wide ones see small maps. Normalisation and ReLU stand before
each convolution: kernels that do both in one pass are there for this order, while a ReLU after the
sum of a block would be a pass over memory of its own. Shortcuts have no weights.
"""

from __future__ import annotations

import tensorflow as tf

from aecluster.networks.backend import keras
from aecluster.networks.runtime import policy_of

LEAST_SIDE = 16
_PROJECTION = 128
# The data format of every layer, whatever Keras takes by default.
_LAST = "channels_last"


def build_encoder(
    input_shape: tuple[int, int, int],
    width: int = 64,
    *,
    precision: str = "float32",
    fused: bool = False,
) -> keras.Model:
    """Build an untrained encoder of images with values in [0, 1].

    Parameters
    ----------
    input_shape : tuple of int
        Height and width, at least 16, and channels of an image.
    width : int, default=64
        Channels of the first stage; the second has twice, the third four times as many.
    precision : {"float32", "bfloat16"}, default="float32"
        In which its layers compute. The weights are float32 in any case.
    fused : bool, default=False
        Whether normalisation is one kernel of TensorFlow, several times as fast as Keras' own on a
        CPU. Weights fit both.

    Returns
    -------
    keras.Model
        Maps (n, h, w, c) to (n, 4 * width). Of stock Keras layers unless it is fused.

    Raises
    ------
    ValueError
        If the images are too small.

    References
    ----------
    He, Zhang, Ren, Sun, "Identity mappings in deep residual networks", ECCV 2016, figure 4e.

    Examples
    --------
    >>> build_encoder((32, 32, 3)).output_shape
    (None, 256)
    """
    if len(input_shape) != 3 or min(input_shape[:2]) < LEAST_SIDE:
        raise ValueError(
            f"input_shape {tuple(input_shape)}: expected (height, width, channels) with sides of "
            f"at least {LEAST_SIDE}; resize the images"
        )
    layers = keras.layers
    dtype = policy_of(precision)
    normalisation = FusedNormalization if fused else layers.BatchNormalization

    def convolve(x: keras.KerasTensor, filters: int, strides: int, name: str) -> keras.KerasTensor:
        return layers.Conv2D(
            filters, 3, strides, "same", _LAST, use_bias=False, dtype=dtype, name=f"{name}_conv"
        )(x)

    def activate(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        x = normalisation(momentum=0.9, dtype=dtype, name=f"{name}_norm")(x)
        return layers.ReLU(dtype=dtype, name=f"{name}_relu")(x)

    def block(x: keras.KerasTensor, filters: int, strides: int, name: str) -> keras.KerasTensor:
        y = activate(x, f"{name}_1")
        if strides > 1:
            pool = layers.AveragePooling2D(
                strides, None, "same", _LAST, dtype=dtype, name=f"{name}_pool"
            )
            x = pool(y)
            x = layers.Concatenate(dtype=dtype, name=f"{name}_widen")([x, x])
        y = activate(convolve(y, filters, strides, f"{name}_1"), f"{name}_2")
        y = convolve(y, filters, 1, f"{name}_2")
        return layers.Add(dtype=dtype, name=f"{name}_add")([x, y])

    images = keras.Input(input_shape, name="images")
    x = convolve(images, width, 1, "stem")
    x = layers.MaxPooling2D(2, None, "same", _LAST, dtype=dtype, name="stem_pool")(x)
    for stage, (filters, strides) in enumerate(((width, 1), (2 * width, 2), (4 * width, 2)), 1):
        x = block(x, filters, strides, f"stage_{stage}")
    x = activate(x, "last")
    code = layers.GlobalAveragePooling2D(_LAST, dtype=dtype, name="code")(x)
    return keras.Model(images, code, name="contrastive_encoder")


def with_head(encoder: keras.Model, precision: str = "float32") -> keras.Model:
    """Return an encoder followed by the head in whose space views are compared.

    Parameters
    ----------
    encoder : keras.Model
        Shared, not copied.
    precision : {"float32", "bfloat16"}, default="float32"
        In which the head's first layer computes; what it puts out is float32.

    Returns
    -------
    keras.Model
        Maps images (n, h, w, c) to projections (n, 128), float32.

    References
    ----------
    Chen et al., ICML 2020, section 4.2: the layer before the head is the better representation.
    """
    dense = keras.layers.Dense
    units = encoder.output_shape[-1]
    hidden = dense(units, "relu", dtype=policy_of(precision), name="head_1")(encoder.output)
    projection = dense(_PROJECTION, dtype="float32", name="head_2")(hidden)
    return keras.Model(encoder.input, projection, name="contrastive_network")


class FusedNormalization(keras.layers.BatchNormalization):
    """Batch normalisation over the last axis of images, by one kernel.

    Keras' own is a dozen passes over memory, in float32 whatever the precision. The kernel takes
    statistics in float32 too, but reads and writes what the layers around it compute in. Its
    running variance is the unbiased one, n / (n - 1) of Keras' own.
    """

    def __init__(self, **options: object):
        # Statistics, scale and offset stay float32.
        super().__init__(autocast=False, **options)

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Return the inputs, normalised by their own statistics or by the running ones."""
        mean, variance = self.moving_mean, self.moving_variance
        nothing = tf.zeros([0])
        outputs, batch_mean, batch_variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=nothing if training else mean.value,
            variance=nothing if training else variance.value,
            epsilon=self.epsilon,
            is_training=training,
        )
        if training:
            mean.assign(self.momentum * mean + (1 - self.momentum) * batch_mean)
            variance.assign(self.momentum * variance + (1 - self.momentum) * batch_variance)
        return outputs
