"""Time K-Means against scikit-learn's, and faiss' and scikit-learn-intelex' where they install.

All cluster until no label changes; faiss until its objective stays, for as many iterations as ours
at most.
Every run has another seed, the same for all.
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import data
import measure
import numpy as np
from sklearn import cluster

from aecluster.clustering import KMeans

# Rows of the table: data, number of clusters, restarts, runs that count, runs before them.
FITS = [
    ("test", 10, 10, 3, 1),
    ("test", 10, 1, 7, 1),
    ("train", 10, 1, 5, 1),
    ("train", 10, 10, 2, 0),
    ("train", 100, 1, 2, 0),
    ("embedding", 10, 10, 3, 1),
    ("embedding", 100, 10, 2, 0),
    ("iris", 3, 1, 61, 1),
    ("iris", 3, 10, 61, 1),
    ("digits", 10, 1, 61, 1),
    ("digits", 10, 10, 15, 1),
]
# Memory does not grow with iterations.
MEMORY_ITERATIONS = 5
GIVEN_STARTS = [("test", 10, 5), ("train", 10, 3)]
OWN_PROCESSES = [("test", 10, 1, 5), ("test", 10, 10, 3)]
PROCESS = """
import sys
import numpy as np
from {module} import KMeans
KMeans({k}, n_init={n_init}, tol=0, random_state=int(sys.argv[2])).fit(np.load(sys.argv[1]))
"""


def main() -> None:
    """Print tables in Markdown as they grow: fits, from a given start, in a process each."""
    parser = data.parser(__doc__)
    parser.add_argument(
        "--only", type=int, nargs="*", help="numbers of the rows to measure, from 0"
    )
    arguments = parser.parse_args()
    images = data.load(arguments.images)
    sys.stdout.write(f"{measure.machine()}; embedding: {images.embedded_by}\n\n")
    tasks = [*FITS, *GIVEN_STARTS, *OWN_PROCESSES]
    wanted = tasks if arguments.only is None else [tasks[number] for number in arguments.only]
    KMeans(10, max_iter=2).fit(images.test)  # loads what it takes, as scikit-learn is loaded
    # Before all others: scikit-learn hangs in a fork of a process in which OpenMP was at work.
    memory = {task: _memory(images, *task[:3]) for task in FITS if task in wanted}

    def show(header: list[str], tasks: list[tuple], row: Callable[..., list[str]]) -> None:
        sys.stdout.write(measure.markdown(header, []))
        for task in tasks:
            if task in wanted:
                sys.stdout.write(measure.markdown_row(row(images, *task) + memory.get(task, [])))
                sys.stdout.flush()

    sides = list(_sides(images.test[:100], 2, 1))
    compared = "times scikit-learn's fastest"
    show(["data", *sides, compared, "memory", "scikit-learn's memory"], FITS, _fit)
    sys.stdout.write("\n")
    show(["same given start", *sides[:3], compared, "labels"], GIVEN_STARTS, _from_given_start)
    sys.stdout.write("\n")
    header = ["a fit in a process of its own, from its start to its end", *sides[:2], "times"]
    show(header, OWN_PROCESSES, _in_own_process)


def _sides(
    X: np.ndarray, k: int, n_init: int, max_iter: int = 300
) -> dict[str, Callable[[int], object]]:
    n_iter = {}
    parameters = {"n_clusters": k, "n_init": n_init, "max_iter": max_iter, "tol": 0}

    def ours(seed: int) -> None:
        n_iter[seed] = KMeans(**parameters, random_state=seed).fit(X).n_iter_

    def lloyd(seed: int) -> None:
        cluster.KMeans(**parameters, random_state=seed).fit(X)

    def elkan(seed: int) -> None:
        cluster.KMeans(**parameters, random_state=seed, algorithm="elkan").fit(X)

    def intelex(seed: int) -> None:
        from sklearnex.cluster import KMeans as PatchedKMeans

        PatchedKMeans(**parameters, random_state=seed).fit(X)

    def faiss(seed: int) -> None:
        from faiss import Kmeans

        options = {"nredo": n_init, "niter": n_iter[seed], "seed": seed}
        Kmeans(X.shape[1], k, max_points_per_centroid=len(X), **options).train(X)

    sides = {"aecluster": ours, "scikit-learn Lloyd": lloyd, "scikit-learn Elkan": elkan}
    if importlib.util.find_spec("sklearnex"):
        sides["scikit-learn-intelex"] = intelex
    if importlib.util.find_spec("faiss"):
        sides["faiss-cpu"] = faiss
    return sides


def _compared(timings: dict[str, measure.Timing]) -> list[str]:
    fastest = min(timings["scikit-learn Lloyd"].median, timings["scikit-learn Elkan"].median)
    return [*map(str, timings.values()), f"{fastest / timings['aecluster'].median:.1f}"]


def _fit(
    images: data.Data, name: str, k: int, n_init: int, n_runs: int, n_warm_up: int
) -> list[str]:
    X = getattr(images, name)
    timings = measure.interleaved(_sides(X, k, n_init), n_runs, n_warm_up)
    return [_label(X, k, n_init), *_compared(timings)]


def _label(X: np.ndarray, k: int, n_init: int | None = None) -> str:
    label = f"{len(X):,} x {X.shape[1]:,}, k={k}"
    return label if n_init is None else f"{label}, n_init={n_init}"


def _memory(images: data.Data, name: str, k: int, n_init: int) -> list[str]:
    X = getattr(images, name)
    sides = list(_sides(X, k, n_init, MEMORY_ITERATIONS).values())[:2]
    return [f"{measure.peak_memory(partial(side, 0)) / 1e6:.0f} MB" for side in sides]


def _from_given_start(images: data.Data, name: str, k: int, n_runs: int) -> list[str]:
    X = getattr(images, name)
    seeds = np.random.default_rng(0).integers(2**32, size=n_runs + 1)
    starts = [X[np.random.default_rng(s).choice(len(X), k, replace=False)] for s in seeds]
    labels: dict[str, dict[int, np.ndarray]] = {"aecluster": {}, "lloyd": {}, "elkan": {}}

    def ours(run: int) -> None:
        labels["aecluster"][run] = KMeans(k, init=starts[run], tol=0).fit_predict(X)

    def theirs(algorithm: str, run: int) -> None:
        estimator = cluster.KMeans(k, init=starts[run], n_init=1, tol=0, algorithm=algorithm)
        labels[algorithm][run] = estimator.fit_predict(X)

    sides = {
        "aecluster": ours,
        "scikit-learn Lloyd": partial(theirs, "lloyd"),
        "scikit-learn Elkan": partial(theirs, "elkan"),
    }
    timings = measure.interleaved(sides, n_runs)
    pairs = [(labels["aecluster"][run], labels["lloyd"][run]) for run in range(n_runs + 1)]
    n_others = sum(np.count_nonzero(a != b) for a, b in pairs)
    n_all = len(X) * len(pairs)
    return [_label(X, k), *_compared(timings), f"{n_others} of {n_all:,} differ"]


def _in_own_process(images: data.Data, name: str, k: int, n_init: int, n_runs: int) -> list[str]:
    X = getattr(images, name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.npy"
        np.save(path, X)

        def run(module: str, seed: int) -> None:
            program = PROCESS.format(module=module, k=k, n_init=n_init)
            subprocess.run([sys.executable, "-c", program, path, str(seed)], check=True)  # noqa: S603

        sides = {
            "aecluster": partial(run, "aecluster.clustering"),
            "scikit-learn Lloyd": partial(run, "sklearn.cluster"),
        }
        timings = measure.interleaved(sides, n_runs)
    ratio = timings["scikit-learn Lloyd"].median / timings["aecluster"].median
    return [_label(X, k, n_init), *map(str, timings.values()), f"{ratio:.1f}"]


if __name__ == "__main__":
    main()
