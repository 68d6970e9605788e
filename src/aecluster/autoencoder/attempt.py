"""One attempt at a training: from the first weights of one seed, or from a checkpoint, to its end.

A network that is narrow can go dark: a layer whose only channel is zero everywhere lets nothing
through, and every image gets the same reconstruction. No gradient brings it back. An attempt looks
for that while its first epoch runs and after every epoch, and gives up. Every network is nearly
dark at first: by how much reconstructions vary says nothing before some hundred steps, unless they
are equal to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aecluster.autoencoder.trainer import Trainer
from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint
from aecluster.networks.epochs import Epochs
from aecluster.networks.images import scale_of
from aecluster.networks.model import CODE_LAYER
from aecluster.store.streaming import StreamedRows

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
        See `train_autoencoder`.
    """

    def __init__(self, trainer: Trainer, images: Images, seed: int, patience: int):
        self._trainer, self._images, self._seed, self._patience = trainer, images, seed, patience
        model = trainer.model
        self._probe = keras.Model(model.input, [model.get_layer(CODE_LAYER).output, model.output])
        # The weights of the best epoch so far, in variables as all that a checkpoint keeps.
        self._best = [
            keras.Variable(weight) for weight in (model.get_weights() if patience else ())
        ]
        self.history: list[dict] = []

    def train(
        self,
        last: int,
        checkpoint: Checkpoint | None,
        restarts: int,
        on_epoch: Callable[[dict], None] | None,
    ) -> None:
        """Train up to an epoch.

        Raises
        ------
        Collapsed
            If the reconstructions no longer depend on the images.
        """
        if last == 0 and self._health()[0] == 1:
            raise Collapsed(epoch=0)
        model, optimizer = self._trainer.model, self._trainer.optimizer
        epochs = Epochs(
            self._images.train,
            last=last,
            seed=self._seed,
            variables=[*model.variables, *optimizer.variables, *self._best],
            checkpoint=checkpoint,
            start=restarts,
            on_epoch=on_epoch,
        )
        epochs.resume()
        self.history = epochs.history

        def learn(epoch: int, order: np.ndarray) -> dict[str, float | None]:
            values = self._learn(epoch, order, f"epoch {epoch}/{last}")
            errors = [entry["test_mse"] for entry in self.history]
            if self._patience and values["test_mse"] < min(errors, default=np.inf):
                for best, weight in zip(self._best, model.get_weights(), strict=True):
                    best.assign(weight)
            return values

        epochs.run(learn, self._in_words, self._reason_to_end)
        if self._patience and self.history:
            model.set_weights([np.asarray(best) for best in self._best])

    def _reason_to_end(self, history: list[dict]) -> str | None:
        if not self._patience or not history:
            return None
        has_stalled = len(history) - best_epoch(history) >= self._patience
        return f"test MSE no lower for {self._patience} epochs" if has_stalled else None

    def _learn(self, epoch: int, order: np.ndarray, title: str) -> dict[str, float | None]:
        train, test = self._images.train, self._images.test

        def look(chunk: int) -> None:
            # After 1, 2, 4, 8, ... chunks.
            if chunk.bit_count() == 1 and self._health()[1]:
                raise Collapsed(epoch)

        loss, mse = self._trainer.run_epoch(
            train, order, self._images.batch_size, title, look if epoch == 1 else None
        )
        test_mse = None if test is None else self._trainer.mean_squared_error(test)
        dead_code, collapsed = self._health()
        if collapsed:
            raise Collapsed(epoch)
        return {"loss": loss, "mse": mse, "test_mse": test_mse, "dead_code": dead_code}

    def _in_words(self, entry: dict) -> str:
        test = "" if entry["test_mse"] is None else f", test MSE {entry['test_mse']:.5f}"
        dead = f", {entry['dead_code']:.0%} of the code dead" if entry["dead_code"] else ""
        return (
            f"loss {entry['loss']:.5f}, MSE {entry['mse']:.5f}{test}{dead}, "
            f"{len(self._images.train) / entry['wall_s']:.0f} images/s"
        )

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
