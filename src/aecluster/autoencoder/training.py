"""Train an autoencoder: seeded, visible, resumed where it was cut, and never collapsed in silence.

A network this narrow can go dark: a layer whose only channel is zero everywhere lets nothing
through, and every image gets the same reconstruction. No gradient brings it back, so training
starts over from another seed.
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

from aecluster.autoencoder.checkpoint import Checkpoint, training_key
from aecluster.autoencoder.images import check_images, compact, scale_of
from aecluster.autoencoder.model import CODE_LAYER, build_autoencoder
from aecluster.autoencoder.runtime import configure_threads, make_repeatable
from aecluster.autoencoder.trainer import Trainer
from aecluster.streaming import StreamedRows, shuffled

_LOG = logging.getLogger(__name__)
# A start that collapses is rare; three of them mean that the options are at fault.
_MAX_RESTARTS = 2
# Images that are looked at for collapse after an epoch.
_N_PROBE = 1000
# Reconstructions that vary by less than this share of the images' variance do not depend on them.
_LEAST_VARIANCE = 1e-4


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
        (of the test images after the epoch, None without them), `dead_code` (share of the code's
        units that are the same for every image), `wall_s` (seconds that the epoch took), `time`
        (when it ended, UTC seconds since 1970).
    restarts : int
        How often training collapsed and started over; 0 as a rule.
    seed : int
        The seed of the start that succeeded: the one asked for, or one derived from it.
    """

    model: keras.Model
    history: list[dict]
    restarts: int
    seed: int

    @property
    def metrics(self) -> dict[str, float]:
        """What the record says beside the last values of the curves."""
        return {"restarts": self.restarts}


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
    checkpoint : path-like, optional
        A file that keeps the state after each epoch. Training continues from it if it was left by
        one with the same arguments, images, threads and versions of TensorFlow and Keras, though
        `epochs` may differ; the weights are then those of a training in one go, to the last bit.
        It stays there: the caller removes it when the result is safe.
    on_epoch : callable, optional
        Called with the epoch's entry of the history as soon as there is one.

    Returns
    -------
    TrainingResult

    Raises
    ------
    ValueError
        If the images do not fit the architecture or each other, a number is out of range, or
        training collapsed from every seed that was tried.

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
    train, test = compact(train), None if test is None else compact(test)
    options = {
        "architecture": architecture,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "l1": l1,
        "output_activation": output_activation,
    }
    kept = None
    if checkpoint is not None:
        circumstances = {"seed": seed, "threads": threads, "versions": _versions()}
        kept = Checkpoint(checkpoint, training_key(options | circumstances, train, test))
    first = kept.peek()[0] if kept else 0
    for restarts in range(first, _MAX_RESTARTS + 1):
        seed_here = _derived_seed(seed, restarts)
        make_repeatable(seed_here)
        model = build_autoencoder(architecture, train.shape[1:], l1, output_activation)
        run = _Run(Trainer(model, learning_rate), train, test, batch_size, seed_here)
        if run.train(epochs, kept, restarts, on_epoch):
            return TrainingResult(model, run.history, restarts, seed_here)
        _LOG.warning(
            "seed %d collapsed in epoch %d: every image has the same reconstruction",
            seed_here,
            len(run.history) + 1,
        )
    raise ValueError(
        f"training collapsed from {_MAX_RESTARTS + 1} seeds derived from {seed}: every image has "
        f"the same reconstruction; lower l1={l1} or learning_rate={learning_rate}"
    )


class _Run:
    """One start of a training, from its first weights or from a checkpoint."""

    def __init__(
        self,
        trainer: Trainer,
        train: np.ndarray,
        test: np.ndarray | None,
        batch_size: int,
        seed: int,
    ):
        self._trainer, self._train, self._test = trainer, train, test
        self._batch_size, self._seed = batch_size, seed
        model = trainer.model
        self._probe = keras.Model(model.input, [model.get_layer(CODE_LAYER).output, model.output])
        self.history: list[dict] = []

    def train(
        self,
        epochs: int,
        kept: Checkpoint | None,
        restarts: int,
        on_epoch: Callable[[dict], None] | None,
    ) -> bool:
        """Train up to an epoch; return whether the reconstructions still depend on the images."""
        variables = [*self._trainer.model.variables, *self._trainer.optimizer.variables]
        if kept is not None:
            start, history = kept.peek()
            if start == restarts and 0 < len(history) <= epochs:
                kept.restore(variables)
                self.history = history
                _LOG.info("continuing after epoch %d/%d", len(history), epochs)
        for epoch in range(len(self.history) + 1, epochs + 1):
            entry, collapsed = self._epoch(epoch, epochs)
            if collapsed:
                return False
            self.history.append(entry)
            if kept is not None:
                kept.save(variables, restarts, self.history)
            _report(entry, epochs, len(self._train))
            if on_epoch is not None:
                on_epoch(entry)
        return True

    def _epoch(self, epoch: int, epochs: int) -> tuple[dict, bool]:
        started = time.perf_counter()
        order = shuffled(self._train, np.random.default_rng([self._seed, epoch]))
        title = f"epoch {epoch}/{epochs}"
        loss, mse = self._trainer.run_epoch(self._train, order, self._batch_size, title)
        test_mse = None if self._test is None else self._trainer.mean_squared_error(self._test)
        dead_code, collapsed = self._health()
        entry = {
            "epoch": epoch,
            "loss": loss,
            "mse": mse,
            "test_mse": test_mse,
            "dead_code": dead_code,
            "wall_s": time.perf_counter() - started,
            "time": time.time(),
        }
        return entry, collapsed

    def _health(self) -> tuple[float, bool]:
        """Return the share of dead code units, and whether all images are reconstructed alike."""
        images = self._train[:_N_PROBE] * np.float32(scale_of(self._train))
        code, reconstructed = (np.asarray(output) for output in self._probe(images))
        dead = float(np.mean(np.ptp(code, axis=0) == 0))
        varies = float(reconstructed.var(axis=0).mean())
        # Negated, so that a training whose numbers have overflowed has collapsed too.
        return dead, not varies >= _LEAST_VARIANCE * float(images.var(axis=0).mean())


def _derived_seed(seed: int, restarts: int) -> int:
    if restarts == 0:
        return seed
    return int(np.random.SeedSequence([seed, restarts]).generate_state(1)[0])


def _versions() -> list[str]:
    return [tf.__version__, keras.__version__]


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
