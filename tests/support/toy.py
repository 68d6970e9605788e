"""A toy project with true records, and ways to read back what MLflow got."""

import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
from mlflow import MlflowClient

from aecluster.records.record import Point, Record, Run, describe_file, write_record
from aecluster.store import Store

SCORES = {"silhouette": 0.0762, "dunn": 0.0662, "inertia": 1234.5, "nmi": 0.065}
LAYERS = [
    {"name": "images", "output_shape": [32, 32, 1]},
    {"name": "reconstruction", "output_shape": [32, 32, 1]},
]


def write_pixels(path):
    images = np.arange(4 * 32 * 32, dtype=np.uint8).reshape(4, 32, 32, 1)
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d1") as store:
        store.add_split("train", [images], n=4, scale=1 / 255)


class ToyProject:
    """A project folder whose steps leave small files and true records."""

    def __init__(self):
        self.records = {}
        self._time = 1_700_000_000.0

    def step(self, step, path, inputs=(), outputs=(), content="", **fields):
        self._time += 100
        for output in outputs:
            Path(output).parent.mkdir(parents=True, exist_ok=True)
            if output.endswith("pixels/store.h5"):
                write_pixels(output)
            else:
                Path(output).write_text(f"{output} {content}")
        run = Run(
            started=self._time,
            finished=self._time + 50,
            wall_s=50.0,
            peak_mem_mb=300.0,
            threads=2,
            machine="x86_64 A",
            versions={"python": "3.11.9", "keras": "3.15.1", "tensorflow": "2.20.0"},
            git_commit="abc123",
            git_dirty=True,
            command="snakemake --cores all",
        )
        record = Record(
            step=step,
            dataset="toy",
            code="c0de",
            inputs={str(name): describe_file(name) for name in inputs},
            outputs={str(name): describe_file(name) for name in outputs},
            run=run,
            **fields,
        )
        write_record(path, record)
        self.records[path] = record

    def preprocess(self):
        self.step(
            "preprocess",
            "results/toy/pixels/store.json",
            outputs=["results/toy/pixels/store.h5"],
            params={"dataset": "toy", "source": "digits", "path": None, "grayscale": True},
            details={"class_names": ["a", "b"], "n": {"train": 60, "test": 30}},
        )

    def train(self, epochs=5, seed=0):
        folder = f"results/toy/sparse_ae/s{seed}"
        subject = {"representation": "sparse_ae", "seed": seed}
        points = [
            Point(step=epoch, time=self._time + 10 * epoch, value=0.1 / epoch)
            for epoch in range(1, epochs + 1)
        ]
        self.step(
            "train",
            f"{folder}/model.json",
            inputs=["results/toy/pixels/store.h5"],
            outputs=[f"{folder}/model.keras"],
            content=str(epochs),
            params={"method": "autoencoder", "epochs": epochs, "l1": 1e-5, "seed": seed},
            metrics={"loss": 0.0105, "mse": 0.0104, "test_mse": 0.0097},
            curves={"loss": points, "test_mse": points},
            details={"layers": LAYERS, "n_params": 334},
            **subject,
        )
        self.step(
            "plot_training",
            f"{folder}/figures.json",
            inputs=[f"{folder}/model.json"],
            outputs=[f"{folder}/curves.png"],
            params={"seed": seed},
            **subject,
        )
        self.step(
            "embed",
            f"{folder}/store.json",
            inputs=["results/toy/pixels/store.h5", f"{folder}/model.keras"],
            outputs=[f"{folder}/store.h5"],
            content=str(epochs),
            params={"method": "autoencoder", "seed": seed},
            **subject,
        )

    def cluster(self, representation="pixels", k=10, seed=0, max_iter=300):
        folder = f"results/toy/{representation}"
        store = f"{folder}/store.h5" if representation == "pixels" else f"{folder}/s{seed}/store.h5"
        base = f"{folder}/test/k{k}-s{seed}"
        subject = {"representation": representation, "split": "test", "k": k, "seed": seed}
        self.step(
            "kmeans",
            f"{base}.json",
            inputs=[store],
            outputs=[f"{base}.h5"],
            params={"k": k, "seed": seed, "init": "k-means++", "max_iter": max_iter, "tol": 0.0},
            metrics={"n_iter": 17},
            **subject,
        )
        self.draw(representation, k, seed)
        self.step(
            "evaluate",
            f"{base}.scores.json",
            inputs=[store, f"{base}.h5"],
            params={"k": k, "seed": seed, "split": "test"},
            metrics=SCORES,
            details={"n": 30, "d": 64},
            **subject,
        )

    def draw(self, representation="pixels", k=10, seed=0, content=""):
        base = f"results/toy/{representation}/test/k{k}-s{seed}"
        self.step(
            "plot_clusters",
            f"{base}.figures.json",
            inputs=[f"{base}.h5"],
            outputs=[f"{base}.clusters.png"],
            content=content,
            params={"k": k, "seed": seed, "split": "test"},
            representation=representation,
            split="test",
            k=k,
            seed=seed,
        )

    def all(self):
        self.preprocess()
        self.train()
        self.cluster("pixels")
        self.cluster("sparse_ae")
        return self


def runs_of(uri, name):
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(name)
    return {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}


def all_runs(uri, name):
    client = MlflowClient(uri)
    return client.search_runs([client.get_experiment_by_name(name).experiment_id])


def in_another_process(records, uri=None):
    code = (
        "from aecluster.tracking import track; "
        f"print(track('exp', {list(records)}, uri={uri!r})['added'])"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]
