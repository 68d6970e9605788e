"""The loss of a chain of stock Keras layers, evaluated by direct convolution.

The layers stay what they are and keep their variables; only the arithmetic of a training step is
another, so a model trained this way is saved, loaded and continued as any other. What this module
cannot evaluate faster is not accepted, and is left to Keras' own kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import tensorflow as tf

from aecluster.autoencoder.direct import (
    Window,
    correlate,
    gather_phases,
    kernel_gradient,
    materialized,
    pad,
    spread_phases,
    sum_axes,
)
from aecluster.networks.backend import keras

# Every product is written out and compiled: beyond these sizes compiling takes longer than it
# saves, and wide layers are what the stock kernels are made for.
_MAX_TERMS = 100
_MAX_SIDE = 64


@dataclass(frozen=True)
class _Stage:
    """A convolution with the up-sampling ahead of it and the max-pooling behind it."""

    layer: keras.layers.Conv2D
    up: int
    pool: int
    l1: float

    @property
    def activation(self) -> str:
        return keras.activations.serialize(self.layer.activation)


class FastLoss:
    """The training loss of an accepted model, and its gradient, as a function of images.

    Made by `fast_loss`.
    """

    def __init__(self, stages: list[_Stage]):
        self._stages = stages

    def __call__(
        self,
        images: tf.Tensor,
        weights: tf.Tensor,
        always: tf.Tensor,
        noise: tf.Tensor | None = None,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss and, within it, the mean squared error.

        Parameters
        ----------
        images : tensor of shape (n, h, w, c), float32
        weights : tensor of shape (n,), float32
            What each image counts; 1/n for all of them is the mean that Keras takes.
        always : tensor of shape (), bool
            True, computed at run time. See `direct.materialized`.
        noise : tensor of shape (n, h, w, c), float32, optional
            What is added to the images that the model sees; the error is against those without.

        Returns
        -------
        loss, mse : tensor of shape (), float32
        """
        n, height, width, channels = images.shape

        def with_images_last(x: tf.Tensor) -> tf.Tensor:
            shape = [channels, height, width, n]
            return materialized(always, shape, lambda: tf.transpose(x, (3, 1, 2, 0)))

        target = with_images_last(images)
        x = target if noise is None else target + with_images_last(noise)
        penalty = tf.zeros([n])
        for stage in self._stages:
            x, penalty_here = _run(stage, x, always)
            penalty += penalty_here
        error = _mean_square(x, target)
        mse = tf.reduce_sum(weights * error)
        return mse + tf.reduce_sum(weights * penalty), mse


def fast_loss(model: keras.Model) -> FastLoss | None:
    """Return how to evaluate the model's loss by direct convolution, None where that is no gain.

    Accepted are chains of `Conv2D` with stride 1 and few channels, each with a nearest
    `UpSampling2D` ahead of it or a `MaxPooling2D` behind it or neither, in float32.

    Parameters
    ----------
    model : keras.Model
        Built, with images as input and output.

    Returns
    -------
    FastLoss or None
    """
    layers = model.layers
    if not _is_chain(layers) or max(model.input_shape[1:3], default=0) > _MAX_SIDE:
        return None
    stages: list[_Stage] = []
    up = 1
    for before, layer in pairwise(layers):
        match type(layer):
            case keras.layers.UpSampling2D if up == 1 and _is_plain_up_sampling(layer):
                up = layer.size[0]
            case keras.layers.Conv2D if _is_direct(layer, up):
                stages.append(_Stage(layer, up, 1, _l1_of(layer.activity_regularizer)))
                up = 1
            case keras.layers.MaxPooling2D if type(
                before
            ) is keras.layers.Conv2D and _is_plain_pooling(layer):
                last = stages.pop()
                if last.up > 1:
                    return None
                stages.append(_Stage(last.layer, last.up, layer.pool_size[0], last.l1))
            case _:
                return None
    return FastLoss(stages) if up == 1 and stages else None


def _is_chain(layers: list[keras.layers.Layer]) -> bool:
    return isinstance(layers[0], keras.layers.InputLayer) and all(
        layer.input is before.output for before, layer in pairwise(layers)
    )


def _is_plain_up_sampling(layer: keras.layers.UpSampling2D) -> bool:
    return (
        layer.interpolation == "nearest"
        and layer.data_format == "channels_last"
        and layer.size[0] == layer.size[1]
    )


def _is_plain_pooling(layer: keras.layers.MaxPooling2D) -> bool:
    size = layer.pool_size
    return (
        layer.data_format == "channels_last"
        and size[0] == size[1]
        and tuple(layer.strides) == tuple(size)
        and all(side % size[0] == 0 for side in layer.input.shape[1:3])
    )


def _is_direct(layer: keras.layers.Conv2D, up: int) -> bool:
    channels = max(layer.input.shape[-1], layer.filters)
    rules = (layer.kernel_regularizer, layer.bias_regularizer, layer.kernel_constraint)
    return (
        layer.trainable
        and layer.compute_dtype == layer.variable_dtype == "float32"
        and layer.data_format == "channels_last"
        and tuple(layer.strides) == tuple(layer.dilation_rate) == (1, 1)
        and layer.groups == 1
        and layer.kernel_size[0] * layer.kernel_size[1] * channels <= _MAX_TERMS
        and (layer.padding == "same" or (layer.padding == "valid" and up == 1))
        and layer.activation in (keras.activations.linear, *_SLOPES)
        and all(rule is None for rule in (*rules, layer.bias_constraint))
        and _l1_of(layer.activity_regularizer) is not None
    )


def _l1_of(regularizer: keras.Regularizer | None) -> float | None:
    if regularizer is None:
        return 0.0
    return float(regularizer.l1) if type(regularizer) is keras.regularizers.L1 else None


# The derivative of an activation, from its result.
_SLOPES: dict[Callable, Callable[[tf.Tensor], tf.Tensor]] = {
    keras.activations.relu: lambda y: tf.cast(y > 0, tf.float32),
    keras.activations.sigmoid: lambda y: y * (1 - y),
}


def _run(stage: _Stage, x: tf.Tensor, always: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return what the stage makes of images (c, h, w, n), and its penalty for each of them."""
    layer, up, pool = stage.layer, stage.up, stage.pool
    same = layer.padding == "same"
    window_h, window_w = (Window(size, up, same) for size in layer.kernel_size)
    channels, height, width, n = x.shape
    rows, columns = (window_h.before, window_h.after), (window_w.before, window_w.after)
    padded = (height + sum(rows), width + sum(columns))
    out = (padded[0] - window_h.size + 1, padded[1] - window_w.size + 1)
    phases = up * up * layer.filters

    @tf.custom_gradient
    def convolve(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor):
        # Small kernels, one for each place in a block of the output: (phases, c, rows, columns).
        kernels = tf.reshape(
            tf.einsum("pai,qbj,ijco->pqocab", window_h.taps, window_w.taps, kernel),
            (phases, channels, window_h.size, window_w.size),
        )
        padded_x = materialized(always, [channels, *padded, n], lambda: pad(x, rows, columns))
        y = materialized(
            always,
            [phases, *out, n],
            lambda: layer.activation(
                correlate(padded_x, kernels) + tf.tile(bias, [up * up])[:, None, None, None]
            ),
        )
        penalty = stage.l1 * sum_axes(tf.abs(y), 3) if stage.l1 else tf.zeros([n])
        result = spread_phases(y, up) if up > 1 else _max_pool(y, pool)

        def gradient(g: tf.Tensor, g_penalty: tf.Tensor) -> tuple[tf.Tensor, ...]:
            def at_output() -> tf.Tensor:
                at_y = gather_phases(g, up) if up > 1 else _max_pool_gradient(y, result, g, pool)
                if stage.l1:
                    at_y += stage.l1 * g_penalty * tf.sign(y)
                slope = _SLOPES.get(layer.activation)
                return at_y if slope is None else at_y * slope(y)

            at_sum = materialized(always, [phases, *out, n], at_output)
            around = pad(
                at_sum,
                (window_h.size - 1 - rows[0], window_h.size - 1 - rows[1]),
                (window_w.size - 1 - columns[0], window_w.size - 1 - columns[1]),
            )
            around = materialized(always, around.shape.as_list(), lambda: around)
            turned = tf.transpose(kernels[:, :, ::-1, ::-1], (1, 0, 2, 3))
            at_x = materialized(
                always, [channels, height, width, n], lambda: correlate(around, turned)
            )
            at_kernels = tf.reshape(
                kernel_gradient(padded_x, at_sum),
                (up, up, layer.filters, channels, window_h.size, window_w.size),
            )
            at_kernel = tf.einsum("pai,qbj,pqocab->ijco", window_h.taps, window_w.taps, at_kernels)
            at_bias = tf.reduce_sum(sum_axes(at_sum, 2, axis=1), axis=-1)
            at_bias = tf.reduce_sum(tf.reshape(at_bias, (up * up, layer.filters)), axis=0)
            return at_x, at_kernel, at_bias

        return (result, penalty), gradient

    bias = layer.bias.value if layer.use_bias else tf.zeros([layer.filters])
    return convolve(x, tf.convert_to_tensor(layer.kernel.value), tf.convert_to_tensor(bias))


def _max_pool(y: tf.Tensor, size: int) -> tf.Tensor:
    if size == 1:
        return y
    places = _places(y, size)
    result = places[0]
    for place in places[1:]:
        result = tf.maximum(result, place)
    return result


def _max_pool_gradient(y: tf.Tensor, pooled: tf.Tensor, g: tf.Tensor, size: int) -> tf.Tensor:
    """Hand each gradient to the first of the equal maxima, as Keras' kernel does."""
    if size == 1:
        return g
    first = tf.zeros(pooled.shape, tf.int32)
    for number, place in reversed(list(enumerate(_places(y, size)))):
        first = tf.where(place == pooled, number, first)
    numbers = tf.reshape(tf.range(size * size), (1, 1, size, 1, size, 1))
    channels, height, width, n = pooled.shape
    chosen = first[:, :, None, :, None] == numbers
    blocks = tf.where(chosen, g[:, :, None, :, None], tf.zeros([]))
    return tf.reshape(blocks, (channels, size * height, size * width, n))


def _places(y: tf.Tensor, size: int) -> list[tf.Tensor]:
    """Return the pixels at each place of the pooling's window, row by row."""
    channels, height, width, n = y.shape
    blocks = tf.reshape(y, (channels, height // size, size, width // size, size, n))
    return [blocks[:, :, i, :, j] for i in range(size) for j in range(size)]


@tf.custom_gradient
def _mean_square(x: tf.Tensor, target: tf.Tensor):
    """Return the mean squared error of each image of (c, h, w, n)."""
    difference = x - target
    scale = 1 / (x.shape[0] * x.shape[1] * x.shape[2])

    def gradient(g: tf.Tensor) -> tuple[tf.Tensor, None]:
        return 2 * scale * difference * g, None

    return scale * sum_axes(tf.square(difference), 3), gradient
