"""The compiled step of contrastive training, and the passes over images that consist of it.

TensorFlow's own kernels run, not XLA's: on a CPU only they compute convolutions in bfloat16.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from aecluster.contrastive.augmentation import augment
from aecluster.contrastive.network import build_encoder, with_head
from aecluster.contrastive.objective import Agreement, nt_xent
from aecluster.networks.backend import keras
from aecluster.networks.images import scale_of
from aecluster.networks.runtime import seed_of_step
from aecluster.store.streaming import StreamedRows

_BLOCK = 500


class ContrastiveTrainer:
    """A network with its head, its optimizer, and what is done with them.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    width : int
        See `build_encoder`.
    temperature : float
        See `nt_xent`.
    learning_rate : float or keras.optimizers.schedules.LearningRateSchedule
        Adam's.
    precision : {"float32", "bfloat16"}
        In which a step computes; the weights are float32.
    seed : int
        Decides the views, with the number of the step.
    fused : bool, default=True
        See `build_encoder`.

    Attributes
    ----------
    network : keras.Model
        Trained in place.
    optimizer : keras.optimizers.Optimizer
    """

    def __init__(
        self,
        input_shape: tuple[int, int, int],
        *,
        width: int,
        temperature: float,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
        precision: str,
        seed: int,
        fused: bool = True,
    ):
        self._width, self._temperature, self._seed = width, temperature, seed
        self._encoder = build_encoder(input_shape, width, precision=precision, fused=fused)
        self.network = with_head(self._encoder, precision)
        self.optimizer = keras.optimizers.Adam(learning_rate)
        self.optimizer.build(self.network.trainable_variables)
        self._run_step = tf.function(self._step, autograph=False)
        self._encode = tf.function(
            lambda images, scale: self._encoder(
                tf.cast(images, tf.float32) * scale, training=False
            ),
            autograph=False,
            reduce_retracing=True,
        )

    @property
    def variables(self) -> list[keras.Variable]:
        """All that changes: with these values a training goes on as if it had not stopped."""
        return [*self.network.variables, *self.optimizer.variables]

    def run_epoch(
        self, images: np.ndarray | StreamedRows, order: np.ndarray, batch_size: int, title: str
    ) -> Agreement:
        """Train on the images in this order, in whole batches; return the mean of the steps.

        What is left for no whole batch is left out: another order leaves out others.
        """
        batch_size = min(batch_size, len(order))
        n_steps = len(order) // batch_size
        scale = tf.constant(scale_of(images), tf.float32)
        totals = np.zeros(3)
        with tqdm(total=n_steps, desc=title, unit=" steps", disable=None, leave=False) as bar:
            for rows in order[: n_steps * batch_size].reshape(n_steps, batch_size):
                totals += np.array(self._run_step(images[rows], scale))
                bar.set_postfix(loss=f"{totals[0] / (bar.n + 1):.4f}", refresh=False)
                bar.update()
        return Agreement(*map(float, totals / n_steps))

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Return the present code of the images, (n, d) float32."""
        scale = tf.constant(scale_of(images), tf.float32)
        blocks = [
            np.asarray(self._encode(images[start : start + _BLOCK], scale), np.float32)
            for start in range(0, len(images), _BLOCK)
        ]
        return np.concatenate(blocks)

    def stock_encoder(self) -> keras.Model:
        """Return the encoder with its present weights, of stock layers that compute in float32."""
        stock = build_encoder(self._encoder.input_shape[1:], self._width)
        stock.set_weights(self._encoder.get_weights())
        return stock

    def _step(self, images: tf.Tensor, scale: tf.Tensor) -> Agreement:
        seed = seed_of_step(self._seed, self.optimizer)
        views = augment(tf.concat([images, images], axis=0), seed, scale)
        variables = self.network.trainable_variables
        with tf.GradientTape() as tape:
            agreement = nt_xent(self.network(views, training=True), self._temperature)
        gradients = tape.gradient(agreement.loss, [variable.value for variable in variables])
        self.optimizer.apply(gradients, variables)
        return agreement
