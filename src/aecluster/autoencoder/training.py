"""Train an autoencoder: seeded, visible, resumed where it was cut, and never collapsed in silence.

An attempt that collapses is followed by one from another seed, derived from the first.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from aecluster.autoencoder.architectures import build_autoencoder
from aecluster.autoencoder.attempt import Attempt, Collapsed, Images, best_epoch
from aecluster.autoencoder.trainer import Trainer
from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint, training_key
from aecluster.networks.epochs import TrainingResult, measured
from aecluster.networks.images import check_pair, compact
from aecluster.networks.runtime import configure_threads, make_repeatable
from aecluster.store.streaming import StreamedRows

_LOG = logging.getLogger(__name__)
# An attempt that collapses is rare; three of them mean that the options are at fault.
_MAX_RESTARTS = 2
_SCHEDULES = ("constant", "cosine")
_PRECISIONS = ("float32", "bfloat16")


def train_autoencoder(
    train: np.ndarray | StreamedRows,
    test: np.ndarray | StreamedRows | None = None,
    *,
    architecture: str = "sparse",
    epochs: int = 5,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    l1: float = 1e-5,
    output_activation: str = "linear",
    schedule: str = "constant",
    patience: int = 0,
    precision: str = "float32",
    noise: float = 0.0,
    seed: int = 0,
    threads: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    on_epoch: Callable[[dict], None] | None = None,
) -> TrainingResult:
    """Train an autoencoder with Adam on the mean squared error of its reconstructions.

    The same arguments give the same weights to the last bit on one machine with the same number
    of threads. The seed is also set for Python's, NumPy's and Keras' global generators.

    Parameters
    ----------
    train : ndarray or StreamedRows of shape (n, h, w, c)
        uint8, scaled by 1/255 on the device, or floats in [0, 1]; streamed only in uint8.
    test : ndarray or StreamedRows of shape (m, h, w, c), optional
        Images for `test_mse` after every epoch; training does not see them.
    architecture : str, default="sparse"
        A name in `aecluster.autoencoder.ARCHITECTURES`.
    epochs : int, default=5
        Passes over the training images; 0 leaves the first weights, as a control.
    batch_size : int, default=32
        Images per step; the last step of an epoch takes what is left.
    learning_rate : float, default=0.001
        Adam's.
    l1 : float, default=1e-5
        Weight of the activity penalty, see `build_autoencoder`.
    output_activation : str, default="linear"
        `linear`, `relu` or `sigmoid`.
    schedule : {"constant", "cosine"}, default="constant"
        Of the learning rate: `cosine` brings it down to 0 with the last step [1]_.
    patience : int, default=0
        Epochs without a lower `test_mse` after which training ends. The model then has the weights
        of the best epoch, also if the last epoch comes first. 0 turns it off.
    precision : {"float32", "bfloat16"}, default="float32"
        In which the layers compute while training. The weights, and the model that is returned,
        are float32 in any case.
    noise : float, default=0.0
        Standard deviation of Gaussian noise on the images that the network sees while training,
        on the scale of 0 to 1; the error is against the images without it [2]_.
    seed : int, default=0
        Decides the initial weights, the order of the images, and the noise.
    threads : int, optional
        Threads for TensorFlow; None leaves the choice as it is. See `configure_threads`.
    checkpoint : path-like, optional
        A file that keeps the state after each epoch. Training continues from it if it was left by
        one with the same arguments, images, threads and versions of TensorFlow and Keras; `epochs`
        may be more with a constant learning rate. The weights are then those of a training in one
        go, to the last bit. It stays there after the last epoch, for a training of more epochs.
    on_epoch : callable, optional
        Called with the epoch's entry of the history as soon as there is one.

    Returns
    -------
    TrainingResult
        Its history has, per epoch, `loss` (what is minimised: reconstruction error and penalty,
        mean over the epoch's images), `mse` (the same without the penalty), `test_mse` (of the test
        images after the epoch, None without them) and `dead_code` (share of the code's units that
        are the same for every image). Its metrics are `epoch`, whose weights the model has (the
        last one, or with `patience` the best), the values of that epoch, and `restarts`: how often
        training collapsed and started over, 0 as a rule.

    Raises
    ------
    ValueError
        If the images do not fit the architecture or each other, an argument is out of range,
        there is patience but no test image, or training collapsed from every seed that was tried.

    References
    ----------
    .. [1] Loshchilov, Hutter, SGDR: Stochastic gradient descent with warm restarts, ICLR 2017,
       equation 5, without restarts.
    .. [2] Vincent, Larochelle, Bengio, Manzagol, Extracting and composing robust features with
       denoising autoencoders, ICML 2008.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1), dtype=np.uint8)
    >>> result = train_autoencoder(images, epochs=2, seed=1)
    >>> [entry["epoch"] for entry in result.history]
    [1, 2]
    """
    options = {
        "architecture": architecture,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "l1": l1,
        "output_activation": output_activation,
        "schedule": schedule,
        "patience": patience,
        "precision": precision,
        "noise": noise,
    }
    check_pair(train, test)
    if patience and test is None:
        raise ValueError(f"patience={patience}: expected test images, whose error it watches")
    _check_options(options | {"epochs": epochs})
    if threads is not None:
        configure_threads(threads)
    make_repeatable(seed)
    images = Images(compact(train), None if test is None else compact(test), batch_size)
    rate: float | keras.optimizers.schedules.LearningRateSchedule = learning_rate
    circumstances = {"seed": seed, "threads": threads}
    if schedule == "cosine" and epochs:
        rate = keras.optimizers.schedules.CosineDecay(
            learning_rate, epochs * -(-len(train) // batch_size)
        )
        circumstances["epochs"] = epochs
    kept = None
    if checkpoint is not None:
        key = training_key(options | circumstances, images.train, images.test)
        kept = Checkpoint(checkpoint, key)
    first = kept.peek()[0] if kept else 0
    for restarts in range(first, _MAX_RESTARTS + 1):
        seed_here = _derived_seed(seed, restarts)
        make_repeatable(seed_here)
        model = build_autoencoder(architecture, train.shape[1:], l1, output_activation)
        trainer = Trainer(model, rate, precision=precision, noise=noise, seed=seed_here)
        attempt = Attempt(trainer, images, seed_here, patience)
        try:
            attempt.train(epochs, kept, restarts, on_epoch)
        except Collapsed as collapse:
            _LOG.warning(
                "seed %d collapsed in epoch %d: every image has the same reconstruction",
                seed_here,
                collapse.epoch,
            )
            continue
        metrics = _metrics(attempt.history, patience, restarts)
        return TrainingResult(model, attempt.history, seed_here, metrics)
    raise ValueError(
        f"training collapsed from {_MAX_RESTARTS + 1} seeds derived from {seed}: every image has "
        f"the same reconstruction; lower l1={l1} or learning_rate={learning_rate}"
    )


def _metrics(history: list[dict], patience: int, restarts: int) -> dict[str, float]:
    epoch = best_epoch(history) if patience and history else len(history)
    values = history[epoch - 1] if history else {}
    names = ("loss", "mse", "test_mse", "dead_code")
    return {"epoch": epoch, "restarts": restarts} | measured(values, names)


def _derived_seed(seed: int, restarts: int) -> int:
    if restarts == 0:
        return seed
    return int(np.random.SeedSequence([seed, restarts]).generate_state(1)[0])


def _check_options(options: dict[str, Any]) -> None:
    for name, least in (("epochs", 0), ("batch_size", 1), ("patience", 0), ("noise", 0)):
        if not options[name] >= least:
            raise ValueError(f"{name}={options[name]}: expected at least {least}")
    if not options["learning_rate"] > 0:
        raise ValueError(f"learning_rate={options['learning_rate']}: expected a positive number")
    for name, known in (("schedule", _SCHEDULES), ("precision", _PRECISIONS)):
        if options[name] not in known:
            raise ValueError(f"{name} {options[name]!r}: expected {' or '.join(known)}")
