"""Train an encoder to recognise images in random views: seeded, visible, resumed where it was cut.

Labels are looked at for a score by epoch and for nothing else.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from aecluster.contrastive.knn import knn_accuracy
from aecluster.contrastive.trainer import ContrastiveTrainer
from aecluster.networks.backend import keras
from aecluster.networks.checkpoint import Checkpoint, training_key
from aecluster.networks.epochs import Epochs, TrainingResult
from aecluster.networks.images import check_pair, compact
from aecluster.networks.runtime import configure_threads, has_fast_bfloat16, make_repeatable
from aecluster.store.streaming import StreamedRows

_LOG = logging.getLogger(__name__)
# Images whose codes are looked at after an epoch: of `train`, and of `test` beside them. Enough for
# an accuracy within one per cent, few enough to take a fiftieth of an epoch on CIFAR-10.
_N_TRAIN, _N_TEST = 5000, 2000
# Variance of the codes on the unit sphere below which all of them are alike.
_LEAST_SPREAD = 1e-4
_PRECISIONS = ("auto", "float32", "bfloat16")


def train_contrastive(
    train: np.ndarray | StreamedRows,
    test: np.ndarray | StreamedRows | None = None,
    *,
    labels: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
    epochs: int = 30,
    batch_size: int = 512,
    learning_rate: float = 1e-3,
    temperature: float = 0.2,
    width: int = 64,
    precision: str = "auto",
    seed: int = 0,
    threads: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    on_epoch: Callable[[dict], None] | None = None,
) -> TrainingResult:
    """Train an encoder by SimCLR's objective with Adam and a cosine decay of its learning rate.

    Two random views of each image of a batch are drawn, and the network learns to find the one by
    the other among all views of the batch. The same arguments give the same weights to the last bit
    on one machine with the same number of threads. The seed is also set for Python's, NumPy's and
    Keras' global generators.

    Parameters
    ----------
    train : ndarray or StreamedRows of shape (n, h, w, c)
        uint8, scaled by 1/255 on the device, or floats in [0, 1]; streamed only in uint8; sides of
        at least 16.
    test : ndarray or StreamedRows of shape (m, h, w, c), optional
        Images for `test_knn_accuracy`; training does not see them.
    labels : tuple of (ndarray of shape (n,), ndarray of shape (m,)), optional
        Classes of `train` and `test`, for `test_knn_accuracy` only: they change no weight.
    epochs : int, default=30
        Passes over the training images.
    batch_size : int, default=512
        Images per step, at least 2; twice as many views, each compared with all others.
    learning_rate : float, default=0.001
        Adam's in the first step; the last one has 0.
    temperature : float, default=0.2
        See `nt_xent`.
    width : int, default=64
        A quarter of the code's values, see `build_encoder`.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        In which the layers compute while training. `auto` takes bfloat16 where the processor or GPU
        multiplies matrices of it. The weights, and the model that is returned, are float32.
    seed : int, default=0
        Decides the initial weights, the order of the images and their views.
    threads : int, optional
        Threads for TensorFlow; None leaves the choice as it is. See `configure_threads`.
    checkpoint : path-like, optional
        A file that keeps the state after each epoch. Training continues from it if it was left by
        one with the same arguments, images, threads and versions of TensorFlow and Keras; the
        weights are then those of a training in one go, to the last bit.
    on_epoch : callable, optional
        Called with the epoch's entry of the history as soon as there is one.

    Returns
    -------
    TrainingResult
        Its model is the encoder without the head. Its history has, per epoch, `loss`, `alignment`
        and `uniformity` (see `Agreement`, mean of the epoch's steps) and `test_knn_accuracy` (see
        `knn_accuracy`, of up to 2,000 test images among up to 5,000 train images after the epoch;
        None without labels). It has no metrics beside the history.

    Raises
    ------
    ValueError
        If the images do not fit the network or each other, an argument is out of range, or all
        codes have become alike.

    References
    ----------
    Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual
    representations", ICML 2020.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (32, 16, 16, 1), dtype=np.uint8)
    >>> result = train_contrastive(images, epochs=1, width=2)
    >>> result.model.output_shape
    (None, 8)
    """
    check_pair(train, test)
    if len(train) < 2:
        raise ValueError(f"train: found {len(train)} image, expected at least 2")
    options: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "temperature": temperature,
        "width": width,
        "precision": precision,
    }
    _check_options(options)
    if threads is not None:
        configure_threads(threads)
    make_repeatable(seed)
    train, test = compact(train), None if test is None else compact(test)
    if precision == "auto":
        precision = options["precision"] = "bfloat16" if has_fast_bfloat16() else "float32"
    steps = epochs * max(1, len(train) // batch_size)
    trainer = ContrastiveTrainer(
        train.shape[1:],
        width=width,
        temperature=temperature,
        learning_rate=keras.optimizers.schedules.CosineDecay(learning_rate, steps),
        precision=precision,
        seed=seed,
    )
    probe = _Probe(train, test, labels)
    kept = None
    if checkpoint is not None:
        circumstances = {"seed": seed, "threads": threads}
        kept = Checkpoint(checkpoint, training_key(options | circumstances, train, test, *labels))

    def learn(epoch: int, order: np.ndarray) -> dict[str, float | None]:
        agreement = trainer.run_epoch(train, order, batch_size, f"epoch {epoch}/{epochs}")
        accuracy = probe.look(trainer, epoch, options)
        return {**agreement._asdict(), "test_knn_accuracy": accuracy}

    def in_words(entry: dict) -> str:
        accuracy = entry["test_knn_accuracy"]
        found = "" if accuracy is None else f", kNN accuracy {accuracy:.4f}"
        said = "loss {loss:.4f}, alignment {alignment:.3f}, uniformity {uniformity:.3f}"
        return f"{said.format_map(entry)}{found}, {2 * len(train) / entry['wall_s']:.0f} views/s"

    loop = Epochs(
        train,
        last=epochs,
        seed=seed,
        variables=trainer.variables,
        checkpoint=kept,
        on_epoch=on_epoch,
    )
    loop.resume()
    _LOG.info("training in %s", precision)
    loop.run(learn, in_words)
    return TrainingResult(trainer.stock_encoder(), loop.history, seed)


class _Probe:
    """Some images that are looked at after each epoch, spread over splits that may be sorted."""

    def __init__(
        self,
        train: np.ndarray | StreamedRows,
        test: np.ndarray | StreamedRows | None,
        labels: tuple[np.ndarray | None, np.ndarray | None],
    ):
        labelled = [np.flatnonzero(y >= 0) if y is not None else [] for y in labels]
        rows = _spread(len(train), _N_TRAIN)
        self._test = self._train_labels = self._test_labels = None
        if test is not None and all(map(len, labelled)):
            rows = labelled[0][_spread(len(labelled[0]), _N_TRAIN)]
            test_rows = labelled[1][_spread(len(labelled[1]), _N_TEST)]
            self._test = test[test_rows]
            self._train_labels, self._test_labels = labels[0][rows], labels[1][test_rows]
        self._train = train[rows]

    def look(self, trainer: ContrastiveTrainer, epoch: int, options: dict) -> float | None:
        """Return the accuracy by neighbours, if there are labels; raise if all codes are alike."""
        codes = trainer.encode(self._train)
        # Negated, so that a training whose numbers have overflowed has collapsed too.
        if not _spread_of(codes) >= _LEAST_SPREAD:
            raise ValueError(
                f"training collapsed in epoch {epoch}: every image has the same code; lower "
                f"learning_rate={options['learning_rate']}, or raise "
                f"temperature={options['temperature']} or batch_size={options['batch_size']}"
            )
        if self._test is None:
            return None
        tested = trainer.encode(self._test)
        return knn_accuracy(codes, self._train_labels, tested, self._test_labels)


def _spread(n: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, most).astype(int))


def _spread_of(codes: np.ndarray) -> float:
    """Return the variance of the codes' directions; a code of zeros has none."""
    lengths = np.linalg.norm(codes, axis=1, keepdims=True)
    unit = np.divide(codes, lengths, out=np.zeros_like(codes), where=lengths != 0)
    return float(unit.var(axis=0).sum())


def _check_options(options: dict[str, Any]) -> None:
    for name, least in (("epochs", 1), ("batch_size", 2), ("width", 1)):
        if not options[name] >= least:
            raise ValueError(f"{name}={options[name]}: expected at least {least}")
    for name in ("learning_rate", "temperature"):
        if not options[name] > 0:
            raise ValueError(f"{name}={options[name]}: expected a positive number")
    if options["precision"] not in _PRECISIONS:
        raise ValueError(
            f"precision {options['precision']!r}: expected one of {', '.join(_PRECISIONS)}"
        )
