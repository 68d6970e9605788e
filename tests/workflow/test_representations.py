"""Every representation of the committed comparison, on 2,000 images of real CIFAR-10."""

import csv
import tarfile

import pytest
import yaml

from project import CIFAR10, ON_CIFAR10, ROOT, Project

EXPERIMENT = ROOT / "config" / "cifar10-representations.yaml"

pytestmark = [pytest.mark.workflow, *ON_CIFAR10]

# What makes a training short; the committed keys are kept otherwise.
SHORT = {
    "autoencoder": {"epochs": 1},
    "vae": {"epochs": 1},
    "dec": {"epochs": 1, "cluster_epochs": 1},
    "idec": {"epochs": 1, "cluster_epochs": 1},
    "contrastive": {"epochs": 4, "batch_size": 64},
    "sparse_manifold": {"n_atoms": 256},
}


def reduced(folder):
    """Write 160 and 40 images of each class; return the experiment that clusters them."""
    with (
        tarfile.open(CIFAR10) as archive,
        tarfile.open(folder / "small.tar.gz", "w:gz", compresslevel=1) as small,
    ):
        for member in archive:
            split, number = member.name.partition("/")[0], member.name[-8:-4]
            if member.isfile() and int(number) < {"train": 160, "test": 40}[split]:
                small.addfile(member, archive.extractfile(member))
    experiment = yaml.safe_load(EXPERIMENT.read_text())
    experiment["dataset"]["path"] = str(folder / "small.tar.gz")
    experiment["seeds"] = [0]
    for keys in experiment["representations"].values():
        keys.update(SHORT.get(keys["method"], {}))
    return experiment


def test_every_representation_is_scored_and_the_learned_ones_beat_pixels(tmp_path):
    experiment = reduced(tmp_path)
    project = Project.create(tmp_path / "project", experiment)
    project.make("--no-hooks", "--until", "collect_scores")

    with (project.folder / "results/cifar10_representations/scores.csv").open(newline="") as file:
        rows = {row["representation"]: row for row in csv.DictReader(file)}
    nmi = {name: float(row["nmi"]) for name, row in rows.items()}
    assert nmi.keys() == experiment["representations"].keys()
    assert {row["n"] for row in rows.values()} == {"2000"}
    for name in nmi:
        if name.startswith(("contrastive", "manifold", "both")):
            assert nmi[name] > nmi["pixels"], nmi

    folder = "results/cifar10_rgb"
    threads = {
        name: project.record(f"{folder}/{name}/s0/store.json")["run"]["threads"]
        for name in ("manifold", "manifold_umap")
    }
    assert threads == {"manifold": 2, "manifold_umap": 1}  # UMAP leaves a core to the next one
