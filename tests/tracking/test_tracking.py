"""Tracking is tested on real MLflow stores and read back through MLflow's own client."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.models import Model

from aecluster.errors import RecordError
from aecluster.tracking import (
    TrackingError,
    discard_if_store_is_lost,
    link,
    public_command,
    public_uri,
    resolve_uri,
    track,
    tracked_in,
    write_receipt,
)
from toy import SCORES, ToyProject, all_runs, free_port, in_another_process, runs_of

pytestmark = pytest.mark.slow

SQLITE = "sqlite:///mlflow.db"
VIEW = "mlflow.sharedViewState."


def counts(receipt):
    return [receipt[name] for name in ("added", "completed", "revived", "superseded")]


def statuses(uri, name):
    return {run.info.run_name: run.data.tags["status"] for run in all_runs(uri, name)}


def test_variant_has_all_parameters_that_led_to_it_and_its_scores(tracked):
    runs = runs_of(tracked.uri, "exp")
    assert sorted(runs) == ["pixels k=10 seed=0", "sparse_ae k=10 seed=0"]
    run = runs["sparse_ae k=10 seed=0"]
    assert run.data.params == {
        "dataset": "toy", "representation": "sparse_ae", "split": "test", "k": "10", "seed": "0",
        "source": "digits", "path": "null", "grayscale": "true", "method": "autoencoder",
        "epochs": "5", "l1": "1e-05", "init": "k-means++", "max_iter": "300", "tol": "0.0",
    }  # fmt: skip
    assert run.data.metrics == {
        **SCORES, "n_iter": 17, "loss": 0.0105, "mse": 0.0104, "test_mse": 0.0097, "wall_s": 250.0,
    }  # fmt: skip
    assert "epochs" not in runs["pixels k=10 seed=0"].data.params


def test_variant_is_described_and_tagged(tracked):
    tags = runs_of(tracked.uri, "exp")["sparse_ae k=10 seed=0"].data.tags
    note = tags["mlflow.note.content"]
    assert note.startswith(
        "K-Means with k = 10 and seed 0 on sparse_ae of toy, split test (30 vectors of 64 values). "
        "It scores silhouette 0.0762 and dunn 0.0662.\n\n| score | value |"
    )
    assert "| dunn | 0.0662 |" in note
    assert "snakemake --cores all" in note
    expected = {
        "dataset": "toy", "representation": "sparse_ae", "step": "variant", "status": "current",
        "git_commit": "abc123", "git_dirty": "true", "command": "snakemake --cores all",
    }  # fmt: skip
    assert {name: tags[name] for name in expected} == expected


def test_step_has_its_own_parameters_scores_and_circumstances(tracked):
    runs = runs_of(tracked.uri, "exp.steps")
    assert sorted(runs) == [
        "embed sparse_ae seed=0",
        "evaluate pixels k=10 seed=0",
        "evaluate sparse_ae k=10 seed=0",
        "kmeans pixels k=10 seed=0",
        "kmeans sparse_ae k=10 seed=0",
        "preprocess toy",
        "train sparse_ae seed=0",
    ]
    run = runs["kmeans pixels k=10 seed=0"]
    assert run.data.params["init"] == "k-means++"
    assert "grayscale" not in run.data.params
    assert run.data.metrics == {"n_iter": 17, "wall_s": 50.0, "peak_mem_mb": 300.0}
    assert run.data.tags["version/keras"] == "3.15.1"
    assert (run.data.tags["threads"], run.data.tags["machine"]) == ("2", "x86_64 A")
    assert run.info.status == "FINISHED"
    assert run.info.end_time - run.info.start_time == 50_000


def test_curves_have_their_epochs_and_true_times(tracked):
    run_id = tracked.receipt["steps"]["train sparse_ae seed=0"]
    history = MlflowClient(tracked.uri).get_metric_history(run_id, "test/mse")
    points = tracked.records["results/toy/sparse_ae/s0/model.json"].curves["test_mse"]
    assert [(m.step, m.timestamp, m.value) for m in history] == [
        (point.step, round(1000 * point.time), point.value) for point in points
    ]
    assert len(MlflowClient(tracked.uri).get_metric_history(run_id, "train/loss")) == 5


def test_pictures_are_artifacts_of_their_step_and_of_the_variants_behind_it(tracked):
    def pictures(run_id):
        return sorted(Path(file.path).name for file in client.list_artifacts(run_id, "figures"))

    client = MlflowClient(tracked.uri)
    assert pictures(tracked.receipt["variants"]["sparse_ae k=10 seed=0"]) == [
        "curves.png",
        "k10-s0.clusters.png",
    ]
    assert pictures(tracked.receipt["steps"]["train sparse_ae seed=0"]) == ["curves.png"]
    assert pictures(tracked.receipt["steps"]["preprocess toy"]) == []


def test_dataset_is_an_input_with_the_digest_of_the_images(tracked):
    run = MlflowClient(tracked.uri).get_run(tracked.receipt["steps"]["train sparse_ae seed=0"])
    [used] = run.inputs.dataset_inputs
    store = tracked.records["results/toy/pixels/store.json"].outputs["results/toy/pixels/store.h5"]
    assert (used.dataset.name, used.dataset.digest) == ("toy", store.sha256[:36])
    assert json.loads(used.dataset.profile)["n"] == {"train": 60, "test": 30}
    assert [tag.value for tag in used.tags] == ["training"]


def test_model_is_a_logged_model_with_signature(tracked):
    client = MlflowClient(tracked.uri)
    [output] = client.get_run(
        tracked.receipt["steps"]["train sparse_ae seed=0"]
    ).outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    location = Path(logged.artifact_location)
    description = Model.load(location / "MLmodel")
    assert (logged.status.name, logged.model_type) == ("READY", "autoencoder")
    assert description.signature.inputs.inputs[0].shape == (-1, 32, 32, 1)
    kept = (location / "data" / "model.keras").read_bytes()
    assert kept == (tracked.folder / "results/toy/sparse_ae/s0/model.keras").read_bytes()


def test_files_lie_beside_the_database(tracked):
    assert (tracked.folder / "mlartifacts" / "exp").is_dir()
    assert sorted(path.name for path in tracked.folder.iterdir()) == [
        "mlartifacts", "mlflow.db", "results",
    ]  # fmt: skip


def test_tracking_again_adds_nothing(project, uri):
    first = track("exp", project.records, uri=uri)
    before = [run.to_dictionary() for run in all_runs(uri, "exp") + all_runs(uri, "exp.steps")]

    again = track("exp", reversed([*project.records, *project.records]), uri=uri)

    after = [run.to_dictionary() for run in all_runs(uri, "exp") + all_runs(uri, "exp.steps")]
    assert counts(first) == [9, 0, 0, 0]
    assert counts(again) == [0, 0, 0, 0]
    assert (again["variants"], again["steps"]) == (first["variants"], first["steps"])
    assert after == before


def test_after_changed_parameters_the_old_runs_remain_as_superseded(project, uri):
    first = track("exp", project.records, uri=uri)
    project.train(epochs=7)
    project.cluster("sparse_ae")

    second = track("exp", project.records, uri=uri)

    client = MlflowClient(uri)
    name = "sparse_ae k=10 seed=0"
    old, new = (client.get_run(receipt["variants"][name]) for receipt in (first, second))
    assert (old.data.tags["status"], old.data.params["epochs"]) == ("superseded", "5")
    assert (new.data.tags["status"], new.data.params["epochs"]) == ("current", "7")
    assert counts(second) == [1 + 4, 0, 0, 1 + 4]
    assert second["variants"]["pixels k=10 seed=0"] == first["variants"]["pixels k=10 seed=0"]


def test_parameter_that_changed_nothing_else_makes_another_variant(project, uri):
    track("exp", project.records, uri=uri)
    scores = Path("results/toy/pixels/test/k10-s0.scores.json").read_bytes()
    project.cluster("pixels", max_iter=500)
    Path("results/toy/pixels/test/k10-s0.scores.json").write_bytes(scores)

    receipt = track("exp", project.records, uri=uri)

    run = MlflowClient(uri).get_run(receipt["variants"]["pixels k=10 seed=0"])
    assert run.data.params["max_iter"] == "500"


def test_another_variant_supersedes_none(project, uri):
    track("exp", project.records, uri=uri)
    project.cluster("pixels", k=5)
    project.cluster("pixels", seed=1)

    receipt = track("exp", project.records, uri=uri)

    assert counts(receipt) == [2 + 4, 0, 0, 0]
    assert {run.data.tags["status"] for run in all_runs(uri, "exp")} == {"current"}


def test_representation_that_is_taken_out_is_removed_and_current_again_when_it_returns(
    project, uri
):
    first = track("exp", project.records, uri=uri)

    fewer = track("exp", [path for path in project.records if "pixels" in path], uri=uri)

    without = statuses(uri, "exp") | statuses(uri, "exp.steps")
    again = track("exp", project.records, uri=uri)
    assert {name for name, status in without.items() if status == "removed"} == {
        "sparse_ae k=10 seed=0", "train sparse_ae seed=0", "embed sparse_ae seed=0",
        "kmeans sparse_ae k=10 seed=0", "evaluate sparse_ae k=10 seed=0",
    }  # fmt: skip
    assert (fewer["removed"], counts(fewer)) == (5, [0, 0, 0, 0])
    assert (again["removed"], counts(again)) == (0, [0, 0, 5, 0])
    assert again["variants"] == first["variants"]
    assert {*statuses(uri, "exp").values(), *statuses(uri, "exp.steps").values()} == {"current"}


def test_removed_representation_that_returns_otherwise_is_superseded(project, uri):
    track("exp", project.records, uri=uri)
    track("exp", [path for path in project.records if "pixels" in path], uri=uri)
    project.train(epochs=7)
    project.cluster("sparse_ae")

    receipt = track("exp", project.records, uri=uri)

    found = [run.data.tags["status"] for run in all_runs(uri, "exp")]
    assert counts(receipt) == [5, 0, 0, 5]
    assert sorted(found) == ["current", "current", "superseded"]


def test_scores_of_a_representation_itself_are_gone_when_they_are_switched_off(project, uri):
    def variants():
        runs = [run for run in all_runs(uri, "exp") if run.info.run_name == "pixels k=10 seed=0"]
        return {run.data.tags["status"]: run.data.metrics.get("rankme") for run in runs}

    before = list(project.records)
    track("exp", before, uri=uri)
    project.step(
        "probe", "results/toy/pixels/probe.json", inputs=["results/toy/pixels/store.h5"],
        params={}, metrics={"rankme": 3.0}, representation="pixels",
    )  # fmt: skip
    on = track("exp", project.records, uri=uri)
    with_it = variants()
    meanwhile = track("exp", before, running=[], uri=uri)
    off = track("exp", before, uri=uri)
    without_it = variants()
    again = track("exp", before, uri=uri)
    back = track("exp", project.records, uri=uri)

    assert (counts(on), with_it) == ([1, 1, 0, 0], {"current": 3.0})
    assert meanwhile["superseded"] == meanwhile["added"] == 0
    assert (counts(off), off["removed"]) == ([1, 0, 0, 1], 1)
    assert without_it == {"current": None, "superseded": 3.0}
    assert counts(again) == [0, 0, 0, 0]
    assert (counts(back), variants()["current"]) == ([0, 1, 1, 0], 3.0)


def test_run_that_is_not_whole_removes_nothing(project, uri):
    track("exp", project.records, uri=uri)

    pixels = [path for path in project.records if "pixels" in path]
    receipt = track("exp", pixels, running=[], uri=uri)

    assert receipt["removed"] == 0
    assert set(statuses(uri, "exp").values()) == {"current"}


def test_records_that_come_back_are_current_again(project, uri, folder):
    first = track("exp", project.records, uri=uri)
    shutil.copytree("results", "saved")
    project.train(epochs=7)
    project.cluster("sparse_ae")
    track("exp", project.records, uri=uri)
    shutil.rmtree("results")
    Path("saved").rename("results")

    third = track("exp", project.records, uri=uri)

    assert third["variants"] == first["variants"]
    assert counts(third) == [0, 0, 5, 5]
    assert runs_current(uri) == sorted(first["variants"].values())


def runs_current(uri):
    return sorted(
        run.info.run_id for run in all_runs(uri, "exp") if run.data.tags["status"] == "current"
    )


def test_scores_of_data_made_anew_since_are_no_variant(project, uri):
    project.train(epochs=7)

    receipt = track("exp", project.records, uri=uri)

    assert sorted(receipt["variants"]) == ["pixels k=10 seed=0"]
    assert "evaluate sparse_ae k=10 seed=0" in receipt["steps"]


@pytest.mark.parametrize("call", ["log_artifact", "log_batch", "log_inputs", "set_terminated"])
def test_half_written_runs_are_completed_not_doubled(project, uri, monkeypatch, call):
    whole = getattr(MlflowClient, call)
    left = [1]

    def dying(self, *args, **kwargs):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(MlflowClient, call, dying)
    with pytest.raises(KeyboardInterrupt):
        track("exp", project.records, uri=uri)
    monkeypatch.setattr(MlflowClient, call, whole)

    receipt = track("exp", project.records, uri=uri)

    assert receipt["completed"] == 1
    runs = [*all_runs(uri, "exp"), *all_runs(uri, "exp.steps")]
    assert len(runs) == 9
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert counts(track("exp", project.records, uri=uri)) == [0, 0, 0, 0]


def test_half_written_model_is_completed_not_doubled(project, uri, monkeypatch):
    def dying(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "finalize_logged_model", dying)
        with pytest.raises(KeyboardInterrupt):
            track("exp", project.records, uri=uri)

    track("exp", project.records, uri=uri)

    client = MlflowClient(uri)
    steps = client.get_experiment_by_name("exp.steps").experiment_id
    assert [model.status.name for model in client.search_logged_models([steps])] == ["READY"]


def test_half_written_run_whose_record_is_gone_is_killed(project, uri, monkeypatch):
    def dying(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_terminated", dying)
        with pytest.raises(KeyboardInterrupt):
            track("exp", project.records, uri=uri)
    [run] = all_runs(uri, "exp")
    assert run.data.params["representation"] == "pixels"
    project.cluster("pixels")

    track("exp", project.records, uri=uri)

    old = MlflowClient(uri).get_run(run.info.run_id)
    assert (old.info.status, old.data.tags["status"]) == ("KILLED", "superseded")


def test_pictures_drawn_later_are_added_to_the_same_run(project, uri):
    early = [path for path in project.records if "figures" not in path]
    first = track("exp", early, uri=uri)

    second = track("exp", project.records, uri=uri)

    client = MlflowClient(uri)
    run_id = second["variants"]["pixels k=10 seed=0"]
    assert run_id == first["variants"]["pixels k=10 seed=0"]
    assert counts(second) == [0, 2 + 3, 0, 0]
    assert len(client.list_artifacts(run_id, "figures")) == 1


def test_lost_database_is_rebuilt_without_a_word_of_mlflow(project, uri, folder, capfd):
    track("exp", project.records, uri=uri)
    (folder / "mlflow.db").unlink()

    added, _ = in_another_process(project.records).communicate()

    assert added == "9\n"
    assert "INFO" not in capfd.readouterr().err


def test_long_curves_are_written_whole(folder, uri):
    project = ToyProject()
    project.preprocess()
    project.train(epochs=1500)

    receipt = track("exp", project.records, uri=uri)

    history = MlflowClient(uri).get_metric_history(
        receipt["steps"]["train sparse_ae seed=0"], "train/loss"
    )
    assert len(history) == 1500


def test_broken_record_is_named(project, uri):
    path = Path("results/toy/pixels/test/k10-s0.json")
    path.write_text(path.read_text()[:100])

    with pytest.raises(RecordError, match=r"^results/toy/pixels/test/k10-s0.json: not a record"):
        track("exp", project.records, uri=uri)


def test_server_that_is_down_is_one_line_without_credentials(project):
    port = free_port()
    started = time.monotonic()

    with pytest.raises(TrackingError) as error:
        track("exp", project.records, uri=f"http://me:secret@127.0.0.1:{port}")

    assert str(error.value).startswith(f"MLflow at http://127.0.0.1:{port}: ")
    assert "Connection refused" in str(error.value)
    assert "no result is lost" in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - started < 15


def test_database_in_a_folder_that_is_missing_is_one_line(project, folder):
    with pytest.raises(TrackingError, match=r"^MLflow at sqlite:///.*no/mlflow.db: .*No such file"):
        track("exp", project.records, uri=f"sqlite:///{folder}/no/mlflow.db")


def test_uri_comes_from_config_then_environment_then_default(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    default = resolve_uri(None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://there")

    assert default == SQLITE
    assert resolve_uri(None) == "http://there"
    assert resolve_uri("http://here") == "http://here"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("http://me:se/cret@host:5000/path", "http://host:5000/path"),
        ("https://me:s@cret@host:5000/path", "https://host:5000/path"),
        ("https://token@host", "https://host"),
        ("postgresql://host/db?user=me&password=secret", "postgresql://host/db"),
        ("https://me:it's \"se;cret@host/mlflow", "https://host/mlflow"),
        ("https://host/mlflow#token=secret", "https://host/mlflow"),
        ("https://host/mlflow;token=secret?a=b", "https://host/mlflow"),
        ("sqlite:////data/me@home/mlflow.db", "sqlite:////data/me@home/mlflow.db"),
        ("sqlite:////data/a#1;b/mlflow.db?timeout=30", "sqlite:////data/a#1;b/mlflow.db"),
    ],
)
def test_public_uri_has_no_credentials(uri, shown):
    assert public_command([uri]) == [shown]
    if " " not in uri:
        assert public_uri(uri) == shown


def test_texts_around_a_uri_stay():
    text = "('http://me:secret@host/a?x=1', see https://sqlalche.me/e/20/e3q8) and more"

    assert public_uri(text) == "('http://host/a', see https://sqlalche.me/e/20/e3q8) and more"


def test_package_is_imported_without_mlflow():
    code = "import sys, aecluster.tracking; print('mlflow' in sys.modules)"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout

    assert shown == "False\n"


def test_environment_is_left_as_it_was(project, uri):
    before = dict(os.environ)

    track("exp", project.records, uri=uri)

    assert dict(os.environ) == before


def test_scores_come_before_everything_else_and_first_what_compares(tracked):
    run = MlflowClient(tracked.uri).get_run(tracked.receipt["variants"]["sparse_ae k=10 seed=0"])
    assert list(run.data.metrics)[:4] == ["nmi", "silhouette", "dunn", "inertia"]


def test_model_has_images_as_input_example(tracked):
    client = MlflowClient(tracked.uri)
    [output] = client.get_run(
        tracked.receipt["steps"]["train sparse_ae seed=0"]
    ).outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    location = Path(logged.artifact_location)
    example = Model.load(location / "MLmodel").load_input_example(str(location))
    assert example.shape == (2, 32, 32, 1)
    assert example[0, 0, 1, 0] == pytest.approx(1 / 255)
    assert logged.params["epochs"] == "5"


def saved_views(uri, name):
    tags = MlflowClient(uri).get_experiment_by_name(name).tags
    return {
        key.removeprefix(VIEW): json.loads(json.loads(value)["state"])
        for key, value in tags.items()
        if key.startswith(VIEW)
    }


def test_saved_views_show_the_scores_first_and_the_parameters_that_vary(project, uri):
    project.train(epochs=7)
    project.cluster("sparse_ae")
    track("exp", project.records, uri=uri)
    project.train(epochs=9)
    project.cluster("sparse_ae")
    track("exp", project.records, uri=uri)
    track("exp", project.records, uri=uri)

    views = saved_views(uri, "exp")
    columns = views["current"]["selectedColumns"]
    assert list(views) == ["current", "superseded", "removed", "all"]
    assert columns[:2] == ["metrics.`silhouette`", "metrics.`dunn`"]
    assert "params.`epochs`" in columns
    assert "params.`init`" not in columns
    assert views["current"]["orderByKey"] == "metrics.`nmi`"
    assert len(MlflowClient(uri).search_runs(["1"], views["current"]["searchFilter"])) == 2
    assert len(MlflowClient(uri).search_runs(["1"], views["superseded"]["searchFilter"])) == 1


def test_without_classes_the_highest_silhouette_comes_first(folder, uri, monkeypatch):
    monkeypatch.delitem(SCORES, "nmi")
    track("exp", ToyProject().all().records, uri=uri)

    view = saved_views(uri, "exp")["current"]
    assert view["orderByKey"] == "metrics.`silhouette`"
    assert "metrics.`nmi`" not in view["selectedColumns"]


def test_description_and_views_that_a_person_changed_stay(project, uri):
    track("exp", project.records, uri=uri)
    client = MlflowClient(uri)
    edited = {
        "mlflow.note.content": "mine",
        f"{VIEW}current": json.dumps({"name": "mine", "createdAt": 1, "state": "deflate;eJ"}),
    }
    for name, value in edited.items():
        client.set_experiment_tag("1", name, value)

    track("exp", project.records, uri=uri)

    tags = client.get_experiment("1").tags
    assert {name: tags[name] for name in edited} == edited


@pytest.fixture
def receipt_path(project, uri):
    write_receipt("results/exp/tracked.json", track("exp", project.records, uri=uri))
    return Path("results/exp/tracked.json")


def test_receipt_stays_while_the_runs_stand(receipt_path):
    assert discard_if_store_is_lost(receipt_path) == []
    assert receipt_path.exists()


@pytest.mark.parametrize("loss", ["deleted", "another", "damaged"])
def test_receipt_goes_with_the_runs(receipt_path, folder, migrated, loss):
    (folder / "mlflow.db").unlink()
    if loss == "another":
        shutil.copyfile(migrated, folder / "mlflow.db")
    if loss == "damaged":
        (folder / "mlflow.db").write_text("no database at all")

    [line] = discard_if_store_is_lost(receipt_path)

    assert line.endswith("mlflow.db: lost the runs of exp: tracked again from the records")
    assert not receipt_path.exists()


def test_experiments_of_a_store_are_linked(receipt_path, uri):
    assert tracked_in(uri, "results") == {"exp": "1"}
    assert tracked_in("http://elsewhere", "results") == {}
    assert link("http://127.0.0.1:1/", "1").startswith("http://127.0.0.1:1/#/experiments/1/runs?")
