"""The cost of clusterings, by the records of a toy project whose steps take 50 s each."""

from pathlib import Path

import pytest

from aecluster.comparison.costs import Cost, costs_of
from aecluster.comparison.markdown import summarize_in_markdown
from aecluster.records.record import Point, read_record, write_record
from toy import ToyProject

PIXELS, CODE = ("toy", "pixels", 10), ("toy", "sparse_ae", 10)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return ToyProject().all()


def test_cost_is_that_of_all_steps_that_led_to_the_clusters_but_reading(project):
    costs = costs_of("results")

    assert costs[PIXELS] == Cost(wall_s=50, n_params=0, peak_mem_mb=300, threads=2)  # K-Means
    assert costs[CODE] == Cost(
        wall_s=150, n_params=334, peak_mem_mb=300, threads=2
    )  # training, embedding, K-Means


def test_cost_is_the_mean_over_seeds(project):
    project.cluster("pixels", seed=1)

    assert costs_of("results")[PIXELS].wall_s == 50


def test_training_that_went_on_after_a_kill_costs_all_its_epochs(project):
    path = "results/toy/sparse_ae/s0/model.json"
    record = read_record(path)
    epochs = [Point(step=epoch, time=0.0, value=40.0) for epoch in (1, 2, 3)]
    curves = {**record.curves, "wall_s": epochs}
    write_record(path, record.model_copy(update={"curves": curves}))

    assert costs_of("results")[CODE].wall_s == 120 + 50 + 50


def test_clusters_of_what_was_made_anew_since_have_no_cost(project):
    project.train(epochs=7)

    assert set(costs_of("results")) == {PIXELS}


def test_table_shows_seconds_and_weights(project):
    folder = Path("results/exp")
    folder.mkdir()
    (folder / "summary.csv").write_text(
        "dataset,representation,split,k,score,n_seeds,mean,sd,low,high\n"
        "toy,pixels,test,10,nmi,1,0.1,,,\n"
        "toy,sparse_ae,test,10,nmi,1,0.2,,,\n"
    )
    (folder / "scores.csv").write_text(
        "dataset,representation,split,k,seed,nmi\n"
        "toy,pixels,test,10,0,0.1\ntoy,sparse_ae,test,10,0,0.2\n"
    )
    (folder / "controls.csv").write_text(
        "dataset,representation,split,k,seed,control,nmi\ntoy,pixels,test,10,0,random,0.01\n"
    )
    lines = summarize_in_markdown(folder, "scores.png").splitlines()

    assert [line.split(" | ")[-2:] for line in lines[2:4]] == [["150", "334 |"], ["50", "0 |"]]
