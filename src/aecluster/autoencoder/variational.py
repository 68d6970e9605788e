"""The variational autoencoder: codes are normal distributions, kept near the standard one.

The network is one of the registry's autoencoders, whose code is the mean. A convolution beside it
gives the logarithm of the variance while training; it is no part of the model that is kept::

    z = mean + exp(log_variance / 2) * noise
    loss = |decoder(z) - x|^2 / d + beta * KL(N(mean, variance) || N(0, 1)) / d

with d values per image: for beta = 2 sigma^2 the evidence lower bound of a decoder with Gaussian
noise of standard deviation sigma, scaled.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from aecluster.autoencoder.architectures import build_autoencoder
from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint, training_key
from aecluster.networks.epochs import Epochs, TrainingResult, measured
from aecluster.networks.images import check_pair, compact, scale_of
from aecluster.networks.inference import encode, reconstruct
from aecluster.networks.model import CODE_LAYER
from aecluster.networks.runtime import configure_threads, make_repeatable, seed_of_step
from aecluster.store.streaming import StreamedRows

# Images that are looked at for collapse after an epoch.
_N_PROBE = 1000
# Means that vary by less between images, beside a prior of variance 1, tell nothing of them.
_LEAST_VARIANCE = 1e-6


def train_vae(
    train: np.ndarray | StreamedRows,
    test: np.ndarray | StreamedRows | None = None,
    *,
    architecture: str = "sparse",
    epochs: int = 5,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    beta: float = 0.02,
    seed: int = 0,
    threads: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    on_epoch: Callable[[dict], None] | None = None,
) -> TrainingResult:
    """Train a variational autoencoder with Adam.

    Parameters
    ----------
    train, test, architecture, epochs, batch_size, learning_rate, seed, threads, on_epoch
        As for `train_autoencoder`.
    beta : float, default=0.02
        Weight of the divergence; 0.02 is a decoder's noise of a tenth of the brightness.
    checkpoint : path-like, optional
        A file that keeps the state after each epoch, from which the same training goes on.

    Returns
    -------
    TrainingResult
        Its model goes from an image by the mean of its code to its reconstruction. Its history has,
        per epoch, `loss`, `mse` of reconstructions from sampled codes, `divergence` (per image, in
        nats) and `test_mse` of reconstructions from means; its metrics are their last values.

    Raises
    ------
    ValueError
        If the images do not fit the architecture, or all means are the same or overflow.

    References
    ----------
    Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, equations 8 and 10.
    Higgins et al., "beta-VAE", ICLR 2017, equation 4, for the weight.
    """
    check_pair(train, test)
    if threads is not None:
        configure_threads(threads)
    make_repeatable(seed)
    train = compact(train)
    model = build_autoencoder(architecture, train.shape[1:], l1=0.0)
    trainer = _Trainer(model, learning_rate, beta, seed)
    kept = None
    if checkpoint is not None:
        options = {"architecture": architecture, "batch_size": batch_size, "beta": beta}
        options |= {"learning_rate": learning_rate, "seed": seed, "threads": threads}
        kept = Checkpoint(checkpoint, training_key({"vae": options}, train))

    def learn(epoch: int, order: np.ndarray) -> dict[str, float | None]:
        values = trainer.run_epoch(train, order, batch_size)
        varies = encode(model, train[:_N_PROBE]).var(axis=0).max() > _LEAST_VARIANCE
        if not (varies and np.isfinite(values["loss"])):
            raise ValueError(
                f"seed {seed}: all codes are the same or overflow after epoch {epoch}; lower "
                f"beta={beta} or learning_rate={learning_rate}"
            )
        return values | {"test_mse": None if test is None else _error(model, test)}

    loop = Epochs(
        train,
        last=epochs,
        seed=seed,
        variables=trainer.variables,
        checkpoint=kept,
        on_epoch=on_epoch,
    )
    loop.resume()
    loop.run(learn, _in_words)
    last = loop.history[-1] if loop.history else {}
    metrics = measured(last, ("loss", "mse", "divergence", "test_mse"))
    return TrainingResult(model, loop.history, seed, metrics)


def _in_words(entry: dict) -> str:
    return "loss {loss:.5f}, MSE {mse:.5f}, divergence {divergence:.2f}".format_map(entry)


class _Trainer:
    """A model, the variance of its code, their optimizer, and a compiled step."""

    def __init__(self, model: keras.Model, learning_rate: float, beta: float, seed: int):
        code = model.get_layer(CODE_LAYER)
        stride = code.input.shape[1] // code.output.shape[1]
        spread = keras.layers.Conv2D(
            code.output.shape[-1],
            3,
            strides=stride,
            padding="same",
            data_format="channels_last",
            name="log_variance",
        )
        self._encoder = keras.Model(model.input, [code.output, spread(code.input)])
        self._decoder = model.layers[model.layers.index(code) + 1 :]
        self._beta, self._seed = beta, seed
        self._trained = [*model.trainable_variables, *spread.trainable_variables]
        self._optimizer = keras.optimizers.Adam(learning_rate)
        self._optimizer.build(self._trained)
        self.variables = [*self._trained, *self._optimizer.variables]
        self._step = tf.function(self._train_on, reduce_retracing=True)

    def run_epoch(
        self, images: np.ndarray, order: np.ndarray, batch_size: int
    ) -> dict[str, float | None]:
        """Train on all images in this order; return means of loss, squared error, divergence."""
        sums = np.zeros(3)
        scale = np.float32(scale_of(images))
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            sums += len(rows) * np.array(self._step(images[rows].astype(np.float32) * scale))
        means = (float(mean) for mean in sums / len(order))
        return dict(zip(("loss", "mse", "divergence"), means, strict=True))

    def _train_on(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            mean, log_variance = self._encoder(images, training=True)
            seed = seed_of_step(self._seed, self._optimizer)
            noise = tf.random.stateless_normal(tf.shape(mean), seed)
            x = mean + tf.exp(log_variance / 2) * noise
            for layer in self._decoder:
                x = layer(x)
            mse = tf.reduce_mean(tf.square(x - images))
            terms = tf.square(mean) + tf.exp(log_variance) - 1 - log_variance
            divergence = tf.reduce_mean(tf.reduce_sum(terms, axis=(1, 2, 3))) / 2
            n_values = tf.cast(tf.size(images[0]), tf.float32)
            loss = mse + self._beta * divergence / n_values
        gradients = tape.gradient(loss, [variable.value for variable in self._trained])
        self._optimizer.apply(gradients, self._trained)
        return loss, mse, divergence


def _error(model: keras.Model, images: np.ndarray) -> float:
    """Return the mean squared error of reconstructions, in blocks."""
    scale = np.float32(scale_of(images))
    squares = 0.0
    for start in range(0, len(images), _N_PROBE):
        block = images[start : start + _N_PROBE]
        errors = reconstruct(model, block) - block.astype(np.float32) * scale
        squares += float(np.square(errors, dtype=np.float64).sum())
    return squares / (len(images) * int(np.prod(images.shape[1:])))
