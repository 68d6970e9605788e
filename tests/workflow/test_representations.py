"""The committed comparison of representations, on 2,000 images of real CIFAR-10."""

import csv
import tarfile

import pytest
import yaml

from aecluster.config import METHODS
from project import CIFAR10, ON_CIFAR10, ROOT, Project

EXPERIMENT = ROOT / "config" / "cifar10-representations.yaml"

pytestmark = [pytest.mark.workflow, *ON_CIFAR10]

# One of each method, and one for each thing that a method is made of; the zoo trains the others.
RUN = (
    *("pixels", "pca", "vae", "dec"),
    *("contrastive", "contrastive_white128", "manifold", "manifold_white64", "both"),
)

# What makes a training short; the committed keys are kept otherwise.
SHORT = {
    "vae": {"epochs": 1},
    "dec": {"epochs": 1, "cluster_epochs": 1},
    "contrastive": {"epochs": 4, "batch_size": 64, "width": 32},
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


@pytest.fixture(scope="module")
def experiment(tmp_path_factory) -> dict:
    """The committed experiment with fewer images, one seed and shorter trainings."""
    return reduced(tmp_path_factory.mktemp("images"))


@pytest.fixture
def project(experiment, tmp_path) -> Project:
    return Project.create(tmp_path / "project", experiment)


def test_every_representation_would_be_made_clustered_and_scored(project):
    assert project.schedule("--until", "collect_scores").rules == {
        "preprocess": 1, "train": 7, "embed": 6, "encode": 1, "transform": 12,
        "kmeans": 20, "evaluate": 20, "collect_scores": 1,
    }  # fmt: skip


def test_each_kind_of_representation_is_scored_and_the_learned_ones_beat_pixels(
    project, experiment
):
    representations = {name: experiment["representations"][name] for name in RUN}
    project.write(experiment | {"representations": representations})
    project.make("--no-hooks", "--until", "collect_scores")

    with (project.folder / "results/cifar10_representations/scores.csv").open(newline="") as file:
        rows = {row["representation"]: row for row in csv.DictReader(file)}
    nmi = {name: float(row["nmi"]) for name, row in rows.items()}
    assert tuple(nmi) == RUN
    assert {row["n"] for row in rows.values()} == {"2000"}
    for name in nmi:
        if name.startswith(("contrastive", "manifold", "both")):
            assert nmi[name] > nmi["pixels"], nmi
    threads = project.record("results/cifar10_rgb/manifold/s0/store.json")["run"]["threads"]
    assert threads == METHODS["sparse_manifold"].n_threads == 2
