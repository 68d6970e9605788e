"""Time and memory of every step against the number of images and of clusters, and two cores.

python benchmarks/workflow.py docs/scaling.png > docs/scaling.md

The steps run as jobs of the real workflow, on synthetic images of 32 x 32 in gray.
"""

# ruff: noqa: E501 -- it prints a page, with a sentence a line

import argparse
import sys
import tempfile
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from measure import interleaved, machine, markdown

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from project import Project

N_TEST = 200
N_TEMPLATES = 50
BLOCK = 10_000
STEPS = ("preprocess", "transform", "train", "embed", "kmeans", "evaluate")
# A fixed number of rounds, so that the time of K-Means is that of its work and not of its luck.
CLUSTERING = {"split": "train", "init": "random", "max_iter": 20, "tol": 0.0}
REPRESENTATIONS = {
    "pixels": {"method": "pixels"},
    "pca": {"method": "pca", "n_components": 64},
    "sparse_ae": {"method": "autoencoder", "epochs": 1, "batch_size": 128},
}
N_OF_K = 10_000
KS = (10, 30, 100, 300)
# A small sweep, on as many images as the test split of CIFAR-10 has.
SWEEP = {"k": [5, 10, 15, 20], "seeds": [0, 1, 2], "n": 10_000}


class Cost(NamedTuple):
    """What a job took, without the start of Python and its imports, and at most of memory."""

    wall_s: float
    peak_mem_mb: float


Costs = dict[str, dict[int, Cost]]  # by step, then by number of images or clusters


def main() -> None:
    """Measure all, draw the plot, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("plot", type=Path, help="where the plot goes, beside the page")
    parser.add_argument("--largest", type=int, default=64_000, help="most images")
    options = parser.parse_args()
    sizes = [options.largest // 2**i for i in range(20) if options.largest // 2**i >= 1000][::2][
        ::-1
    ]
    with tempfile.TemporaryDirectory() as folder:
        by_n = measure_sizes(Path(folder), sizes)
        by_k = measure_clusters(Path(folder))
        sweep = measure_sweep(Path(folder))
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    draw(options.plot, by_n, by_k)
    sys.stdout.write(page(options, by_n, by_k, sweep))


def measure_sizes(folder: Path, sizes: list[int]) -> Costs:
    """Return the cost of every step for some numbers of images."""
    costs: Costs = defaultdict(dict)
    for n in sizes:
        project = make_project(folder, f"n{n}", n, REPRESENTATIONS, k=[10], seeds=[0])
        project.make("--until", "evaluate")
        for step, cost in costs_of(project):
            # Of K-Means and scores, those on the pixels.
            costs[step][n] = cost
            sys.stderr.write(f"n = {n}: {step} {cost.wall_s:.2f} s, {cost.peak_mem_mb:.0f} MB\n")
    return costs


def measure_clusters(folder: Path) -> Costs:
    """Return the cost of K-Means and of the scores for some numbers of clusters."""
    costs: Costs = defaultdict(dict)
    for k in KS:
        project = make_project(folder, f"k{k}", N_OF_K, {"pixels": {"method": "pixels"}}, [k], [0])
        project.make("--until", "evaluate")
        for step, cost in costs_of(project):
            costs[step][k] = cost
    return {step: costs[step] for step in ("kmeans", "evaluate")}


def measure_sweep(folder: Path) -> dict[str, float]:
    """Return the seconds of a sweep over k and seeds by one core and by two."""
    k, seeds, n = SWEEP.values()
    project = make_project(folder, "sweep", n, {"pixels": {"method": "pixels"}}, k, seeds)
    project.make("--until", "preprocess")

    def run(_: int, cores: str) -> None:
        done = project.run(
            *("--cores", cores, "--configfile", "experiment.yaml"),
            *("--until", "evaluate", "--forcerun", "kmeans"),
        )
        if done.returncode:
            raise RuntimeError(done.stderr)

    sides = {cores: partial(run, cores=cores) for cores in ("1", "2")}
    return {cores: timing.median for cores, timing in interleaved(sides, 1).items()}


def make_project(
    folder: Path, name: str, n: int, representations: dict, k: list[int], seeds: list[int]
) -> Project:
    """Return a project whose experiment is on `n` synthetic images."""
    experiment = {
        "experiment": name,
        "dataset": {"name": "synthetic", "source": "arrays", "path": "images.h5"},
        "representations": representations,
        "clustering": CLUSTERING | {"k": k},
        "evaluation": {"spaces": []},
        "seeds": seeds,
    }
    project = Project.create(folder / name, experiment)
    write_images(project.folder / "images.h5", n)
    return project


def write_images(path: Path, n: int) -> None:
    """Write images around some smooth templates, with noise."""
    generator = np.random.default_rng(0)
    waves = np.add.outer(np.arange(32), np.arange(32))
    frequencies = generator.uniform(0.05, 0.5, (N_TEMPLATES, 1, 1))
    templates = 128 + 60 * np.sin(frequencies * waves + 10 * frequencies)
    with h5py.File(path, "w") as file:
        for split, size in (("train", n), ("test", N_TEST)):
            X = file.create_dataset(f"{split}/X", (size, 32, 32), np.uint8)
            for start in range(0, size, BLOCK):
                rows = min(BLOCK, size - start)
                noise = generator.normal(0, 20, (rows, 32, 32)).astype(np.float32)
                chosen = templates[generator.integers(N_TEMPLATES, size=rows)]
                X[start : start + rows] = np.clip(chosen + noise, 0, 255).astype(np.uint8)


def costs_of(project: Project) -> list[tuple[str, Cost]]:
    """Return the steps of a finished project and what they took, by their records."""
    paths = [
        "pixels/store.json", "pca/s0/store.json", "sparse_ae/s0/model.json",
        "sparse_ae/s0/store.json", *(f"pixels/train/{name}" for name in clusterings(project)),
    ]  # fmt: skip
    found = []
    for path in paths:
        if (project.folder / "results/synthetic" / path).exists():
            record = project.record(f"results/synthetic/{path}")
            run = record["run"]
            found.append((record["step"], Cost(run["wall_s"], run["peak_mem_mb"])))
    return found


def clusterings(project: Project) -> list[str]:
    """Return the names of the records of the clusterings of pixels and of their scores."""
    folder = project.folder / "results/synthetic/pixels/train"
    return sorted(path.name for path in folder.glob("k*.json"))


def exponent(costs: dict[int, Cost]) -> float:
    """Return the slope of time against size, in logarithms, over the upper half of the sizes."""
    sizes = sorted(costs)[-max(2, (len(costs) + 1) // 2) :]
    seconds = [costs[size].wall_s for size in sizes]
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def memory(costs: dict[int, Cost]) -> tuple[float, float]:
    """Return megabytes for nothing, and for a thousand more, fitted to the peaks."""
    slope, base = np.polyfit(list(costs), [cost.peak_mem_mb for cost in costs.values()], 1)
    return float(base), float(1000 * slope)


def draw(path: Path, by_n: Costs, by_k: Costs) -> None:
    """Draw time against images and clusters, and memory against images, in logarithms."""
    figure = Figure(figsize=(9, 3.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 3)
    for axes, costs, field, labels in (
        (panels[0], by_n, 0, ("images", "seconds")),
        (panels[1], by_n, 1, ("images", "MB at most")),
        (panels[2], by_k, 0, ("clusters", "seconds")),
    ):
        for step, points in costs.items():
            values = [cost[field] for cost in points.values()]
            color = f"C{STEPS.index(step)}"  # the same in all panels
            axes.loglog(list(points), values, "o-", label=step, color=color)
        axes.set(xlabel=labels[0], ylabel=labels[1])
        axes.grid(alpha=0.3)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    figure.savefig(path)


def page(options: argparse.Namespace, by_n: Costs, by_k: Costs, sweep: dict[str, float]) -> str:
    """Return the page."""
    sizes = sorted(by_n["preprocess"])
    by_size = [
        (
            f"`{step}`",
            *(_cell(by_n[step].get(n)) for n in sizes),
            f"{exponent(by_n[step]):.2f}",
            "{:.0f} + {:.2f} n / 1000".format(*memory(by_n[step])),
        )
        for step in STEPS
    ]
    by_cluster = [
        (f"`{step}`", *(_cell(costs[k]) for k in KS), f"{exponent(costs):.2f}")
        for step, costs in by_k.items()
    ]
    efficiency = sweep["1"] / (2 * sweep["2"])
    n_variants = len(SWEEP["k"]) * len(SWEEP["seeds"])
    return f"""\
# How time and memory grow

Made by `python benchmarks/workflow.py docs/scaling.png --largest {options.largest} > docs/scaling.md`; do not edit.
{machine()}; jobs of the workflow with two threads on synthetic gray images of 32 x 32.
A cell has the seconds of a job without its start (the imports of Python take about one second, those of TensorFlow three more), and the most memory that its process held.
Scores are exact up to 20,000 images and use a sample beyond that (`evaluation.max_exact`), which is why their line bends.
PCA keeps 64 components; training is one epoch; K-Means is on pixels, from random rows, with at most 20 iterations.
The exponent is the slope of log time against log size, over the upper half of the sizes.

![Time and memory against images and clusters](scaling.png)

{markdown(["n =", *(f"{n:,}" for n in sizes), "exponent", "MB at most, fitted"], by_size)}
Against the number of clusters, with {N_OF_K:,} images:

{markdown(["k =", *map(str, KS), "exponent"], by_cluster)}
## Two cores

A sweep of {n_variants} variants on the pixels of {SWEEP["n"]:,} images, K-Means and scores, including the start of Snakemake and of {2 * n_variants} jobs: {sweep["1"]:.1f} s by `--cores 1`, {sweep["2"]:.1f} s by `--cores 2`.
That is a parallel efficiency of {efficiency:.2f}.
"""


def _cell(cost: Cost | None) -> str:
    return f"{cost.wall_s:.2f} s, {cost.peak_mem_mb:.0f} MB" if cost else "-"


if __name__ == "__main__":
    main()
