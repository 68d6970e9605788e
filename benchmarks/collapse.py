"""Count how many seeds collapse in one epoch, from Keras' first weights and from ours.

A collapsed network gives every image the same reconstruction, so its error is the variance of the
pixels about their mean image, or more.
"""

import os
import statistics
import sys

import data
import measure
import numpy as np

from aecluster.autoencoder import ARCHITECTURES, build_autoencoder
from aecluster.autoencoder.runtime import configure_threads, make_repeatable
from aecluster.autoencoder.trainer import Trainer
from aecluster.store import Store

# Not those on which the first weights were chosen, 0 to 19.
SEEDS = range(100, 120)
SHAPE = (32, 32, 1)


def main() -> None:
    """Print a table in Markdown: collapsed seeds, and the errors of the others."""
    arguments = data.parser(__doc__).parse_args()
    with Store(data.pixels(arguments.images)) as store:
        images = store["train"].X[:]
    configure_threads(len(os.sched_getaffinity(0)))
    variance = float((images / np.float32(255)).var(axis=0).mean())
    builders = {
        "Keras' initialiser": lambda: ARCHITECTURES["sparse"].builder(SHAPE, 1e-5, "linear"),
        "kernels that sum to 1": build_autoencoder,
    }
    rows = []
    for name, build in builders.items():
        errors = [_error(build, images, seed) for seed in SEEDS]
        alive = [error for error in errors if error < 0.9 * variance]
        shown = f"{statistics.median(alive):.5f} ({min(alive):.5f} to {max(alive):.5f})"
        rows.append([name, f"{len(SEEDS) - len(alive)} of {len(SEEDS)}", shown])
    header = ["first weights", "collapsed", "MSE after one epoch, of the others"]
    sys.stdout.write(f"{measure.machine()}; variance of the pixels {variance:.4f}\n\n")
    sys.stdout.write(measure.markdown(header, rows) + "\n")


def _error(build, images: np.ndarray, seed: int) -> float:
    make_repeatable(seed)
    trainer = Trainer(build(), learning_rate=1e-3)
    order = np.random.default_rng([seed, 1]).permutation(len(images))
    trainer.run_epoch(images, order, 32, f"seed {seed}")
    return trainer.mean_squared_error(images[:10_000])


if __name__ == "__main__":
    main()
