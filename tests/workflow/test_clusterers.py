"""Clusterers beside K-Means through the whole workflow."""

import csv

import pytest

import aecluster
from aecluster.records.lineage import lineage_in
from aecluster.tracking.runs import variant_runs

pytestmark = pytest.mark.workflow

TABLES = {"collect_scores": 1, "compare": 1, "plot_scores": 1, "report": 1, "track": 1}


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_naming_a_clusterer_runs_it_and_the_tables_and_nothing_of_kmeans(project, experiment):
    experiment["clusterers"] = {"dense": {"method": "hdbscan"}, "mix": {"method": "spectral"}}
    experiment["seeds"] = [0]
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == {"cluster": 4, "evaluate_clusterer": 4} | TABLES


def test_asking_for_the_number_of_clusters_counts_them_in_each_representation(project, experiment):
    experiment["clustering"]["k"] = [10, 5]
    experiment["evaluation"] = {"gap": 2}
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == {"gap": 2, "kmeans": 2, "evaluate": 2} | TABLES


def test_table_has_a_row_per_clusterer_behind_that_of_kmeans(zoo):
    rows = [row for row in rows_of(zoo.folder / "results/zoo/scores.csv")
            if row["representation"] == "groups"]  # fmt: skip

    assert [(row["clusterer"], row["k"]) for row in rows] == [
        ("kmeans", "2"), ("ward", "2"), ("dense", "0"),
    ]  # fmt: skip
    assert list(rows[0])[14:17] == ["clusterer", "n_clusters", "n_noise"]
    assert rows[1]["n_clusters"] == "2"
    assert float(rows[1]["nmi"]) > 0.9
    assert int(rows[2]["n_clusters"]) >= 2


def test_tables_that_compare_and_the_report_name_them(zoo):
    summary = rows_of(zoo.folder / "results/zoo/summary.csv")
    report = (zoo.folder / "results/zoo/report.html").read_text()

    assert ("groups", "ward") in {(row["representation"], row["clusterer"]) for row in summary}
    assert "groups by ward" in report
    assert "k chosen by the clusterer" in report
    assert "Another clusterer: " in report


def test_clusterings_are_loaded_by_name_and_kmeans_without(zoo):
    experiment = aecluster.load(zoo.folder / "results" / "zoo")

    by_kmeans = experiment.clustering("groups")
    ward = experiment.clustering("groups", clusterer="ward")
    assert (by_kmeans.clusterer, ward.clusterer) == ("kmeans", "ward")
    assert repr(ward) == "<groups by ward of stripes, k=2, seed=0>"
    assert len(ward.labels) == len(by_kmeans.labels) == 300


def test_each_is_a_run_of_its_own_in_mlflow(zoo):
    lineage = lineage_in(zoo.folder / "results")
    runs = {run.name: run for run in variant_runs(lineage) if run.params["representation"] ==
            "groups"}  # fmt: skip

    assert set(runs) == {"groups k=2 seed=0", "groups ward k=2 seed=0", "groups dense k=0 seed=0"}
    assert len({run.key for run in runs.values()}) == 3
    assert "clusterer" not in runs["groups k=2 seed=0"].params
    assert runs["groups ward k=2 seed=0"].params["linkage"] == "ward"
