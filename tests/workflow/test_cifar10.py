"""The experiment on real CIFAR-10, by the committed experiment file."""

import csv

import pytest

from project import CIFAR10, ON_CIFAR10, Project

pytestmark = [pytest.mark.workflow, *ON_CIFAR10]


def test_reported_figures_are_reproduced(tmp_path):
    project = Project.create(tmp_path / "project", {})
    data = f"dataset={{path: {CIFAR10}}}"
    project.make(
        "--no-hooks", "--until", "collect_scores", "--config", data,
        file="config/cifar10-jpeg.yaml",
    )  # fmt: skip

    with (project.folder / "results/cifar10_jpeg/scores.csv").open(newline="") as file:
        scores = {row["representation"]: row for row in csv.DictReader(file)}
    training = project.record("results/cifar10_jpeg/sparse_ae/s0/model.json")
    pixels = {name: float(scores["pixels"][name]) for name in ("silhouette", "dunn")}
    embedding = {name: float(scores["sparse_ae"][name]) for name in ("silhouette", "dunn")}
    assert training["details"]["n_params"] == 334
    assert scores["sparse_ae"]["d"] == "64"
    assert 0.050 <= pixels["silhouette"] <= 0.060
    assert 0.083 <= pixels["dunn"] <= 0.095
    assert training["metrics"]["mse"] <= 0.012
    assert embedding["silhouette"] >= 0.070
    assert embedding["dunn"] >= 0.040
