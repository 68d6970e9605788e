"""Several data sets in one experiment: each by itself, from the dry run to the report."""

import csv
import re

import numpy as np
import pytest
from mlflow import MlflowClient

pytestmark = pytest.mark.workflow


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def with_toys(project, experiment):
    """The experiment with two more data sets, of noise; the last has no classes."""
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(60, 8, 8), dtype=np.uint8)
    labels = np.arange(60) % 3
    np.savez(
        project.folder / "toys.npz",
        X_train=images[:20], X_test=images[20:], y_train=labels[:20], y_test=labels[20:],
    )  # fmt: skip
    np.savez(project.folder / "own.npz", X=rng.integers(256, size=(150, 8, 8), dtype=np.uint8))
    toys, own = (
        {"name": name, "source": "arrays", "path": f"{name}.npz", "size": 8}
        for name in ("toys", "own")
    )
    experiment["dataset"] = [experiment["dataset"], toys, own]
    project.write(experiment)
    return experiment


def test_other_data_sets_run_their_own_chains_alone(project, with_toys):
    scheduled = project.schedule()

    assert scheduled.rules == {
        "preprocess": 2, "train": 2, "embed": 2, "plot_training": 2,
        "kmeans": 4, "evaluate": 4, "plot_clusters": 4,
        "collect_scores": 1, "compare": 1, "plot_scores": 1, "report": 1, "track": 1,
    }  # fmt: skip
    assert scheduled.of("toys") | scheduled.of("own") == {
        title for title in scheduled.titles if "demo" not in title
    }
    assert scheduled.of("digits") == set()


def test_every_data_set_is_scored_shown_and_tracked_by_itself(project, with_toys):
    before, _ = rows(project.folder / "results/demo/scores.csv")
    del with_toys["representations"]["sparse_ae"]
    project.write(with_toys)

    said = project.make()

    digits, toys, own = rows(project.folder / "results/demo/scores.csv")
    assert digits == before
    assert (toys["dataset"], toys["n"], toys["d"]) == ("toys", "40", "64")
    assert (own["dataset"], own["n"], own["nmi"], own["accuracy"]) == ("own", "150", "", "")
    assert (
        "demo: K-Means on pixels of digits (359 of 1,797 images), toys (split test), "
        "own (split all)"
    ) in said
    assert "Clustered: 40 of 60 images of toys" in said
    assert "warning: own: 150 images in 10 clusters, fewer than 20 per cluster" in said
    tables = re.findall(r"^(\w+):\nrepresentation .*\n-[ -]+\n((?:.+\n)+)", said, re.MULTILINE)
    assert [name for name, _ in tables] == ["digits", "toys", "own"]
    assert [len(re.findall("^pixels +10 ", table, re.MULTILINE)) for _, table in tables] == [
        1,
        1,
        1,
    ]
    report = (project.folder / "results/demo/report.html").read_text()
    assert re.findall(r"<caption>(\w+, k = 10)</caption>", report)[:3] == [
        "digits, k = 10", "toys, k = 10", "own, k = 10",
    ]  # fmt: skip
    client = MlflowClient(f"sqlite:///{project.folder}/mlflow.db")
    for name, runs in project.record("results/demo/tracked.json").items():
        if name in ("variants", "steps"):
            new = [run for run in runs if "toys" in client.get_run(runs[run]).info.run_name]
            assert new == [run for run in runs if "toys" in run], name
            assert len(new) == {"variants": 1, "steps": 3}[name]
    scores = project.record("results/own/pixels/all/k10-s0.scores.json")["metrics"]
    assert {"silhouette", "dunn", "inertia"} <= set(scores)
    assert not {"nmi", "ari", "accuracy", "ami", "purity"} & set(scores)
