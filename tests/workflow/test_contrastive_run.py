"""Contrastive learning through the whole workflow, and a space that is made from its code."""

import csv

import h5py
import pytest

from project import Project

pytestmark = pytest.mark.workflow

EXPERIMENT = {
    "experiment": "views",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {
        "pixels": {"method": "pixels"},
        "contrastive": {
            "method": "contrastive",
            "epochs": 4,
            "batch_size": 64,
            "learning_rate": 0.003,
            "width": 8,
        },
        "whitened": {"method": "pca", "of": "contrastive", "n_components": 8, "whiten": True},
    },
    "clustering": {"k": [10]},
    "seeds": [0],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = Project.create(tmp_path_factory.mktemp("contrastive") / "project", EXPERIMENT)
    project.make()
    return project


def test_code_and_what_is_made_from_it_are_clustered_and_scored(project):
    with (project.folder / "results/views/scores.csv").open(newline="") as file:
        rows = {row["representation"]: row for row in csv.DictReader(file)}

    sizes = {name: (row["n"], row["d"]) for name, row in rows.items()}
    assert sizes == {
        "pixels": ("359", "1024"),
        "contrastive": ("359", "32"),
        "whitened": ("359", "8"),
    }
    assert all(0 < float(row["nmi"]) < 1 for row in rows.values())


def test_training_leaves_its_curves_and_pictures(project):
    folder = project.folder / "results/digits/contrastive/s0"
    record = project.record("results/digits/contrastive/s0/model.json")

    assert {path.name for path in folder.iterdir() if path.suffix != ".checkpoint"} == {
        "model.keras", "model.json", "store.h5", "store.json",
        "architecture.png", "curves.png", "figures.json",
    }  # fmt: skip
    assert {"loss", "alignment", "uniformity", "test_knn_accuracy"} <= set(record["curves"])
    assert [point["step"] for point in record["curves"]["loss"]] == [1, 2, 3, 4]
    assert record["metrics"]["test_knn_accuracy"] > 0.5


def test_nothing_reruns_and_another_temperature_leaves_the_pixels(project):
    assert project.schedule().rules == {}

    contrastive = {**EXPERIMENT["representations"]["contrastive"], "temperature": 0.5}
    changed = {**EXPERIMENT["representations"], "contrastive": contrastive}
    file = project.write({**EXPERIMENT, "representations": changed}, "changed.yaml")

    rules = project.schedule(file=file).rules
    assert {name: rules[name] for name in ("train", "encode", "transform", "kmeans")} == {
        "train": 1, "encode": 1, "transform": 1, "kmeans": 2,
    }  # fmt: skip


def test_code_is_kept_in_the_order_of_the_images(project):
    with (
        h5py.File(project.folder / "results/digits/pixels/store.h5") as pixels,
        h5py.File(project.folder / "results/digits/contrastive/s0/store.h5") as codes,
    ):
        for split in ("train", "test"):
            assert (codes[split]["y"][:] == pixels[split]["y"][:]).all()
            assert codes[split]["X"].shape == (len(pixels[split]["X"]), 32)
