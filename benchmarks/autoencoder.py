"""Time training against Keras' own layers and `model.fit`, and compare the losses by epoch.

Both sides start from the same weights and see the same batches in the same order, an epoch in turn,
so that their losses must agree to rounding.
"""

import os
import statistics
import sys
import time

import data
import keras
import measure
import numpy as np

from aecluster.autoencoder import build_autoencoder
from aecluster.autoencoder.trainer import Trainer
from aecluster.networks.runtime import configure_threads, make_repeatable
from aecluster.store import Store

BATCH_SIZE = 32
LEARNING_RATE = 1e-3
N_EPOCHS = 5


def main() -> None:
    """Print a table in Markdown: time and losses of both sides."""
    arguments = data.parser(__doc__).parse_args()
    with Store(data.pixels(arguments.images)) as store:
        images = store["train"].X[:]
    configure_threads(len(os.sched_getaffinity(0)))
    make_repeatable(0)
    ours = build_autoencoder(input_shape=images.shape[1:])
    stock = keras.models.clone_model(ours)
    stock.set_weights(ours.get_weights())
    stock.compile(keras.optimizers.Adam(LEARNING_RATE), "mse")
    trainer = Trainer(ours, LEARNING_RATE)

    def fast(order: np.ndarray) -> float:
        return trainer.run_epoch(images, order, BATCH_SIZE, "")[0]

    def slow(order: np.ndarray) -> float:
        scaled = images[order].astype(np.float32) / 255
        fitted = stock.fit(scaled, scaled, BATCH_SIZE, shuffle=False, verbose=0)
        return fitted.history["loss"][0]

    sides = {"aecluster": fast, "Keras": slow}
    losses: dict[str, list[float]] = {name: [] for name in sides}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for epoch in range(N_EPOCHS):
        order = np.random.default_rng([0, epoch]).permutation(len(images))
        for name, train in sides.items():
            start = time.perf_counter()
            losses[name].append(train(order))
            seconds[name].append(time.perf_counter() - start)
    steps = -(-len(images) // BATCH_SIZE)
    header = [
        "training",
        f"ms per step of {BATCH_SIZE} images",
        "times as fast",
        f"s for {N_EPOCHS} epochs, compilation included",
        *(f"loss, epoch {epoch}" for epoch in range(1, N_EPOCHS + 1)),
    ]
    rows = []
    for name in sides:
        # The first epoch compiles.
        median = statistics.median(seconds[name][1:])
        ratio = statistics.median(seconds["Keras"][1:]) / median
        rows.append(
            [name, f"{1000 * median / steps:.2f}", f"{ratio:.1f}", f"{sum(seconds[name]):.1f}"]
            + [f"{loss:.5f}" for loss in losses[name]]
        )
    sys.stdout.write(f"{measure.machine()}\n\n{measure.markdown(header, rows)}\n")


if __name__ == "__main__":
    main()
