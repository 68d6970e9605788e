"""Compare the error on test images with that of Keras' own layers and `model.fit`, seed by seed.

Both sides of a pair start from the same weights and see the same batches in the same order.
"""

import os
import statistics
import sys

import data
import keras
import measure
import numpy as np

from aecluster.autoencoder import build_autoencoder, train_autoencoder
from aecluster.networks.runtime import make_repeatable
from aecluster.store import Store

BATCH_SIZE = 32
LEARNING_RATE = 1e-3
N_EPOCHS = 5


def main() -> None:
    """Print a table in Markdown: a row a seed, then the median of the differences."""
    parser = data.parser(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=range(5), help="default: 0 to 4")
    arguments = parser.parse_args()
    with Store(data.pixels(arguments.images)) as store:
        train, test = store["train"].X[:], store["test"].X[:]
    sys.stdout.write(f"{measure.machine()}\n\n")
    header = ["seed", "test MSE, aecluster", "test MSE, Keras", "difference"]
    sys.stdout.write(measure.markdown(header, []))
    differences = []
    for seed in arguments.seeds:
        ours = train_autoencoder(
            train,
            test,
            epochs=N_EPOCHS,
            batch_size=BATCH_SIZE,
            learning_rate=LEARNING_RATE,
            seed=seed,
            threads=len(os.sched_getaffinity(0)),
        )
        error, stock_error = ours.history[-1]["test_mse"], _stock_error(train, test, ours.seed)
        differences.append(error - stock_error)
        row = [seed, f"{error:.6f}", f"{stock_error:.6f}", f"{differences[-1]:+.6f}"]
        sys.stdout.write(measure.markdown_row(row))
        sys.stdout.flush()
    median = f"{statistics.median(differences):+.6f}"
    sys.stdout.write(measure.markdown_row(["median", "", "", median]))


def _stock_error(train: np.ndarray, test: np.ndarray, seed: int) -> float:
    make_repeatable(seed)
    model = build_autoencoder(input_shape=train.shape[1:])
    model.compile(keras.optimizers.Adam(LEARNING_RATE), "mse")
    for epoch in range(1, N_EPOCHS + 1):
        order = np.random.default_rng([seed, epoch]).permutation(len(train))
        scaled = train[order].astype(np.float32) / 255
        model.fit(scaled, scaled, BATCH_SIZE, shuffle=False, verbose=0)
    scaled = test.astype(np.float32) / 255
    reconstructed = model.predict(scaled, batch_size=1000, verbose=0)
    return float(np.square(reconstructed - scaled).mean(dtype=np.float64))


if __name__ == "__main__":
    main()
