"""Count how many seeds collapse in their first epoch, and what becomes of them.

A collapsed network gives every image the same reconstruction; training notices that and starts over
from a derived seed.
"""

import os
import statistics
import sys

import data
import measure

from aecluster.autoencoder import train_autoencoder
from aecluster.store import Store

SEEDS = range(20)


def main() -> None:
    """Print a table in Markdown: seeds that collapsed, those that stayed so, and the errors."""
    arguments = data.parser(__doc__).parse_args()
    with Store(data.pixels(arguments.images)) as store:
        train, test = store["train"].X[:], store["test"].X[:]
    threads = len(os.sched_getaffinity(0))
    restarts, errors, lost = {}, [], 0
    for seed in SEEDS:
        try:
            result = train_autoencoder(train, test, epochs=1, seed=seed, threads=threads)
        except ValueError:
            lost += 1
            continue
        errors.append(result.history[-1]["test_mse"])
        if result.restarts:
            restarts[seed] = result.restarts
    header = [
        "seeds",
        "collapsed, then started over",
        "stayed collapsed",
        "test MSE after an epoch",
    ]
    spread = f"{statistics.median(errors):.5f} ({min(errors):.5f} to {max(errors):.5f})"
    named = ", ".join(map(str, restarts))
    row = [len(SEEDS), f"{len(restarts)} ({named})", lost, spread]
    sys.stdout.write(f"{measure.machine()}\n\n{measure.markdown(header, [row])}\n")


if __name__ == "__main__":
    main()
