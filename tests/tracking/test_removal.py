"""Removing a representation: what is told before, what goes, what stays in MLflow."""

import pytest

from aecluster.cli import main
from aecluster.errors import AeclusterError
from aecluster.records.lineage import lineage_in
from aecluster.tracking import track, write_receipt
from aecluster.workflow import removal
from aecluster.workflow.removal import plan_removal
from toy import all_runs


@pytest.fixture
def tracked_project(folder, project, monkeypatch):
    """A tracked project with logs, one of which is of a representation with a longer name."""
    uri = f"sqlite:///{folder}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    (folder / "results/exp").mkdir()
    write_receipt(folder / "results/exp/tracked.json", track("exp", project.records, uri=uri))
    for name in ("train/toy.sparse_ae.s0.log", "kmeans/toy.sparse_ae.test.k10-s0.log",
                 "kmeans/toy.sparse_ae.more.test.k10-s0.log"):  # fmt: skip
        (folder / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "logs" / name).touch()
    # In a test many processes are one: what it holds must not outlive it.
    monkeypatch.setattr(removal, "hold", lambda folders: None)
    return uri


def statuses(uri):
    return {
        run.info.run_name: run.data.tags["status"]
        for name in ("exp", "exp.steps")
        for run in all_runs(uri, name)
    }


def files(folder):
    return {str(path.relative_to(folder)) for part in ("results", "logs")
            for path in (folder / part).rglob("*") if path.is_file()}  # fmt: skip


def test_preview_says_what_goes_and_changes_nothing(tracked_project, folder, capsys):
    before, runs = files(folder), statuses(tracked_project)
    code = main(["remove", "sparse_ae"])
    said = capsys.readouterr().out

    assert code == 0
    assert said.splitlines()[0].startswith("results/toy/sparse_ae: 11 files, 0.0 MB")
    assert "2 files of its steps" in said
    assert "5 runs become `removed`, and stay" in said
    assert "--yes removes it" in said
    assert (files(folder), statuses(tracked_project)) == (before, runs)


def test_representation_goes_with_its_logs_and_its_runs_are_removed(tracked_project, folder):
    before, runs = files(folder), statuses(tracked_project)
    code = main(["remove", "toy/sparse_ae", "--yes"])
    gone = before - files(folder)

    assert code == 0
    assert {name.split("/")[0] for name in gone} == {"results", "logs"}
    assert gone == {name for name in before if "sparse_ae" in name and ".more." not in name}
    changed = {name for name, status in statuses(tracked_project).items() if status != runs[name]}
    assert changed == {name for name in runs if "sparse_ae" in name}
    assert {statuses(tracked_project)[name] for name in changed} == {"removed"}
    assert len(lineage_in("results").entries) == 4  # those of the pixels are whole


def test_base_of_another_representation_is_refused(project):
    with pytest.raises(AeclusterError, match="toy/pixels: sparse_ae is made of it, expected that"):
        plan_removal("pixels")


def test_unknown_name_is_told_with_those_there_are(project):
    for name in ("nothing", "other/sparse_ae", "..", "toy"):
        with pytest.raises(AeclusterError, match="found toy/pixels, toy/sparse_ae"):
            plan_removal(name)


def test_nothing_goes_where_mlflow_cannot_be_reached(tracked_project, folder, capsys, monkeypatch):
    before = files(folder)
    (folder / "mlflow.db").write_text("no database")
    code = main(["remove", "sparse_ae", "--yes"])

    assert code == 1
    assert "MLflow at sqlite:///" in capsys.readouterr().err
    assert files(folder) == before
