"""One attempt at a training: from the first weights of one seed, or from a checkpoint, to its end.

A network that is narrow can go dark: a layer whose only channel is zero everywhere lets nothing
through, and every image gets the same reconstruction. No gradient brings it back. An attempt looks
for that while its first epoch runs and after every epoch, and gives up. Every network is nearly
dark at first: by how much reconstructions vary says nothing before some hundred steps, unless they
are equal to the last bit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from aecluster.autoencoder.trainer import Trainer
from aecluster.networks.checkpoint import Checkpoint
from aecluster.networks.images import scale_of
from aecluster.networks.model import CODE_LAYER
from aecluster.store.streaming import StreamedRows, shuffled

_LOG = logging.getLogger(__name__)
# Images that are looked at for collapse.
_N_PROBE = 1000
# The share of the images' variance that reconstructions must have after so many steps. On CIFAR-10
# it is 1e-6 in networks that go dark, and over 0.3 in all others.
_LEAST_VARIANCE = 1e-4
_N_FIRST_STEPS = 400


class Collapsed(Exception):  # noqa: N818 - what happened, and no error of the caller
    """Every image has the same reconstruction; `epoch` says since when."""

    def __init__(self, epoch: int):
        super().__init__(epoch)
        self.epoch = epoch


@dataclass(frozen=True)
class Images:
    """What is trained on, and how: the images of both splits and their batches."""

    train: np.ndarray | StreamedRows
    test: np.ndarray | StreamedRows | None
    batch_size: int


class Attempt:
    """A model that is trained from one seed.

    Parameters
    ----------
    trainer : Trainer
        Of the untrained model.
    images : Images
    seed : int
        Decides the order of the images.
    patience : int
        Epochs without a lower `test_mse` after which training ends with the weights of the best
        epoch; 0 for training to the end and keeping the last weights.

    Attributes
    ----------
    history : list of dict
        See `TrainingResult`.
    """

    def __init__(self, trainer: Trainer, images: Images, seed: int, patience: int):
        self._trainer, self._images, self._seed, self._patience = trainer, images, seed, patience
        model = trainer.model
        self._probe = keras.Model(model.input, [model.get_layer(CODE_LAYER).output, model.output])
        self._best: list[np.ndarray] = []
        self.history: list[dict] = []

    def train(
        self,
        epochs: int,
        kept: Checkpoint | None,
        restarts: int,
        on_epoch: Callable[[dict], None] | None,
    ) -> None:
        """Train up to an epoch.

        Raises
        ------
        Collapsed
            If the reconstructions no longer depend on the images.
        """
        variables = [*self._trainer.model.variables, *self._trainer.optimizer.variables]
        if kept is not None:
            start, history = kept.peek()
            if start == restarts and 0 < len(history) <= epochs:
                self._best = kept.restore(variables)
                self.history = history
                _LOG.info("continuing after epoch %d/%d", len(history), epochs)
        if epochs == 0 and self._health()[0] == 1:
            raise Collapsed(epoch=0)
        for epoch in range(len(self.history) + 1, epochs + 1):
            if self._has_stalled():
                _LOG.info("test MSE no lower for %d epochs: training ends", self._patience)
                break
            entry = self._epoch(epoch, epochs)
            self.history.append(entry)
            if self._patience and best_epoch(self.history) == epoch:
                self._best = self._trainer.model.get_weights()
            if kept is not None:
                kept.save(variables, restarts, self.history, self._best)
            _report(entry, epochs, len(self._images.train))
            if on_epoch is not None:
                on_epoch(entry)
        if self._best:
            self._trainer.model.set_weights(self._best)

    def _has_stalled(self) -> bool:
        if not self._patience or not self.history:
            return False
        return len(self.history) - best_epoch(self.history) >= self._patience

    def _epoch(self, epoch: int, epochs: int) -> dict:
        started = time.perf_counter()
        train, test = self._images.train, self._images.test

        def look(chunk: int) -> None:
            # After 1, 2, 4, 8, ... chunks.
            if chunk.bit_count() == 1 and self._health()[1]:
                raise Collapsed(epoch)

        loss, mse = self._trainer.run_epoch(
            train,
            shuffled(train, np.random.default_rng([self._seed, epoch])),
            self._images.batch_size,
            f"epoch {epoch}/{epochs}",
            look if epoch == 1 else None,
        )
        test_mse = None if test is None else self._trainer.mean_squared_error(test)
        dead_code, collapsed = self._health()
        if collapsed:
            raise Collapsed(epoch)
        return {
            "epoch": epoch,
            "loss": loss,
            "mse": mse,
            "test_mse": test_mse,
            "dead_code": dead_code,
            "wall_s": time.perf_counter() - started,
            "time": time.time(),
        }

    def _health(self) -> tuple[float, bool]:
        """Return the share of dead code units, and whether all images are reconstructed alike."""
        train = self._images.train
        images = train[:_N_PROBE] * np.float32(scale_of(train))
        code, reconstructed = (np.asarray(output) for output in self._probe(images))
        dead = float(np.mean(np.ptp(code, axis=0) == 0))
        spread, varies = (float(x.var(axis=0).mean()) for x in (images, reconstructed))
        alike = np.ptp(images, axis=0).any() and not np.ptp(reconstructed, axis=0).any()
        has_begun = self._trainer.optimizer.iterations.value >= _N_FIRST_STEPS
        least = _LEAST_VARIANCE if has_begun else 0.0
        # Negated, so that a training whose numbers have overflowed has collapsed too.
        return dead, bool(alike) or not varies >= least * spread


def best_epoch(history: list[dict]) -> int:
    """Return the epoch with the lowest `test_mse`, the first of several."""
    return min(history, key=lambda entry: entry["test_mse"])["epoch"]


def _report(entry: dict, epochs: int, n_images: int) -> None:
    test = "" if entry["test_mse"] is None else f", test MSE {entry['test_mse']:.5f}"
    dead = f", {entry['dead_code']:.0%} of the code dead" if entry["dead_code"] else ""
    _LOG.info(
        "epoch %d/%d: loss %.5f, MSE %.5f%s%s, %.0f images/s",
        entry["epoch"],
        epochs,
        entry["loss"],
        entry["mse"],
        test,
        dead,
        n_images / entry["wall_s"],
    )
