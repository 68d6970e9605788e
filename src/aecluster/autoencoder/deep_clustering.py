"""Codes that are pulled towards cluster centres: DEC and IDEC.

A pretrained autoencoder's codes z are clustered by K-Means, then encoder and centres c are trained
on the agreement of soft assignments with a sharper version of themselves::

    q_ij = (1 + |z_i - c_j|^2)^-1, normalised over j
    p_ij = q_ij^2 / sum_i q_ij,    normalised over j; kept for an epoch
    loss = sum_ij p_ij log(p_ij / q_ij), the mean over images

DEC forgets the decoder; IDEC keeps the reconstruction error beside, so that codes still tell of
the image.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from aecluster.autoencoder.training import train_autoencoder
from aecluster.clustering import KMeans
from aecluster.networks.images import scale_of
from aecluster.networks.inference import encode
from aecluster.networks.model import CODE_LAYER
from aecluster.store.streaming import shuffled

_LOG = logging.getLogger(__name__)
# Starts of the K-Means that gives the first centres, as in both papers.
_N_INIT = 20
# Training ends when fewer images than this share change their cluster in an epoch, as in both.
_LEAST_MOVED = 1e-3


@dataclass(frozen=True)
class ClusteredCodes:
    """An autoencoder whose codes were pulled towards centres, and how it came about.

    Attributes
    ----------
    model : keras.Model
        The autoencoder; of DEC, with the decoder of the pretraining.
    history : list of dict
        One a epoch of pretraining, then of clustering: as of `train_autoencoder`, the latter with
        `divergence` (from p to q, mean over images), `mse` and `moved` (the share of images that
        changed their cluster).
    seed : int
        The seed of the pretraining that succeeded.
    """

    model: keras.Model
    history: list[dict]
    seed: int

    @property
    def metrics(self) -> dict[str, float]:
        """The last values of the history, without times."""
        last = self.history[-1]
        return {name: value for name, value in last.items() if name in ("divergence", "moved")}


def train_dec(train: np.ndarray, test: np.ndarray | None = None, **options) -> ClusteredCodes:
    """Train the encoder on the agreement of clusters alone; see `train_idec` for the parameters.

    References
    ----------
    Xie, Girshick and Farhadi, "Unsupervised deep embedding for clustering analysis", ICML 2016,
    sections 3.1 and 3.2.
    """
    return _train(train, test, reconstruction_weight=0.0, clustering_weight=1.0, **options)


def train_idec(
    train: np.ndarray,
    test: np.ndarray | None = None,
    *,
    clustering_weight: float = 0.1,
    **options,
) -> ClusteredCodes:
    """Train an autoencoder on reconstruction and agreement of clusters together.

    Parameters
    ----------
    train, test : ndarray of shape (n, h, w, c)
        As for `train_autoencoder`.
    clustering_weight : float, default=0.1
        Of the divergence, beside 1 for the reconstruction.
    **options
        `architecture`, `epochs` (of the pretraining), `batch_size`, `learning_rate`, `seed`,
        `threads`, `checkpoint` and `on_epoch` as for `train_autoencoder`; `n_clusters` and
        `cluster_epochs`, the most epochs after the pretraining. The checkpoint is of the
        pretraining: a training killed later repeats its clustering epochs.

    Returns
    -------
    ClusteredCodes

    Raises
    ------
    ValueError
        If the pretraining fails, or the codes fall together or overflow.

    References
    ----------
    Guo, Gao, Liu and Yin, "Improved deep embedded clustering with local structure preservation",
    IJCAI 2017, equations 5 to 11.
    """
    return _train(
        train, test, reconstruction_weight=1.0, clustering_weight=clustering_weight, **options
    )


def _train(
    train: np.ndarray,
    test: np.ndarray | None,
    *,
    architecture: str,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    n_clusters: int,
    cluster_epochs: int,
    reconstruction_weight: float,
    clustering_weight: float,
    seed: int = 0,
    threads: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    on_epoch: Callable[[dict], None] | None = None,
) -> ClusteredCodes:
    pretrained = train_autoencoder(
        train, test, architecture=architecture, epochs=epochs, batch_size=batch_size,
        learning_rate=learning_rate, l1=0.0, seed=seed, threads=threads, checkpoint=checkpoint,
        on_epoch=on_epoch,
    )  # fmt: skip
    model, history = pretrained.model, list(pretrained.history)
    codes = encode(model, train)
    kmeans = KMeans(n_clusters, n_init=_N_INIT, random_state=seed).fit(codes)
    centres, labels = keras.Variable(kmeans.cluster_centers_, dtype="float32"), kmeans.labels_
    step = _step(model, centres, learning_rate, reconstruction_weight, clustering_weight)
    scale = np.float32(scale_of(train))
    for epoch in range(len(history) + 1, len(history) + cluster_epochs + 1):
        started = time.perf_counter()
        targets = _sharpened(np.asarray(_assignments(codes, centres.value)))
        order = shuffled(train, np.random.default_rng([seed, epoch]))
        sums = np.zeros(2)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            images = train[rows].astype(np.float32) * scale
            sums += len(rows) * np.array(step(images, targets[rows]))
        codes = encode(model, train)
        before, labels = labels, np.asarray(_assignments(codes, centres.value)).argmax(axis=1)
        divergence, mse = (float(value) for value in sums / len(order))
        # Negated, so that what has overflowed is an error too.
        if not np.ptp(codes, axis=0).max() > 0 or not np.isfinite(codes).all():
            raise ValueError(
                f"seed {seed}: all codes are the same or overflow after epoch {epoch}; lower "
                f"learning_rate={learning_rate}"
            )
        entry = {
            "epoch": epoch, "divergence": divergence, "mse": mse,
            "moved": float(np.mean(labels != before)),
            "wall_s": time.perf_counter() - started, "time": time.time(),
        }  # fmt: skip
        history.append(entry)
        _LOG.info("epoch %d: divergence %.5f, MSE %.5f, %.2f %% moved", epoch, divergence, mse,
                  100 * entry["moved"])  # fmt: skip
        if on_epoch is not None:
            on_epoch(entry)
        if entry["moved"] < _LEAST_MOVED:
            break
    return ClusteredCodes(model, history, pretrained.seed)


def _step(
    model: keras.Model,
    centres: keras.Variable,
    learning_rate: float,
    reconstruction_weight: float,
    clustering_weight: float,
) -> Callable[[np.ndarray, np.ndarray], tuple[tf.Tensor, tf.Tensor]]:
    """Return a function that trains on a batch and returns its divergence and squared error."""
    both = keras.Model(model.input, [model.get_layer(CODE_LAYER).output, model.output])
    trained = model.layers
    if not reconstruction_weight:
        # The decoder is not in the loss, and has no gradient.
        trained = trained[: trained.index(model.get_layer(CODE_LAYER)) + 1]
    variables = [*(v for layer in trained for v in layer.trainable_variables), centres]
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(variables)

    @tf.function(reduce_retracing=True)
    def step(images: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            code, reconstructed = both(images, training=True)
            flat = tf.reshape(code, (tf.shape(code)[0], -1))
            assigned = _assignments(flat, centres.value)
            terms = tf.math.xlogy(targets, targets / assigned)
            divergence = tf.reduce_mean(tf.reduce_sum(terms, axis=1))
            mse = tf.reduce_mean(tf.square(reconstructed - images))
            loss = reconstruction_weight * mse + clustering_weight * divergence
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        optimizer.apply(gradients, variables)
        return divergence, mse

    return step


def _assignments(codes: np.ndarray | tf.Tensor, centres: tf.Tensor) -> tf.Tensor:
    """Return the soft assignments q, (n, n_clusters), by Student's t with one degree of freedom."""
    squared = (
        tf.reduce_sum(tf.square(codes), axis=1, keepdims=True)
        - 2 * tf.matmul(codes, centres, transpose_b=True)
        + tf.reduce_sum(tf.square(centres), axis=1)
    )
    kernel = 1 / (1 + tf.maximum(squared, 0))
    return kernel / tf.reduce_sum(kernel, axis=1, keepdims=True)


def _sharpened(assigned: np.ndarray) -> np.ndarray:
    """Return the targets p, (n, n_clusters)."""
    weighted = assigned**2 / assigned.sum(axis=0)
    return weighted / weighted.sum(axis=1, keepdims=True)
