"""Compare training in float32 and in bfloat16: time a step, error, and the clusters of the code."""

import os
import statistics
import sys
from functools import partial

import data
import keras
import measure
import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from aecluster.autoencoder import build_autoencoder, encode, train_autoencoder
from aecluster.autoencoder.trainer import Trainer
from aecluster.clustering import KMeans
from aecluster.metrics import internal_indices
from aecluster.networks.runtime import configure_threads
from aecluster.store import Store

PRECISIONS = ("float32", "bfloat16")
# Wide layers in large batches are what bfloat16 is for.
ARCHITECTURE, BATCH_SIZE, N_EPOCHS = "conv", 128, 3
N_CLUSTERS = 10
N_TIMED_STEPS = 100
N_RUNS = 3


def main() -> None:
    """Print two tables in Markdown: times, then errors and scores seed by seed."""
    parser = data.parser(__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=range(5), help="default: 0 to 4")
    arguments = parser.parse_args()
    configure_threads(len(os.sched_getaffinity(0)))
    with Store(data.pixels(arguments.images)) as store:
        train, test = store["train"].X[:], store["test"].X[:]
        classes = store["test"].y
    sys.stdout.write(f"{measure.machine()}\n\n{_times(train)}\n")
    names = ("test MSE", "NMI", "silhouette")
    header = [f"{name}, {precision}" for name in names for precision in PRECISIONS]
    sys.stdout.write(measure.markdown(["seed", *header], []))
    rows = []
    for seed in arguments.seeds:
        of_precisions = [_scores(train, test, classes, precision, seed) for precision in PRECISIONS]
        rows.append([score for pair in zip(*of_precisions, strict=True) for score in pair])
        sys.stdout.write(measure.markdown_row([seed, *(f"{score:.4f}" for score in rows[-1])]))
        sys.stdout.flush()
    if rows:
        medians = [f"{statistics.median(column):.4f}" for column in zip(*rows, strict=True)]
        sys.stdout.write(measure.markdown_row(["median", *medians]))


def _times(images: np.ndarray) -> str:
    sides = {}
    for architecture, batch_size in (("sparse", 32), (ARCHITECTURE, 32), (ARCHITECTURE, 128)):
        for precision in PRECISIONS:
            keras.utils.set_random_seed(0)
            model = build_autoencoder(architecture, images.shape[1:])
            trainer = Trainer(model, 1e-3, precision=precision)
            order = np.arange(N_TIMED_STEPS * batch_size)
            sides[architecture, batch_size, precision] = partial(
                _epoch, trainer, images, order, batch_size
            )
    timings = measure.interleaved(sides, N_RUNS)
    rows = []
    for architecture, batch_size in dict.fromkeys(side[:2] for side in sides):
        full, half = (timings[architecture, batch_size, name].median for name in PRECISIONS)
        steps = [f"{1000 * seconds / N_TIMED_STEPS:.2f}" for seconds in (full, half)]
        rows.append([f"`{architecture}`", batch_size, *steps, f"{full / half:.2f}"])
    header = ["architecture", "images per step", *(f"ms, {name}" for name in PRECISIONS)]
    return measure.markdown([*header, "bfloat16 is times as fast"], rows)


def _epoch(
    trainer: Trainer, images: np.ndarray, order: np.ndarray, batch_size: int, run: int
) -> None:
    trainer.run_epoch(images, order, batch_size, "")


def _scores(
    train: np.ndarray, test: np.ndarray, classes: np.ndarray, precision: str, seed: int
) -> tuple[float, float, float]:
    """Return test error, NMI and silhouette of a training and its clusters."""
    result = train_autoencoder(
        train,
        test,
        architecture=ARCHITECTURE,
        epochs=N_EPOCHS,
        batch_size=BATCH_SIZE,
        precision=precision,
        seed=seed,
    )
    code = encode(result.model, test)
    labels = KMeans(N_CLUSTERS, n_init=1, tol=0.0, random_state=seed).fit(code).labels_
    silhouette, _, _ = internal_indices(code, labels)
    nmi = normalized_mutual_info_score(classes, labels)
    return result.history[-1]["test_mse"], nmi, silhouette


if __name__ == "__main__":
    main()
