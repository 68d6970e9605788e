"""Time K-Means against numbers of rows, features and clusters, and its memory on a streamed store.

Every fit makes as many iterations, so that times are those of the same work. Rows, features and
memory are those of CIFAR-10 in gray and of a store of random numbers.
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import data
import h5py
import measure
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from sklearn import cluster

from aecluster.clustering import KMeans

ITERATIONS = 20
N_RUNS = 3
# One of them grows, the others stay.
ROWS, FEATURES, CLUSTERS = 10_000, 1024, 10
GROWING = {
    "rows": [3_125, 6_250, 12_500, 25_000, 50_000],
    "features": [64, 128, 256, 512, 1024],
    "clusters": [5, 10, 20, 40, 80, 160],
}
STORE_ROWS = [62_500, 125_000, 250_000, 500_000]  # 0.25 to 2 GB of float32
BLOCK_ROWS = 2_500

# Peak of the whole process: imports, blocks, and the few numbers that are kept of each row. The
# kernel's `ru_maxrss` would count the process that started it.
STREAMED_FIT = """
import re, sys, h5py
from pathlib import Path
from aecluster.clustering import KMeans
with h5py.File(sys.argv[1]) as file:
    KMeans(10, init="random", n_init=1, max_iter=2, random_state=0).fit(file["X"])
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]))
"""


def main() -> None:
    """Print tables in Markdown, and draw them where asked."""
    parser = data.parser(__doc__)
    parser.add_argument("--plot", type=Path, help="PNG file to draw")
    arguments = parser.parse_args()
    X = data.load(arguments.images).train
    sys.stdout.write(f"{measure.machine()}; {ITERATIONS} iterations\n\n")
    sys.stdout.write(measure.markdown(["growing", "to", "aecluster", "scikit-learn"], []))
    curves = {what: _timed(X, what) for what in GROWING}
    exponents = [
        [what, *(f"{_exponent(GROWING[what], seconds):.2f}" for seconds in curves[what].values())]
        for what in GROWING
    ]
    header = ["time grows as the power", "aecluster", "scikit-learn"]
    sys.stdout.write("\n" + measure.markdown(header, exponents))
    sys.stdout.write("\n" + measure.markdown(["streamed store", "rows", "peak memory"], []))
    memory = [_streamed(n_rows) for n_rows in STORE_ROWS]
    if arguments.plot:
        _draw(arguments.plot, curves, memory)


def _timed(X: np.ndarray, what: str) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {"aecluster": [], "scikit-learn": []}
    for size in GROWING[what]:
        n_rows = size if what == "rows" else ROWS
        n_features = size if what == "features" else FEATURES
        k = size if what == "clusters" else CLUSTERS
        part = np.ascontiguousarray(X[:n_rows, :: FEATURES // n_features])
        sides = {
            "aecluster": partial(_fit, KMeans, part, k),
            "scikit-learn": partial(_fit, cluster.KMeans, part, k),
        }
        timings = measure.interleaved(sides, N_RUNS)
        sys.stdout.write(measure.markdown_row([what, f"{size:,}", *timings.values()]))
        sys.stdout.flush()
        for name, timing in timings.items():
            seconds[name].append(timing.median)
    return seconds


def _fit(estimator: type, X: np.ndarray, k: int, seed: int) -> None:
    estimator(k, n_init=1, tol=0, max_iter=ITERATIONS, random_state=seed).fit(X)


def _exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of the straight line through the points in logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _streamed(n_rows: int) -> int:
    rng = np.random.default_rng(0)
    data.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.CACHE) as folder:
        path = Path(folder) / "store.h5"
        with h5py.File(path, "w") as file:
            X = file.create_dataset(
                "X", (n_rows, FEATURES), np.float32, chunks=(BLOCK_ROWS // 10, FEATURES)
            )
            for start in range(0, n_rows, BLOCK_ROWS):
                X[start : start + BLOCK_ROWS] = rng.random((BLOCK_ROWS, FEATURES), np.float32)
        command = [sys.executable, "-c", STREAMED_FIT, str(path)]
        fit = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - own code
        peak = int(fit.stdout)
        size = f"{path.stat().st_size / 1e9:.2f} GB"
    sys.stdout.write(measure.markdown_row([size, f"{n_rows:,}", f"{peak / 1e6:.0f} MB"]))
    sys.stdout.flush()
    return peak


def _draw(path: Path, curves: dict[str, dict[str, list[float]]], memory: list[int]) -> None:
    figure = Figure(figsize=(12, 3.2), layout="constrained")
    axes = figure.subplots(1, len(GROWING) + 1)
    for ax, (what, sizes) in zip(axes, GROWING.items(), strict=False):
        for name, seconds in curves[what].items():
            label = f"{name}, power {_exponent(sizes, seconds):.2f}"
            ax.loglog(sizes, seconds, marker="o", label=label)
        ax.set(xlabel=what, ylabel="seconds")
        ax.legend(fontsize="small")
    axes[-1].loglog(STORE_ROWS, [4 * FEATURES * n / 1e6 for n in STORE_ROWS], "--", label="store")
    axes[-1].loglog(STORE_ROWS, np.array(memory) / 1e6, marker="o", label="peak memory")
    axes[-1].set(xlabel="rows of a streamed store", ylabel="MB")
    axes[-1].legend(fontsize="small")
    for ax in axes:
        ax.xaxis.set_minor_formatter(NullFormatter())
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=100)


if __name__ == "__main__":
    main()
