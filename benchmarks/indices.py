"""Time silhouette and Dunn index against scikit-learn's silhouette and a plain Dunn index.

The second table has silhouettes that are estimated, with the errors that they are found to have.
"""

import sys

import data
import measure
import numpy as np
from sklearn.metrics import pairwise_distances, silhouette_samples

from aecluster.clustering import KMeans
from aecluster.metrics import estimated_silhouettes, internal_indices

N_RUNS = 3
# A matrix of all distances, as the plain Dunn index takes them, has the square of it.
MOST_IN_MATRIX = 20_000


def main() -> None:
    """Print a table in Markdown."""
    images = data.load(data.parser(__doc__).parse_args().images)
    sys.stdout.write(f"{measure.machine()}; embedding: {images.embedded_by}\n\n")
    tail = images.embedding[-len(images.test) :]
    rows = [_compared(X) for X in (images.test, tail, images.embedding)]
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
    rows = [_estimated(images.embedding, k, eps) for k, eps in ((10, 0.1), (10, 0.05), (100, 0.1))]
    header = ["data", "eps", "estimated", "exact, with Dunn", "of all distances", "largest error",
              "root mean square", "error of the mean", "memory"]  # fmt: skip
    sys.stdout.write("\n" + measure.markdown(header, rows))


def _compared(X: np.ndarray) -> list[object]:
    labels = KMeans(10, random_state=0).fit_predict(X)
    results = {}

    def both(run: int) -> None:
        results["ours"] = internal_indices(X, labels)

    def silhouette(run: int) -> None:
        results["silhouette"] = silhouette_samples(X, labels)

    def dunn(run: int) -> None:
        results["dunn"] = _plain_dunn(X, labels)

    sides = {"both": both, "silhouette": silhouette}
    if len(X) <= MOST_IN_MATRIX:
        sides["dunn"] = dunn
    timings = measure.interleaved(sides, N_RUNS)
    ours, silhouette_s, *dunn_s = (timing.median for timing in timings.values())
    differences = np.abs(results["ours"].silhouette_samples - results["silhouette"])
    memory = [measure.peak_memory(lambda side=side: side(0)) for side in (both, silhouette)]
    return [
        f"{len(X):,} x {X.shape[1]:,}",
        *timings.values(),
        *([] if dunn_s else [""]),
        f"{(silhouette_s + dunn_s[0]) / ours:.1f}" if dunn_s else "",
        f"{silhouette_s / ours:.1f}",
        f"{differences.max():.1e}",
        f"{abs(results['ours'].dunn / results['dunn'] - 1):.1e}" if dunn_s else "",
        *(f"{size / 1e6:.0f} MB" for size in memory),
    ]


def _estimated(X: np.ndarray, k: int, eps: float) -> list[object]:
    labels = KMeans(k, random_state=0).fit_predict(X)
    results = {}

    def estimated(run: int) -> None:
        results["estimated"] = estimated_silhouettes(X, labels, eps=eps)

    def exact(run: int) -> None:
        results["exact"] = internal_indices(X, labels)

    timings = measure.interleaved({"estimated": estimated, "exact": exact}, N_RUNS)
    found, truth = results["estimated"], results["exact"]
    errors = np.abs(found.silhouette_samples - truth.silhouette_samples)
    return [
        f"{len(X):,} x {X.shape[1]:,}, k={k}",
        eps,
        *timings.values(),
        f"{found.n_distances / (len(X) * (len(X) - 1) / 2):.1%}",
        f"{errors.max():.3f}",
        f"{np.square(errors).mean() ** 0.5:.4f}",
        f"{abs(found.silhouette - truth.silhouette):.4f}",
        f"{measure.peak_memory(lambda: estimated(0)) / 1e6:.0f} MB",
    ]


def _plain_dunn(X: np.ndarray, labels: np.ndarray) -> float:
    """Return the Dunn index from the matrix of all distances, as packages compute it."""
    distances = pairwise_distances(X)
    together = labels[:, None] == labels
    return float(distances[~together].min() / distances[together].max())


if __name__ == "__main__":
    main()
