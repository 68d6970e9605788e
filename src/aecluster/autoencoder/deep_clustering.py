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

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from aecluster.autoencoder.training import train_autoencoder
from aecluster.clustering import KMeans
from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint, training_key
from aecluster.networks.epochs import Epochs, TrainingResult, measured
from aecluster.networks.images import scale_of
from aecluster.networks.inference import encode
from aecluster.networks.model import CODE_LAYER

# Starts of the K-Means that gives the first centres, as in both papers.
_N_INIT = 20
# Training ends when fewer images than this share change their cluster in an epoch, as in both.
_LEAST_MOVED = 1e-3


def train_dec(train: np.ndarray, test: np.ndarray | None = None, **options) -> TrainingResult:
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
) -> TrainingResult:
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
        `cluster_epochs`, the most epochs after the pretraining. The checkpoint is that of the
        pretraining; a second file beside it, `<stem>.clusters<suffix>`, keeps the state after each
        clustering epoch, and a training of more `cluster_epochs` goes on from there.

    Returns
    -------
    TrainingResult
        Its model is the autoencoder; of DEC, with the decoder of the pretraining. Its history has
        one entry per epoch of the pretraining, as of `train_autoencoder`, then one per epoch of
        clustering, with `divergence` (from p to q, mean over images), `mse` and `moved` (the share
        of images that changed their cluster). Its seed is that of the pretraining that succeeded,
        its metrics are the last `divergence` and `moved`.

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
) -> TrainingResult:
    pretrained = train_autoencoder(
        train, test, architecture=architecture, epochs=epochs, batch_size=batch_size,
        learning_rate=learning_rate, l1=0.0, seed=seed, threads=threads, checkpoint=checkpoint,
        on_epoch=on_epoch,
    )  # fmt: skip
    n_epochs = len(pretrained.history)
    clusters = _Clusters(
        pretrained.model, n_clusters, learning_rate, reconstruction_weight, clustering_weight
    )
    kept = None
    if checkpoint is not None:
        options = {
            "architecture": architecture, "epochs": epochs, "batch_size": batch_size,
            "learning_rate": learning_rate, "n_clusters": n_clusters, "seed": seed,
            "reconstruction_weight": reconstruction_weight,
            "clustering_weight": clustering_weight, "threads": threads,
        }  # fmt: skip
        kept = Checkpoint(_beside(checkpoint), training_key({"clusters": options}, train, test))
    loop = Epochs(
        train,
        last=n_epochs + cluster_epochs,
        seed=seed,
        variables=clusters.variables,
        checkpoint=kept,
        before=pretrained.history,
        on_epoch=on_epoch,
    )
    if loop.resume():
        clusters.assign(train)
    else:
        clusters.place_centres(train, seed)

    def learn(epoch: int, order: np.ndarray) -> dict[str, float | None]:
        before = clusters.labels
        divergence, mse = clusters.run_epoch(train, order, batch_size)
        clusters.assign(train)
        # Negated, so that what has overflowed is an error too.
        if not np.ptp(clusters.codes, axis=0).max() > 0 or not np.isfinite(clusters.codes).all():
            raise ValueError(
                f"seed {seed}: all codes are the same or overflow after epoch {epoch}; lower "
                f"learning_rate={learning_rate}"
            )
        moved = float(np.mean(clusters.labels != before))
        return {"divergence": divergence, "mse": mse, "moved": moved}

    loop.run(learn, _in_words, _reason_to_end)
    last = loop.history[-1] if loop.history else {}
    metrics = measured(last, ("divergence", "moved"))
    return TrainingResult(pretrained.model, loop.history, pretrained.seed, metrics)


def _beside(checkpoint: str | os.PathLike[str]) -> Path:
    """Return where the clustering epochs are kept: `a.clusters.npz` for `a.npz`.

    The state of the pretraining stays, for other clusterings and for more of its epochs.
    """
    path = Path(checkpoint)
    return path.with_name(f"{path.stem}.clusters{path.suffix}")


def _in_words(entry: dict) -> str:
    return (
        f"divergence {entry['divergence']:.5f}, MSE {entry['mse']:.5f}, "
        f"{100 * entry['moved']:.2f} % moved"
    )


def _reason_to_end(history: list[dict]) -> str | None:
    moved = history[-1].get("moved") if history else None
    if moved is None or moved >= _LEAST_MOVED:
        return None
    return f"{100 * moved:.2f} % moved"


class _Clusters:
    """An autoencoder, the centres of its codes, and a compiled step that trains both.

    Attributes
    ----------
    variables : list of keras.Variable
        All that changes. Codes, labels and targets follow from them.
    codes : ndarray of shape (n, d), float32
    labels : ndarray of shape (n,), int
        The nearest centre of each code.
    """

    def __init__(
        self,
        model: keras.Model,
        n_clusters: int,
        learning_rate: float,
        reconstruction_weight: float,
        clustering_weight: float,
    ):
        code = model.get_layer(CODE_LAYER)
        n_values = int(np.prod(code.output.shape[1:]))
        self._model = model
        self._both = keras.Model(model.input, [code.output, model.output])
        self._centres = keras.Variable(np.zeros((n_clusters, n_values)), dtype="float32")
        self._weights = reconstruction_weight, clustering_weight
        trained = model.layers
        if not reconstruction_weight:
            # The decoder is not in the loss, and has no gradient.
            trained = trained[: trained.index(code) + 1]
        self._trained = [*(v for layer in trained for v in layer.trainable_variables)]
        self._trained.append(self._centres)
        self._optimizer = keras.optimizers.Adam(learning_rate)
        self._optimizer.build(self._trained)
        self.variables = [*model.variables, self._centres, *self._optimizer.variables]
        self.codes = self.labels = np.empty(0)
        self._step = tf.function(self._train_on, reduce_retracing=True)

    def place_centres(self, images: np.ndarray, seed: int) -> None:
        """Take codes, centres and labels of a K-Means of the codes."""
        self.codes = encode(self._model, images)
        kmeans = KMeans(self._centres.shape[0], n_init=_N_INIT, random_state=seed).fit(self.codes)
        self._centres.assign(kmeans.cluster_centers_)
        self.labels = kmeans.labels_

    def assign(self, images: np.ndarray) -> None:
        """Take the codes of the present weights, and their labels."""
        self.codes = encode(self._model, images)
        self.labels = self._assigned().argmax(axis=1)

    def run_epoch(
        self, images: np.ndarray, order: np.ndarray, batch_size: int
    ) -> tuple[float, float]:
        """Train on all images in this order; return means of divergence and squared error."""
        targets = _sharpened(self._assigned())
        scale = np.float32(scale_of(images))
        sums = np.zeros(2)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            batch = images[rows].astype(np.float32) * scale
            sums += len(rows) * np.array(self._step(batch, targets[rows]))
        divergence, mse = sums / len(order)
        return float(divergence), float(mse)

    def _assigned(self) -> np.ndarray:
        return np.asarray(_assignments(self.codes, self._centres.value))

    def _train_on(self, images: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return divergence and squared error of a batch, and train on it."""
        reconstruction_weight, clustering_weight = self._weights
        with tf.GradientTape() as tape:
            code, reconstructed = self._both(images, training=True)
            flat = tf.reshape(code, (tf.shape(code)[0], -1))
            assigned = _assignments(flat, self._centres.value)
            terms = tf.math.xlogy(targets, targets / assigned)
            divergence = tf.reduce_mean(tf.reduce_sum(terms, axis=1))
            mse = tf.reduce_mean(tf.square(reconstructed - images))
            loss = reconstruction_weight * mse + clustering_weight * divergence
        gradients = tape.gradient(loss, [variable.value for variable in self._trained])
        self._optimizer.apply(gradients, self._trained)
        return divergence, mse


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
