"""The compiled loops of training: many steps per call, no Python between two of them.

A chunk of shuffled batches goes to the device as it is in memory and is scaled there. Where a
model's loss can be evaluated by direct convolution, XLA compiles the loop; else Keras' kernels
run, which XLA would only slow down on a CPU.

The variables are float32 whatever the precision: bfloat16 is how a step computes, and what is
trained that way is used like any other model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from aecluster.autoencoder.fast import fast_loss
from aecluster.networks.backend import keras
from aecluster.networks.images import scale_of
from aecluster.networks.runtime import policy_of, seed_of_step

# Steps between two calls from Python: enough to hide a call, few enough to show progress.
_STEPS_PER_CHUNK = 100


class Trainer:
    """A model, its optimizer, and the loops that use them.

    Parameters
    ----------
    model : keras.Model
        Trained in place.
    learning_rate : float or keras.optimizers.schedules.LearningRateSchedule
        Adam's.
    precision : {"float32", "bfloat16"}, default="float32"
        In which the layers compute a step; bfloat16 takes Keras' own kernels.
    noise : float, default=0.0
        Standard deviation of the Gaussian noise on the images that the model sees.
    seed : int, default=0
        Decides the noise, with the number of the step.
    fast : bool, default=True
        Whether to evaluate the loss by direct convolution where that is a gain: on a CPU, if the
        model is of the kind that `fast_loss` accepts.
    """

    def __init__(
        self,
        model: keras.Model,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
        *,
        precision: str = "float32",
        noise: float = 0.0,
        seed: int = 0,
        fast: bool = True,
    ):
        self.model = model
        self.optimizer = keras.optimizers.Adam(learning_rate)
        self.optimizer.build(model.trainable_variables)
        self._policy = policy_of(precision)
        self._noise, self._seed = noise, seed
        on_cpu = not tf.config.list_physical_devices("GPU")
        may_be_fast = fast and on_cpu and precision == "float32"
        self._fast_loss = fast_loss(model) if may_be_fast else None
        self._run_steps = tf.function(
            self._steps, autograph=False, jit_compile=True if self._fast_loss else None
        )
        self._sum_squares = tf.function(self._squares, autograph=False, reduce_retracing=True)

    @property
    def is_fast(self) -> bool:
        """Whether the steps run by direct convolution."""
        return self._fast_loss is not None

    def run_epoch(
        self,
        images: np.ndarray,
        order: np.ndarray,
        batch_size: int,
        title: str,
        on_chunk: Callable[[int], None] | None = None,
    ) -> tuple[float, float]:
        """Train on all images in this order; return the mean loss and squared error.

        `on_chunk` is called with the number of chunks so far, each of a hundred steps.
        """
        scale = tf.constant(scale_of(images), tf.float32)
        totals = np.zeros(2)
        with tqdm(total=len(order), desc=title, unit=" images", disable=None, leave=False) as bar:
            chunks = _chunks(order, min(batch_size, len(order)))
            for number, (rows, n) in enumerate(chunks, start=1):
                batches = images[rows.ravel()].reshape(*rows.shape, *images.shape[1:])
                totals += np.array(self._run_steps(batches, tf.constant(n), scale))
                bar.set_postfix(loss=f"{totals[0] / (bar.n + n):.5f}", refresh=False)
                bar.update(n)
                if on_chunk is not None:
                    on_chunk(number)
        loss, mse = totals / len(order)
        return float(loss), float(mse)

    def mean_squared_error(self, images: np.ndarray, block: int = 1000) -> float:
        """Return the mean squared error of the reconstructions of these images."""
        scale = tf.constant(scale_of(images), tf.float32)
        total = sum(
            float(self._sum_squares(images[start : start + block], scale))
            for start in range(0, len(images), block)
        )
        return total / images.size

    def _steps(
        self, batches: tf.Tensor, n: tf.Tensor, scale: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Train on the first `n` images of batches (steps, batch, h, w, c).

        Returns the sums of loss and squared error over these images.
        """
        batch_size = batches.shape[1]
        variables = self.model.trainable_variables

        def step(start: tf.Tensor, loss_sum: tf.Tensor, mse_sum: tf.Tensor) -> tuple:
            images = tf.cast(batches[start // batch_size], tf.float32) * scale
            count = tf.minimum(n - start, batch_size)
            with tf.GradientTape() as tape:
                loss, mse = self._loss(images, count)
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            self.optimizer.apply(gradients, variables)
            weight = tf.cast(count, tf.float32)
            return start + batch_size, loss_sum + weight * loss, mse_sum + weight * mse

        zero = tf.constant(0.0)
        _, loss_sum, mse_sum = tf.while_loop(
            lambda start, *_: start < n, step, (tf.constant(0), zero, zero)
        )
        return loss_sum, mse_sum

    def _loss(self, images: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return loss and mean squared error of the first `count` images of a batch."""
        noise = self._noise_like(images) if self._noise else None
        if self._fast_loss is not None:
            counted = tf.cast(tf.range(images.shape[0]) < count, tf.float32)
            weights = counted / tf.cast(count, tf.float32)
            return self._fast_loss(images, weights, always=count > 0, noise=noise)
        seen = (images if noise is None else images + noise)[:count]
        with _computing_by(self._policy, self.model):
            reconstructed = tf.cast(self.model(seen, training=True), tf.float32)
            penalties = [tf.cast(loss, tf.float32) for loss in self.model.losses]
        mse = tf.reduce_mean(tf.square(reconstructed - images[:count]))
        return mse + tf.add_n(penalties or [tf.constant(0.0)]), mse

    def _noise_like(self, images: tf.Tensor) -> tf.Tensor:
        seed = seed_of_step(self._seed, self.optimizer)
        return self._noise * tf.random.stateless_normal(images.shape, seed)

    def _squares(self, images: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
        images = tf.cast(images, tf.float32) * scale
        return tf.reduce_sum(tf.square(self.model(images, training=False) - images))


@contextmanager
def _computing_by(policy: str, model: keras.Model) -> Iterator[None]:
    """Let the layers compute by a policy of Keras for what is traced inside."""
    before = [layer.dtype_policy for layer in model.layers]
    for layer in model.layers:
        layer.dtype_policy = keras.DTypePolicy(policy)
    try:
        yield
    finally:
        for layer, kept in zip(model.layers, before, strict=True):
            layer.dtype_policy = kept


def _chunks(order: np.ndarray, batch_size: int) -> Iterator[tuple[np.ndarray, int]]:
    """Cut an order of rows into arrays (steps, batch), all of one shape, of which `n` count.

    One shape means one compilation. What is missing at the end repeats a row that is not counted.
    """
    steps = min(_STEPS_PER_CHUNK, -(-len(order) // batch_size))
    size = steps * batch_size
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        filled = np.full(size, rows[0])
        filled[: len(rows)] = rows
        yield filled.reshape(steps, batch_size), len(rows)
