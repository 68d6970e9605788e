"""The loop over epochs that every training shares, and what every training returns.

A training brings a function that learns from all images once, in the order that it is given, and
returns the values of the epoch. The rest is the same for all trainings: go on from a checkpoint,
draw the order, measure the time, save the state, log a line, hand the entry on, end early::

    epochs = Epochs(images, last=5, seed=0, variables=variables, checkpoint=checkpoint)
    epochs.resume()
    epochs.run(learn, in_words)
    epochs.history
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint
from aecluster.store.streaming import StreamedRows, shuffled

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingResult:
    """A trained model and how it came about.

    Attributes
    ----------
    model : keras.Model
        Of stock Keras layers.
    history : list of dict
        One entry per epoch: `epoch` (from 1), the values that the training measures, `wall_s`
        (seconds that the epoch took), `time` (when it ended, UTC seconds since 1970). A value is
        None where it does not apply.
    seed : int
        The seed of the training that succeeded: the one asked for, or one derived from it.
    metrics : dict of str to float
        What is known of the model, without times.
    """

    model: keras.Model
    history: list[dict]
    seed: int
    metrics: dict[str, float] = field(default_factory=dict)


def measured(entry: Mapping[str, float | None], names: Iterable[str]) -> dict[str, float]:
    """Return the values of these names in an entry of the history, those that there are."""
    return {name: entry[name] for name in names if entry.get(name) is not None}


class Epochs:
    """The epochs of one training.

    Parameters
    ----------
    images : ndarray or StreamedRows of shape (n, ...)
        What is trained on.
    last : int
        The epoch after which training ends.
    seed : int
        Decides, with the number of the epoch, the order of the images.
    variables : list of keras.Variable
        All that changes: with their values a training goes on as if it had not stopped.
    checkpoint : Checkpoint, optional
        Where the state is kept after each epoch.
    start : int, default=0
        How often the training has started over. The state of another start is not used.
    before : iterable of dict, default=()
        The history of the training that this one follows; the epochs are counted on from there.
    on_epoch : callable, optional
        Called with the epoch's entry of the history as soon as there is one.

    Attributes
    ----------
    history : list of dict
        See `TrainingResult`.
    """

    def __init__(
        self,
        images: np.ndarray | StreamedRows,
        *,
        last: int,
        seed: int,
        variables: list[keras.Variable],
        checkpoint: Checkpoint | None = None,
        start: int = 0,
        before: Iterable[dict] = (),
        on_epoch: Callable[[dict], None] | None = None,
    ):
        self._images, self._last, self._seed = images, last, seed
        self._variables, self._checkpoint, self._start = variables, checkpoint, start
        self._on_epoch = on_epoch
        self.history = list(before)

    def resume(self) -> bool:
        """Take over state and history of the checkpoint, if it fits; return whether it does."""
        if self._checkpoint is None:
            return False
        start, history = self._checkpoint.peek()
        if start != self._start or not len(self.history) < len(history) <= self._last:
            return False
        self._checkpoint.restore(self._variables)
        self.history = history
        _LOG.info("continuing after epoch %d/%d", len(history), self._last)
        return True

    def run(
        self,
        learn: Callable[[int, np.ndarray], dict[str, float | None]],
        in_words: Callable[[dict], str],
        reason_to_end: Callable[[list[dict]], str | None] = lambda history: None,
    ) -> None:
        """Train from the epoch after the history to the last one.

        Parameters
        ----------
        learn : callable
            Takes the number of the epoch and the order of the images; returns the values of the
            epoch by name.
        in_words : callable
            Takes an entry of the history; returns what the log says of its values.
        reason_to_end : callable, optional
            Takes the history before each epoch; returns why there shall be no further one.
        """
        for epoch in range(len(self.history) + 1, self._last + 1):
            reason = reason_to_end(self.history)
            if reason:
                _LOG.info("%s: training ends", reason)
                break
            started = time.perf_counter()
            values = learn(
                epoch, shuffled(self._images, np.random.default_rng([self._seed, epoch]))
            )
            wall_s = time.perf_counter() - started
            entry = {"epoch": epoch, **values, "wall_s": wall_s, "time": time.time()}
            self.history.append(entry)
            if self._checkpoint is not None:
                self._checkpoint.save(self._variables, self._start, self.history)
            _LOG.info("epoch %d/%d: %s", epoch, self._last, in_words(entry))
            if self._on_epoch is not None:
                self._on_epoch(entry)
