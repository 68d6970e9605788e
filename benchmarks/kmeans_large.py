"""Time K-Means with many centroids against the fastest packages, each in its own environment.

All sides start from the same random rows where they take a start, make the same number of
iterations, and label all points. Fills the table of docs/kmeans.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import data
import environments
import measure
import numpy as np
from environments import Package

from aecluster.store import Store

PROGRAM = Path(__file__).parent / "others" / "kmeans_large.py"
PAGE = Path(__file__).parents[1] / "docs" / "kmeans.md"
BEGIN, END = "<!-- made by benchmarks/kmeans_large.py -->\n", "<!-- end of large -->"
PACKAGES = [
    Package("scikit-learn 1.9.1", "scikit_learn", ("scikit-learn==1.9.1", "numpy==2.4.6")),
    Package("scikit-learn-intelex 2026.2.0", "intelex", ("scikit-learn-intelex==2026.2.0",)),
    Package("superkmeans 0.2.0", "superkmeans", ("superkmeans==0.2.0", "numpy==2.4.6")),
    Package("faiss-cpu 1.15.1", "faiss", ("faiss-cpu==1.15.1", "numpy==2.4.6")),
    Package("its SuperKmeans", "faiss_super", ("faiss-cpu==1.15.1", "numpy==2.4.6")),
]
TO_THE_END = 10_000
PATCHES, PATCH_SIZE = 300_000, 6
# Added to a patch's variance and to the whitened variances: those of the sparse manifold transform.
LEAST_VARIANCE, LEAST_WHITENED = (10 / 255) ** 2, 0.1


class Task(NamedTuple):
    """A row of the table.

    Attributes
    ----------
    points : str
        Name of the data.
    k, n_iter : int
        Clusters, and iterations; `TO_THE_END` for as many as it takes, against scikit-learn alone.
    """

    points: str
    k: int
    n_iter: int


TASKS = [
    Task("train", 100, 20),
    Task("train", 1000, 10),
    Task("train", 4096, 10),
    Task("patches", 2048, 10),
    Task("embedding", 100, 20),
    Task("embedding", 1000, 10),
    Task("train", 1000, TO_THE_END),
    Task("embedding", 100, TO_THE_END),
    Task("embedding", 1000, TO_THE_END),
]


def main() -> None:
    """Fill the table of docs/kmeans.md."""
    parser = data.parser(__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    parser.add_argument("--before", type=Path, help="src of another commit, to compare with")
    parser.add_argument("--only", type=int, nargs="*", help="rows to measure, from 0")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--cpu", action="store_true", help="compare CPU seconds, while others use the machine"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sides = _sides(arguments, folder)
        block = measure.markdown(
            ["data", "iterations", *sides, "times the fastest other", "labels that differ"], []
        )
        sys.stdout.write(f"{measure.machine()}\n\n{block}")
        for number, task in enumerate(TASKS):
            if arguments.only is None or number in arguments.only:
                row = measure.markdown_row(_row(task, arguments, sides, folder))
                sys.stdout.write(row)
                sys.stdout.flush()
                block += row
    if arguments.only is None and not arguments.cpu:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        text = f"{measure.machine()}\n\n{block}"
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{rest.partition(END)[2]}")


def _sides(arguments: argparse.Namespace, scratch: Path) -> dict[str, tuple[list[str], dict]]:
    """Return by title the command that fits, and its environment."""
    source = str(Path(__file__).parents[1] / "src")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ours = [sys.executable, str(PROGRAM), "aecluster"]
    sides = {"aecluster": (ours, inherited | {"PYTHONPATH": source})}
    if arguments.before:
        sides["before"] = (ours, inherited | {"PYTHONPATH": str(arguments.before.resolve())})
    for package in PACKAGES:
        place = environments.set_up(package, arguments.environments or scratch / "envs")
        if place:
            python = str(place / "bin" / "python")
            sides[package.title] = ([python, str(PROGRAM), package.calls], inherited)
    return sides


def _row(
    task: Task, arguments: argparse.Namespace, sides: dict[str, tuple], folder: Path
) -> list[str]:
    X = _points(task.points, arguments.images)
    n, d = X.shape
    points, start = folder / f"{task.points}.npy", folder / "start.npy"
    if not points.exists():
        np.save(points, X)
    seconds: dict[str, list[float]] = {title: [] for title in sides}
    n_iter, n_others = set(), None
    # A fit to the end takes minutes of which each iteration is a measurement.
    for run in range(1 if task.n_iter == TO_THE_END else arguments.runs):
        rows = np.random.default_rng(run).choice(n, task.k, replace=False)
        np.save(start, X[rows])
        for title, (command, environment) in sides.items():
            is_exact = command[-1] in ("aecluster", "scikit_learn")
            if task.n_iter == TO_THE_END and not is_exact:
                continue
            if not arguments.cpu:
                measure.wait_until_idle(title)
            labels = folder / f"{title.replace(' ', '_')}.npy"
            told = [*command, points, start, labels, task.n_iter]
            done = subprocess.run(  # noqa: S603
                list(map(str, told)), capture_output=True, text=True, check=True, env=environment
            )
            found = json.loads(done.stdout.splitlines()[-1])
            seconds[title].append(found["cpu" if arguments.cpu else "wall"])
            if title == "aecluster":
                n_iter.add(found["n_iter"])
        if run == 0 and task.n_iter != TO_THE_END:
            n_others = _n_others(X, X[rows], np.load(folder / "aecluster.npy"), task.n_iter)
    timings = {title: measure.Timing(taken) for title, taken in seconds.items() if taken}
    # What an older build took is what a fit to the end is held against.
    own = {"aecluster"} if task.n_iter == TO_THE_END else {"aecluster", "before"}
    fastest = min(timing.median for title, timing in timings.items() if title not in own)
    return [
        f"{n:,} x {d:,}, k={task.k:,}",
        " to ".join(f"{number:,}" for number in sorted({min(n_iter), max(n_iter)})),
        *(str(timings.get(title, "")) for title in sides),
        f"{fastest / timings['aecluster'].median:.1f}",
        "" if n_others is None else f"{n_others:,} of {n:,}",
    ]


def _points(name: str, images: Path | None) -> np.ndarray:
    if name == "patches":
        return _patches(data.colours(images))
    return np.ascontiguousarray(getattr(data.load(images), name), np.float32)


def _patches(store: Path) -> np.ndarray:
    """Return patches of random images, of equal contrast and whitened."""
    rng = np.random.default_rng(0)
    with Store(store) as opened:
        images = opened["train"].images()[:]
    rows = rng.integers(len(images), size=PATCHES)
    corners = rng.integers(images.shape[1] - PATCH_SIZE + 1, size=(PATCHES, 2))
    patches = np.stack(
        [
            images[i, y : y + PATCH_SIZE, x : x + PATCH_SIZE].reshape(-1)
            for i, (y, x) in zip(rows, corners, strict=True)
        ]
    ).astype(np.float32)
    patches /= 255
    patches -= patches.mean(axis=1, keepdims=True)
    patches /= np.sqrt(np.square(patches).mean(axis=1, keepdims=True) + LEAST_VARIANCE)
    patches -= patches.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(patches.T, dtype=np.float64))
    whitening = vectors / np.sqrt(values + LEAST_WHITENED) @ vectors.T
    return patches @ whitening.astype(np.float32)


def _n_others(X: np.ndarray, start: np.ndarray, labels: np.ndarray, n_iter: int) -> int:
    """Return how many labels are not those of Lloyd's algorithm in float64."""
    exact, centers = X.astype(np.float64), start.astype(np.float64)
    for step in range(n_iter + 1):
        found = _nearest(exact, centers)
        if step < n_iter:
            sums = np.zeros_like(centers)
            np.add.at(sums, found, exact)
            mass = np.bincount(found, minlength=len(centers))
            centers = np.where(mass[:, None] > 0, sums / np.maximum(mass, 1)[:, None], centers)
    return int(np.count_nonzero(found != labels))


def _nearest(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    found = np.empty(len(X), np.intp)
    halves = np.square(centers).sum(axis=1) / 2
    for first in range(0, len(X), 2048):
        block = X[first : first + 2048]
        found[first : first + 2048] = (halves - block @ centers.T).argmin(axis=1)
    return found


if __name__ == "__main__":
    main()
