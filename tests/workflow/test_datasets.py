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
    """The experiment with a second data set, of noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(60, 8, 8), dtype=np.uint8)
    labels = np.arange(60) % 3
    np.savez(
        project.folder / "toys.npz",
        X_train=images[:20], X_test=images[20:], y_train=labels[:20], y_test=labels[20:],
    )  # fmt: skip
    toys = {"name": "toys", "source": "arrays", "path": "toys.npz", "size": 8}
    experiment["dataset"] = [experiment["dataset"], toys]
    project.write(experiment)
    return experiment


def test_another_data_set_runs_its_own_chain_alone(project, with_toys):
    scheduled = project.schedule()

    assert scheduled.rules == {
        "preprocess": 1, "train": 1, "embed": 1, "plot_training": 1,
        "kmeans": 2, "evaluate": 2, "plot_clusters": 2,
        "collect_scores": 1, "compare": 1, "plot_scores": 1, "report": 1, "track": 1,
    }  # fmt: skip
    assert scheduled.of("toys") == {title for title in scheduled.titles if "demo" not in title}
    assert scheduled.of("digits") == set()


def test_every_data_set_is_scored_shown_and_tracked_by_itself(project, with_toys):
    [before, _] = rows(project.folder / "results/demo/scores.csv")
    del with_toys["representations"]["sparse_ae"]
    project.write(with_toys)

    said = project.make()

    digits, toys = rows(project.folder / "results/demo/scores.csv")
    assert digits == before
    assert (toys["dataset"], toys["n"], toys["d"]) == ("toys", "40", "64")
    assert "demo: K-Means on pixels of digits, toys, split test" in said
    tables = re.findall(r"^(\w+):\nrepresentation .*\n-[ -]+\n((?:.+\n)+)", said, re.MULTILINE)
    assert [name for name, _ in tables] == ["digits", "toys"]
    assert [len(re.findall("^pixels +10 ", table, re.MULTILINE)) for _, table in tables] == [1, 1]
    report = (project.folder / "results/demo/report.html").read_text()
    assert re.findall(r"<caption>(\w+, k = 10)</caption>", report)[:2] == [
        "digits, k = 10", "toys, k = 10",
    ]  # fmt: skip
    client = MlflowClient(f"sqlite:///{project.folder}/mlflow.db")
    for name, runs in project.record("results/demo/tracked.json").items():
        if name in ("variants", "steps"):
            new = [run for run in runs if "toys" in client.get_run(runs[run]).info.run_name]
            assert new == [run for run in runs if "toys" in run], name
            assert len(new) == {"variants": 1, "steps": 3}[name]
