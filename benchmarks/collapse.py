"""Count how many seeds collapse in their first epoch, and what becomes of them.

A collapsed network gives every image the same reconstruction; training notices that and starts over
from a derived seed. Before: Keras' first weights, trained without a look at what becomes of them.
"""

import os
import statistics
import sys

import data
import measure
import numpy as np

from aecluster.autoencoder import build_autoencoder, train_autoencoder
from aecluster.autoencoder.trainer import Trainer
from aecluster.networks.runtime import make_repeatable
from aecluster.store import Store

SEEDS = range(20)
BATCH_SIZE = 32
LEARNING_RATE = 1e-3


def main() -> None:
    """Print a table in Markdown: seeds that collapse, and the errors, before and after."""
    arguments = data.parser(__doc__).parse_args()
    with Store(data.pixels(arguments.images)) as store:
        train, test = store["train"].X[:], store["test"].X[:]
    threads = len(os.sched_getaffinity(0))
    before, after, restarted, lost = [], [], [], []
    for seed in SEEDS:
        try:
            result = train_autoencoder(
                train,
                test,
                epochs=1,
                batch_size=BATCH_SIZE,
                learning_rate=LEARNING_RATE,
                seed=seed,
                threads=threads,
            )
        except ValueError as error:
            sys.stderr.write(f"seed {seed}: {error}\n")
            before.append(_unwatched(train, test, seed))
            lost.append(seed)
            continue
        after.append(result.history[-1]["test_mse"])
        # An attempt that went well is the same without a look at it.
        before.append(_unwatched(train, test, seed) if result.metrics["restarts"] else after[-1])
        restarted += [seed] * bool(result.metrics["restarts"])
        sys.stderr.write(f"seed {seed}: {before[-1]:.5f}, {after[-1]:.5f}\n")
    header = ["training", "seeds", "stay collapsed", "started over", "test MSE after an epoch"]
    rows = [
        ["without starting over", len(SEEDS), _listed([*restarted, *lost]), "", _spread(before)],
        ["as it is", len(SEEDS), _listed(lost), _listed(restarted), _spread(after)],
    ]
    sys.stdout.write(f"{measure.machine()}\n\n{measure.markdown(header, rows)}\n")


def _unwatched(train: np.ndarray, test: np.ndarray, seed: int) -> float:
    """Return the test error of the seed's own first weights after an epoch."""
    make_repeatable(seed)
    trainer = Trainer(build_autoencoder(input_shape=train.shape[1:]), LEARNING_RATE)
    order = np.random.default_rng([seed, 1]).permutation(len(train))
    trainer.run_epoch(train, order, BATCH_SIZE, "")
    return trainer.mean_squared_error(test)


def _listed(seeds: list[int]) -> str:
    return f"{len(seeds)} ({', '.join(map(str, seeds))})" if seeds else "0"


def _spread(errors: list[float]) -> str:
    return f"{statistics.median(errors):.5f} ({min(errors):.5f} to {max(errors):.5f})"


if __name__ == "__main__":
    main()
