"""Compare K-Means of other packages with float64 Lloyd from the same start, step by step.

Fills the table of docs/kmeans.md. Each package is installed into an environment of its own.
"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

import environments
import measure
import numpy as np
from environments import Package
from scipy.spatial.distance import cdist

from aecluster.clustering import KMeans

PACKAGES = [
    Package("scikit-learn 1.9.1", "scikit_learn", ("scikit-learn==1.9.1",)),
    Package("scikit-learn-intelex 2026.2.0", "intelex", ("scikit-learn-intelex==2026.2.0",)),
    Package("faiss-cpu 1.15.1", "faiss", ("faiss-cpu==1.15.1", "numpy==2.4.6")),
    Package("OpenCV 5.0.0", "opencv", ("opencv-python-headless==5.0.0.93",)),
    Package("SciPy 1.17.1 `kmeans`", "scipy_kmeans", ("scipy==1.17.1",)),
    Package("SciPy 1.17.1 `kmeans2`", "scipy_kmeans2", ("scipy==1.17.1",)),
    Package("NLTK 3.10.4", "nltk", ("nltk==3.10.4", "numpy==2.4.6")),
    Package("pyclustering 0.10.1.2", "pyclustering", ("pyclustering==0.10.1.2", "numpy==1.26.4")),
    Package("mlpack 4.8.0", "mlpack", ("mlpack==4.8.0",)),
    Package("Biopython 1.88", "biopython", ("biopython==1.88",)),
    Package("k-means-constrained 0.9.1", "constrained", ("k-means-constrained==0.9.1",)),
    Package("bkmeans 1.3", "breathing", ("bkmeans==1.3",)),
    Package("R 4.2.2 `kmeans`", "stats", kind="r"),
    Package("R 4.2.2 `kmeans`, Lloyd", "stats_lloyd", kind="r"),
    Package("ml-kmeans 7.0.1", "ml_kmeans", ("ml-kmeans@7.0.1",), "npm"),
    Package("skmeans 0.11.3", "skmeans", ("skmeans@0.11.3",), "npm"),
    Package("superkmeans 0.2.0", "superkmeans", ("superkmeans==0.2.0", "numpy==2.4.6")),
    Package("geokmeans 0.1.2", "geokmeans", ("geokmeans==0.1.2",)),
    Package("fastkmeanspp 0.6.0", "fastkmeanspp", ("fastkmeanspp==0.6.0",)),
    Package("flspp 0.1.9", "flspp", ("flspp==0.1.9",)),
    Package("kmeans-from-scratch 0.1.9", "from_scratch", ("kmeans-from-scratch==0.1.9",)),
]
# These choose their own start.
WITHOUT_START = {"superkmeans", "geokmeans", "fastkmeanspp", "flspp", "from_scratch"}
PROGRAMS = Path(__file__).parent / "others" / "kmeans"
PAGE = Path(__file__).parents[1] / "docs" / "kmeans.md"
BEGIN, END = "<!-- made by benchmarks/kmeans_packages.py -->\n", "<!-- end -->"
LIMIT_S = 300
CLOSE = 1e-5  # float32 sums


def main() -> None:
    """Fill the table of docs/kmeans.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    parser.add_argument("--only", nargs="*", help="packages, by their names in others/kmeans")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cases = Path(scratch) / "cases"
        cases.mkdir()
        points = data_sets()
        for name, (X, start) in points.items():
            np.savez(cases / name, X=X, start=start)
            np.savetxt(cases / f"{name}.csv", X, delimiter=",", fmt="%.17g")
            np.savetxt(cases / f"{name}.start", start, delimiter=",", fmt="%.17g")
        found = {"aecluster": _ours(points)}
        for package in PACKAGES:
            if arguments.only and package.calls not in arguments.only:
                continue
            place = environments.set_up(package, arguments.environments or Path(scratch) / "envs")
            results = Path(scratch) / f"{package.kind}-{package.calls}.json"
            if place and environments.run(package, place, PROGRAMS, [cases, results], LIMIT_S):
                found[package.title] = json.loads(results.read_text())
    without_start = {p.title for p in PACKAGES if p.calls in WITHOUT_START}
    header = [
        "package", "labels, as it comes", "as far as it goes", "`n_iter`", "inertia",
        "a centroid without points", "float32 a thousand away",
    ]  # fmt: skip
    rows = [
        [title, *_row(fits, points, title not in without_start)] for title, fits in found.items()
    ]
    block = measure.markdown(header, rows)
    sys.stdout.write(block)
    if not arguments.only:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}{block}{END}{rest.partition(END)[2]}")


def data_sets() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return points and a start: overlapping blobs, the same with a useless seed, far away."""
    rng = np.random.default_rng(0)
    centers = 0.6 * rng.normal(size=(5, 8))
    X = rng.normal(size=(2000, 8)) + centers[rng.integers(5, size=2000)]
    start = X[rng.choice(2000, 5, replace=False)]
    useless = start.copy()
    useless[2] = 100.0
    far = (X + 1000).astype(np.float32)
    return {
        "plain": (X, start),
        "empty": (X, useless),
        "far": (far, (start + 1000).astype(np.float32)),
    }


def _ours(points: dict) -> dict:
    def fitted(X: np.ndarray, start: np.ndarray) -> dict:
        kmeans = KMeans(len(start), init=start, n_init=1, tol=0, max_iter=10_000).fit(X)
        return {
            "labels": kmeans.labels_,
            "centroids": kmeans.cluster_centers_,
            "n_iter": kmeans.n_iter_,
            "inertia": kmeans.inertia_,
        }

    return {
        name: dict.fromkeys(("default", "to_the_end"), fitted(X, start))
        for name, (X, start) in points.items()
    }


def lloyd(X: np.ndarray, start: np.ndarray) -> list[np.ndarray]:
    """Return the labels after each assignment until they repeat, from differences in float64."""
    X, centroids = X.astype(np.float64), start.astype(np.float64)
    steps: list[np.ndarray] = []
    while len(steps) < 2 or not np.array_equal(steps[-1], steps[-2]):
        steps.append(cdist(X, centroids).argmin(axis=1))
        centroids = np.stack([X[steps[-1] == c].mean(axis=0) for c in range(len(start))])
    return steps


def _row(fits: dict, points: dict, takes_start: bool) -> list[str]:
    X, start = points["plain"]
    default, end = fits["plain"]["default"], fits["plain"]["to_the_end"]
    if "error" in default:
        return [f"an error: {default['error']}", *[""] * 5]
    if takes_start:
        steps = lloyd(X, start)
        shown = [_step(fit, steps) for fit in (default, end)]
        far = _labels_that_differ(fits["far"]["to_the_end"], lloyd(*points["far"])[-1])
        empty = _emptiness(fits["empty"]["to_the_end"], len(start))
    else:
        shown = [_own_end(fit, X) for fit in (default, end)]
        far, empty = "", ""
    counted = [str(fit.get("n_iter") or "none") for fit in (default, end)]
    return [*shown, " and ".join(dict.fromkeys(counted)), _inertia(default, X), empty, far]


def _step(fit: dict, steps: list[np.ndarray]) -> str:
    if "error" in fit:
        return "an error"
    labels = np.array(fit["labels"])
    for number, expected in enumerate(steps[:-1], start=1):
        if np.array_equal(labels, expected):
            last = number == len(steps) - 1
            return "Lloyd's last" if last else f"Lloyd's of step {number} of {len(steps)}"
    return _labels_that_differ(fit, steps[-1])


def _labels_that_differ(fit: dict, expected: np.ndarray) -> str:
    if "error" in fit:
        return "an error"
    n_others = np.count_nonzero(np.array(fit["labels"]) != expected)
    return f"{n_others:,} of {len(expected):,} differ" if n_others else "the same"


def _own_end(fit: dict, X: np.ndarray) -> str:
    """Say whether a fit from a start of its own is where Lloyd would not move any more."""
    labels = np.array(fit["labels"])
    centroids = np.array([X[labels == c].mean(axis=0) for c in np.unique(labels)])
    n_movable = np.count_nonzero(cdist(X, centroids).argmin(axis=1) != labels)
    return f"own start; {n_movable:,} points nearer to another mean"


def _emptiness(fit: dict, k: int) -> str:
    if "error" in fit:
        return "an error"
    n_clusters = len(np.unique(fit["labels"]))
    broken = not np.isfinite(np.array(fit["centroids"], dtype=float)).all()
    found = f"{n_clusters} of {k} clusters"
    return f"{found}, NaN" if broken else found


def _inertia(fit: dict, X: np.ndarray) -> str:
    """Say what the number is that a package calls inertia, objective, error or distortion."""
    if fit.get("inertia") is None:
        return "none"
    labels = np.array(fit["labels"])
    centroids = np.array(fit["centroids"], dtype=float)
    names = np.unique(labels)
    means = np.zeros_like(centroids)
    means[names] = [X[labels == c].mean(axis=0) for c in names]
    to_means = np.linalg.norm(X - means[labels], axis=1)
    to_own = np.linalg.norm(X - centroids[labels], axis=1)
    sentences = {
        "sum of squares to the clusters' means": np.square(to_means).sum(),
        "sum of squares to the centroids returned": np.square(to_own).sum(),
        "mean distance to the centroids": to_own.mean(),
        "mean of squares": np.square(to_own).mean(),
        "sum of mean squared differences per feature": np.square(to_means).sum() / X.shape[1],
        "sum of distances": to_own.sum(),
    }
    for sentence, value in sentences.items():
        if math.isclose(value, fit["inertia"], rel_tol=CLOSE):
            return sentence
    return f"{fit['inertia']:.6g} for {np.square(to_own).sum():.6g}"


if __name__ == "__main__":
    main()
