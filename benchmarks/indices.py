"""Time silhouette and Dunn index against scikit-learn's silhouette and a plain Dunn index."""

import sys

import data
import measure
import numpy as np
from sklearn.metrics import pairwise_distances, silhouette_samples

from aecluster.clustering import KMeans
from aecluster.metrics import internal_indices

N_RUNS = 3


def main() -> None:
    """Print a table in Markdown."""
    images = data.load(data.parser(__doc__).parse_args().images)
    sys.stdout.write(f"{measure.machine()}; embedding: {images.embedded_by}\n\n")
    rows = [_compared(X) for X in (images.test, images.embedding[-len(images.test) :])]
    header = [
        "data",
        "aecluster, both",
        "scikit-learn's silhouette",
        "plain Dunn index",
        "times both",
        "times the silhouette",
        "silhouettes differ by",
        "Dunn differs by",
        "memory",
        "scikit-learn's memory",
    ]
    sys.stdout.write(measure.markdown(header, rows))


def _compared(X: np.ndarray) -> list[object]:
    labels = KMeans(10, random_state=0).fit_predict(X)
    results = {}

    def both(run: int) -> None:
        results["ours"] = internal_indices(X, labels)

    def silhouette(run: int) -> None:
        results["silhouette"] = silhouette_samples(X, labels)

    def dunn(run: int) -> None:
        results["dunn"] = _plain_dunn(X, labels)

    sides = {"both": both, "silhouette": silhouette, "dunn": dunn}
    timings = measure.interleaved(sides, N_RUNS)
    ours, silhouette_s, dunn_s = (timing.median for timing in timings.values())
    differences = np.abs(results["ours"].silhouette_samples - results["silhouette"])
    memory = [measure.peak_memory(lambda side=side: side(0)) for side in (both, silhouette)]
    return [
        f"{len(X):,} x {X.shape[1]:,}",
        *timings.values(),
        f"{(silhouette_s + dunn_s) / ours:.1f}",
        f"{silhouette_s / ours:.1f}",
        f"{differences.max():.1e}",
        f"{abs(results['ours'].dunn / results['dunn'] - 1):.1e}",
        *(f"{size / 1e6:.0f} MB" for size in memory),
    ]


def _plain_dunn(X: np.ndarray, labels: np.ndarray) -> float:
    """Return the Dunn index from the matrix of all distances, as packages compute it."""
    distances = pairwise_distances(X)
    together = labels[:, None] == labels
    return float(distances[~together].min() / distances[together].max())


if __name__ == "__main__":
    main()
