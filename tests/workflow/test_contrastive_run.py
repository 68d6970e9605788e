"""Contrastive learning through the whole workflow, and a space that is made from its code."""

import copy
import csv

import h5py
import pytest

from zoo import ZOO

pytestmark = pytest.mark.workflow


def test_code_and_what_is_made_from_it_are_clustered_and_scored(zoo):
    with (zoo.folder / "results/zoo/scores.csv").open(newline="") as file:
        rows = {row["representation"]: row for row in csv.DictReader(file)}

    made = {name: rows[name] for name in ("pixels", "contrastive", "whitened")}
    assert {name: (row["n"], row["d"]) for name, row in made.items()} == {
        "pixels": ("300", "256"), "contrastive": ("300", "16"), "whitened": ("300", "8"),
    }  # fmt: skip
    assert all(0 < float(row["nmi"]) <= 1 for row in made.values())


def test_training_leaves_its_curves_and_pictures(zoo):
    folder = zoo.folder / "results/stripes/contrastive/s0"
    record = zoo.record("results/stripes/contrastive/s0/model.json")

    assert {path.name for path in folder.iterdir() if path.suffix != ".checkpoint"} == {
        "model.keras", "model.json", "store.h5", "store.json",
        "architecture.png", "curves.png", "figures.json",
    }  # fmt: skip
    assert {"loss", "alignment", "uniformity", "test_knn_accuracy"} <= set(record["curves"])
    assert [point["step"] for point in record["curves"]["loss"]] == [1, 2, 3, 4]
    assert record["metrics"]["test_knn_accuracy"] > 0.5


def test_another_temperature_leaves_the_pixels(zoo, tmp_path):
    project = zoo.copy(tmp_path / "project")
    changed = copy.deepcopy(ZOO)
    changed["representations"]["contrastive"]["temperature"] = 0.5
    project.write(changed)

    scheduled = project.schedule()

    rules = {name: scheduled.rules[name] for name in ("train", "encode", "transform", "kmeans")}
    assert rules == {"train": 1, "encode": 1, "transform": 1, "kmeans": 2}
    assert scheduled.of("pixels") == set()


def test_code_is_kept_in_the_order_of_the_images(zoo):
    with (
        h5py.File(zoo.folder / "results/stripes/pixels/store.h5") as pixels,
        h5py.File(zoo.folder / "results/stripes/contrastive/s0/store.h5") as codes,
    ):
        for split in ("train", "test"):
            assert (codes[split]["y"][:] == pixels[split]["y"][:]).all()
            assert codes[split]["X"].shape == (len(pixels[split]["X"]), 16)
