"""Time how long K-Means takes to a good clustering, against packages in their own environments.

Good is an inertia within 0.1 % of the best of ten restarts of Lloyd's algorithm from greedy
k-means++, to the end. A method is run with one seed after the other until its time is over; what it
takes to a good clustering is expected to be the time of all its fits over the number of the good
ones (the expected running time of Hansen et al.). Packages tell no inertia on their way, so each
method is run with several efforts, and the best of these counts. Fills the table of docs/kmeans.md.
"""

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

PROGRAM = Path(__file__).parent / "others" / "kmeans_quality.py"
PAGE = Path(__file__).parents[1] / "docs" / "kmeans.md"
BEGIN, END = "<!-- made by benchmarks/kmeans_quality.py -->\n", "<!-- end of quality -->"
GOOD = 1.001
LIMIT_S, MOST_FITS = 10.0, 10
TO_THE_END = 10_000
DATA = ["test", "all"]
CLUSTERS = [10, 100, 1000]
SCIKIT_LEARN = ("scikit-learn==1.9.1", "numpy==2.4.6")
FAISS = ("faiss-cpu==1.15.1", "numpy==2.4.6")


class Side(NamedTuple):
    """A column of the table.

    Attributes
    ----------
    package : Package
        `needs` is empty for our own.
    efforts : tuple of int
        Iterations, epochs or rows of a batch, as its function takes them.
    """

    package: Package
    efforts: tuple[int, ...]


SIDES = [
    Side(Package("aecluster", "aecluster"), (20, TO_THE_END)),
    Side(Package('aecluster, `init="minibatch"`', "aecluster_minibatch"), (20, TO_THE_END)),
    Side(Package("scikit-learn 1.9.1 `KMeans`", "scikit_learn", SCIKIT_LEARN), (20, TO_THE_END)),
    Side(
        Package("`MiniBatchKMeans`", "scikit_learn_minibatch", SCIKIT_LEARN),
        (1024, 4096),
    ),
    Side(Package("faiss-cpu 1.15.1", "faiss", FAISS), (25, 100)),
    Side(Package("e-means 0.3.2", "emeans", ("sklearn-contrib-emeans==0.3.2",)), (5, 20)),
]


def main() -> None:
    """Fill the table of docs/kmeans.md."""
    parser = data.parser(__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    parser.add_argument("--only", type=int, nargs="*", help="rows to measure, from 0")
    parser.add_argument(
        "--cpu", action="store_true", help="compare CPU seconds, while others use the machine"
    )
    arguments = parser.parse_args()
    images = data.load(arguments.images)
    points = {"test": images.test, "all": np.concatenate([images.train, images.test])}
    tasks = [(name, k) for name in DATA for k in CLUSTERS]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sides = _sides(arguments.environments or folder / "envs")
        head = ["data", *(side.package.title for side, _, _ in sides), "times the fastest other"]
        block = measure.markdown(head, [])
        sys.stdout.write(f"{measure.machine()}\n\n{block}")
        for number, (name, k) in enumerate(tasks):
            if arguments.only is None or number in arguments.only:
                np.save(folder / "X.npy", np.ascontiguousarray(points[name], np.float32))
                n, d = points[name].shape
                cells = _row(folder / "X.npy", k, sides, is_idle=not arguments.cpu)
                row = measure.markdown_row([f"{n:,} x {d:,}, k={k:,}", *cells])
                sys.stdout.write(row)
                sys.stdout.flush()
                block += row
    if arguments.only is None and not arguments.cpu:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        text = f"{measure.machine()}\n\n{block}"
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{rest.partition(END)[2]}")


def _sides(folder: Path) -> list[tuple[Side, Path, dict[str, str]]]:
    """Return those that can be run, with their Python and environment variables."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ours = inherited | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    found = []
    for side in SIDES:
        if not side.package.needs:
            found.append((side, Path(sys.executable), ours))
        elif place := environments.set_up(side.package, folder):
            found.append((side, place / "bin" / "python", inherited))
    return found


def _row(points: Path, k: int, sides: list[tuple], *, is_idle: bool) -> list[str]:
    clock = "wall" if is_idle else "cpu"

    def fits(calls: str, python: Path, environment: dict, effort: int, most: int) -> list[dict]:
        if is_idle:
            measure.wait_until_idle(calls)
        told = [python, PROGRAM, calls, points, k, effort, LIMIT_S, most]
        done = subprocess.run(  # noqa: S603
            list(map(str, told)), capture_output=True, text=True, check=True, env=environment
        )
        return json.loads(done.stdout.splitlines()[-1])

    _, python, environment = sides[0]
    [best] = fits("best_of_ten", python, environment, TO_THE_END, 1)
    cells, expected = [], {}
    for side, python, environment in sides:
        tries = [
            fits(side.package.calls, python, environment, effort, MOST_FITS)
            for effort in side.efforts
        ]
        seconds, cell = min(_judged(found, clock, best["inertia"]) for found in tries)
        expected[side.package.title] = seconds
        cells.append(cell)
    ours = min(seconds for title, seconds in expected.items() if title.startswith("aecluster"))
    others = min(
        seconds for title, seconds in expected.items() if not title.startswith("aecluster")
    )
    return [*cells, f"{others / ours:.1f}" if np.isfinite(others) else "none gets there"]


def _judged(fits: list[dict], clock: str, best: float) -> tuple[float, str]:
    """Return the expected seconds to a good clustering, and what the table says of these fits."""
    seconds = sum(found[clock] for found in fits)
    n_good = sum(found["inertia"] <= GOOD * best for found in fits)
    if n_good:
        return seconds / n_good, f"{seconds / n_good:.3g} s ({n_good} of {len(fits)})"
    above = min(found["inertia"] for found in fits) / best - 1
    return np.inf, f"0 of {len(fits)} in {seconds:.3g} s, {above:+.2%} at best"


if __name__ == "__main__":
    main()
