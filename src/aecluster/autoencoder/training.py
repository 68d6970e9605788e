"""Train an autoencoder: seeded, visible, epoch by epoch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from aecluster.autoencoder.images import check_images, compact
from aecluster.autoencoder.model import build_autoencoder
from aecluster.autoencoder.runtime import configure_threads, make_repeatable
from aecluster.autoencoder.trainer import Trainer

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingResult:
    """A trained autoencoder and how it came about.

    Attributes
    ----------
    model : keras.Model
        The trained autoencoder, of stock Keras layers.
    history : list of dict
        One a epoch: `epoch` (from 1), `loss` (what is minimised: reconstruction error and
        penalty, mean over the epoch's images), `mse` (the same without the penalty), `test_mse`
        (of the test images after the epoch, None without them), `wall_s` (seconds that the epoch
        took), `time` (when it ended, UTC seconds since 1970).
    """

    model: keras.Model
    history: list[dict]


def train_autoencoder(
    train: np.ndarray,
    test: np.ndarray | None = None,
    *,
    architecture: str = "sparse",
    epochs: int = 5,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    l1: float = 1e-5,
    output_activation: str = "linear",
    seed: int = 0,
    threads: int | None = None,
    on_epoch: Callable[[dict], None] | None = None,
) -> TrainingResult:
    """Train an autoencoder with Adam on the mean squared error of its reconstructions.

    The same arguments give the same weights to the last bit on one machine with the same number
    of threads. The seed is also set for Python's, NumPy's and Keras' global generators.

    Parameters
    ----------
    train : ndarray of shape (n, h, w, c)
        uint8, scaled by 1/255 on the device, or floats in [0, 1].
    test : ndarray of shape (m, h, w, c), optional
        Images for `test_mse` after every epoch; training does not see them.
    architecture : str, default="sparse"
        A name in `aecluster.autoencoder.ARCHITECTURES`.
    epochs : int, default=5
        Passes over the training images.
    batch_size : int, default=32
        Images a step; the last step of an epoch takes what is left.
    learning_rate : float, default=0.001
        Adam's.
    l1 : float, default=1e-5
        Weight of the activity penalty, see `build_autoencoder`.
    output_activation : str, default="linear"
        `linear`, `relu` or `sigmoid`.
    seed : int, default=0
        Decides the initial weights and the order of the images.
    threads : int, optional
        Threads for TensorFlow; None leaves the choice as it is. See `configure_threads`.
    on_epoch : callable, optional
        Called with the epoch's entry of the history as soon as there is one.

    Returns
    -------
    TrainingResult

    Raises
    ------
    ValueError
        If the images do not fit the architecture or each other, or a number is out of range.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1), dtype=np.uint8)
    >>> result = train_autoencoder(images, epochs=2, seed=1)
    >>> [entry["epoch"] for entry in result.history]
    [1, 2]
    """
    _check_arguments(train, test, epochs, batch_size, learning_rate)
    if threads is not None:
        configure_threads(threads)
    make_repeatable(seed)
    model = build_autoencoder(architecture, train.shape[1:], l1, output_activation)
    trainer = Trainer(model, learning_rate)
    train = compact(train)
    test = None if test is None else compact(test)
    history = []
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        order = np.random.default_rng([seed, epoch]).permutation(len(train))
        loss, mse = trainer.run_epoch(train, order, batch_size, f"epoch {epoch}/{epochs}")
        entry = {
            "epoch": epoch,
            "loss": loss,
            "mse": mse,
            "test_mse": None if test is None else trainer.mean_squared_error(test),
            "wall_s": time.perf_counter() - start,
            "time": time.time(),
        }
        history.append(entry)
        _report(entry, epochs, len(train))
        if on_epoch is not None:
            on_epoch(entry)
    return TrainingResult(model, history)


def _check_arguments(
    train: np.ndarray,
    test: np.ndarray | None,
    epochs: int,
    batch_size: int,
    learning_rate: float,
) -> None:
    check_images(train, "train")
    if test is not None:
        check_images(test, "test")
        if test.shape[1:] != train.shape[1:]:
            raise ValueError(
                f"test: found images of shape {test.shape[1:]}, expected those of train, "
                f"{train.shape[1:]}"
            )
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value < 1:
            raise ValueError(f"{name}={value}: expected at least 1")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate={learning_rate}: expected a positive number")


def _report(entry: dict, epochs: int, n_images: int) -> None:
    test = "" if entry["test_mse"] is None else f", test MSE {entry['test_mse']:.5f}"
    _LOG.info(
        "epoch %d/%d: loss %.5f, MSE %.5f%s, %.0f images/s",
        entry["epoch"],
        epochs,
        entry["loss"],
        entry["mse"],
        test,
        n_images / entry["wall_s"],
    )
