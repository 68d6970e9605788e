"""Time of `track` against the number of variants, on a new SQLite store.

Each variant is a training of its own with four steps behind the common preprocessing: a curve of
ten epochs, a model, four pictures. `first` tracks all of it, `nothing new` finds that all is there;
each in a process of its own, as the workflow does, with MLflow imported before the clock starts.
Usage: python benchmarks/tracking.py [VARIANTS ...]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from measure import machine, markdown, markdown_row

from aecluster.records.record import Point, Record, Run, describe_file, write_record
from aecluster.store import Store

N_EPOCHS = 10
PIXELS = "results/toy/pixels/store.h5"
RUN = Run(
    started=1.7e9, finished=1.7e9 + 50, wall_s=50.0, peak_mem_mb=300.0, threads=2,
    versions={"python": "3.11", "keras": "3.15", "tensorflow": "2.20"},
    git_commit="0" * 40, git_dirty=False, command="snakemake --cores all",
)  # fmt: skip
CURVE = [Point(step=i, time=1.7e9 + i, value=1 / i) for i in range(1, N_EPOCHS + 1)]
SCORES = {"silhouette": 0.1, "dunn": 0.1, "inertia": 9.0, "nmi": 0.5, "ari": 0.5, "accuracy": 0.5}
TRACK = """
import sys, time
import mlflow.store.tracking.sqlalchemy_store
from aecluster.tracking import track
records = sys.stdin.read().split()
started = time.perf_counter()
track("benchmark", records, uri="sqlite:///mlflow.db")
print(time.perf_counter() - started)
"""
LAYERS = [{"output_shape": [32, 32, 1]}, {"output_shape": [32, 32, 1]}]


def write_step(step, record, inputs, outputs, size=100, **fields):
    """Write small outputs and the record of a step; return the record's path."""
    for path in outputs:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if path != PIXELS:
            Path(path).write_bytes(path.encode() + bytes(size))
    files = {
        name: {path: describe_file(path) for path in paths}
        for name, paths in (("inputs", inputs), ("outputs", outputs))
    }
    write_record(record, Record(step=step, dataset="toy", code="c0de", run=RUN, **files, **fields))
    return record


def write_pixels():
    """Write the store of the images and its record."""
    images = np.zeros((4, 32, 32, 1), np.uint8)
    with Store.create(PIXELS, dataset="toy", representation="pixels", source_digest="0") as store:
        store.add_split("train", [images], n=4, scale=1 / 255)
    yield write_step(
        "preprocess", "results/toy/pixels/store.json", [], [PIXELS], params={"source": "digits"}
    )


def write_variant(seed):
    """Write what the steps of one variant leave; yield the records' paths."""
    base = f"results/toy/sparse_ae/s{seed}"
    trained = {"representation": "sparse_ae", "seed": seed, "params": {"epochs": 10, "seed": seed}}
    clustered = {**trained, "split": "test", "k": 10, "params": {"k": 10, "seed": seed}}
    yield write_step(
        "train", f"{base}/model.json", [PIXELS], [f"{base}/model.keras"], 100_000, **trained,
        metrics={"loss": 0.1, "mse": 0.1}, curves={"loss": CURVE, "mse": CURVE, "test_mse": CURVE},
        details={"layers": LAYERS},
    )  # fmt: skip
    yield write_step(
        "embed", f"{base}/store.json", [f"{base}/model.keras"], [f"{base}/store.h5"], **trained
    )
    yield write_step(
        "kmeans", f"{base}/k.json", [f"{base}/store.h5"], [f"{base}/k.h5"], **clustered,
        metrics={"n_iter": 20.0},
    )  # fmt: skip
    yield write_step(
        "evaluate", f"{base}/scores.json", [f"{base}/k.h5"], [], **clustered, metrics=SCORES
    )
    for step, subject in (("plot_training", trained), ("plot_clusters", clustered)):
        pictures = [f"{base}/{step}{i}.png" for i in range(2)]
        yield write_step(step, f"{base}/{step}.json", [], pictures, 20_000, **subject)


def track(records):
    """Return the seconds that another process takes to track the records."""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", TRACK],
        input="\n".join(records),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def measure(n_variants):
    """Return the number of records, seconds of the first `track`, and of one with nothing new."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            records = [*write_pixels()]
            for seed in range(n_variants):
                records += write_variant(seed)
            times = [track(records) for _ in range(2)]
        finally:
            os.chdir(before)
    return len(records), *times


def main():
    """Measure and print a table."""
    sys.stdout.write(f"{machine()}\n\n")
    sys.stdout.write(markdown(["variants", "records", "first", "nothing new"], []))
    for n_variants in [int(argument) for argument in sys.argv[1:]] or [1, 10, 50, 200]:
        n_records, first, again = measure(n_variants)
        sys.stdout.write(markdown_row([n_variants, n_records, f"{first:.1f} s", f"{again:.2f} s"]))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
