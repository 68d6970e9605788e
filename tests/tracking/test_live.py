"""Runs of steps that are still running: begun, extended, finished or failed, never doubled."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from mlflow import MlflowClient

from aecluster.records.progress import ProgressWriter, read_progress
from aecluster.tracking import Follower, track
from toy import ToyProject, all_runs, runs_of

pytestmark = pytest.mark.slow

PROGRESS = "logs/train/toy.sparse_ae.s0.progress.jsonl"
NAME = "train sparse_ae seed=0"


def job(path=PROGRESS):
    return SimpleNamespace(
        rule="train",
        log=SimpleNamespace(progress=str(path)),
        wildcards={"dataset": "toy", "representation": "sparse_ae", "seed": "0"},
        params=SimpleNamespace(
            step={"options": {"epochs": 5, "seed": 0}, "watched": {"method": "autoencoder"}}
        ),
    )


def entry(epoch):
    return {"epoch": epoch, "loss": 0.1 / epoch, "test_mse": None, "time": time.time()}


def losses(uri, run):
    history = MlflowClient(uri).get_metric_history(run.info.run_id, "train/loss")
    return [point.step for point in history]


@pytest.fixture
def running(folder):
    project = ToyProject()
    project.preprocess()
    writer = ProgressWriter(job())
    writer(entry(1))
    return project, writer


def test_progress_is_read_while_it_is_written(folder):
    writer = ProgressWriter(job())
    writer(entry(1))
    writer(entry(2))
    with Path(PROGRESS).open("a") as file:
        file.write('{"epoch": 3, "lo')

    progress = read_progress(PROGRESS)

    assert (progress.step, progress.representation, progress.seed) == ("train", "sparse_ae", 0)
    assert progress.params == {"method": "autoencoder", "epochs": 5, "seed": 0}
    assert [point["epoch"] for point in progress.history] == [1, 2]


def test_another_start_begins_the_progress_anew(folder):
    ProgressWriter(job())(entry(1))
    ProgressWriter(job())

    assert read_progress(PROGRESS).history == []


@pytest.mark.parametrize("text", ["", "\n", "no JSON\n", '{"step": "train"}\n', "[1]\n"])
def test_what_is_no_progress_is_none(tmp_path, text):
    path = tmp_path / "progress.jsonl"
    path.write_text(text)

    assert read_progress(path) is None
    assert read_progress(tmp_path / "missing") is None


def test_progress_that_cannot_be_written_is_a_warning(tmp_path, caplog):
    (tmp_path / "file").write_text("")

    writer = ProgressWriter(job(tmp_path / "file" / "progress.jsonl"))
    writer(entry(1))

    [message] = caplog.messages
    assert message.endswith("the training goes on unseen")


def test_running_step_has_its_curve_so_far(running, uri):
    project, writer = running
    track("exp", project.records, running=[PROGRESS], uri=uri)
    first = runs_of(uri, "exp.steps")[NAME]
    writer(entry(2))
    writer(entry(3))

    track("exp", project.records, running=[PROGRESS], uri=uri)

    run = runs_of(uri, "exp.steps")[NAME]
    assert run.info.run_id == first.info.run_id
    assert (run.info.status, losses(uri, first), losses(uri, run)) == (
        "RUNNING",
        [1, 2, 3],
        [1, 2, 3],
    )
    assert run.data.params["epochs"] == "5"


def finish(project, epochs=5):
    """Let the step that runs leave its record."""
    project._time = time.time() - 150
    project.train(epochs)


def test_run_of_a_step_is_finished_by_its_record(running, uri):
    project, _ = running
    track("exp", project.records, running=[PROGRESS], uri=uri)
    begun = runs_of(uri, "exp.steps")[NAME]
    finish(project)

    receipt = track("exp", project.records, running=[PROGRESS], uri=uri)
    again = track("exp", project.records, uri=uri)

    run = runs_of(uri, "exp.steps")[NAME]
    assert run.info.run_id == begun.info.run_id == receipt["steps"][NAME]
    assert run.info.status == "FINISHED"
    assert "running" not in run.data.tags["mlflow.note.content"]
    assert sorted({*losses(uri, run)}) == [1, 2, 3, 4, 5]
    assert (again["added"], again["completed"]) == (0, 0)


def test_step_that_ends_without_a_record_has_failed(running, uri):
    project, _ = running
    track("exp", project.records, running=[PROGRESS], uri=uri)

    track("exp", project.records, uri=uri)

    assert runs_of(uri, "exp.steps")[NAME].info.status == "FAILED"


def test_step_that_is_started_again_supersedes_its_failed_run(running, uri):
    project, _ = running
    track("exp", project.records, running=[PROGRESS], uri=uri)
    track("exp", project.records, uri=uri)
    ProgressWriter(job())(entry(1))
    track("exp", project.records, running=[PROGRESS], uri=uri)

    finish(project)
    track("exp", project.records, uri=uri)

    runs = [run for run in all_runs(uri, "exp.steps") if run.info.run_name == NAME]
    assert sorted((run.info.status, run.data.tags["status"]) for run in runs) == [
        ("FINISHED", "current"),
        ("KILLED", "superseded"),
    ]


def test_variant_waits_until_all_that_follows_a_rerun_has_run_again(project, uri):
    track("exp", project.records, uri=uri)
    scores = Path("results/toy/pixels/test/k10-s0.scores.json")
    before = scores.read_bytes()
    project.cluster("pixels", max_iter=500)
    after = scores.read_bytes()

    scores.write_bytes(before)
    track("exp", project.records, running=[], uri=uri)
    half_way = all_runs(uri, "exp")
    scores.write_bytes(after)
    track("exp", project.records, running=[], uri=uri)

    runs = all_runs(uri, "exp")
    assert len(half_way) == 2
    assert sorted((run.data.params["max_iter"], run.data.tags["status"]) for run in runs) == [
        ("300", "current"),
        ("300", "superseded"),
        ("500", "current"),
    ]


@pytest.mark.parametrize("step", ["s0/model.json", "s0/store.json", "test/k10-s0.json"])
def test_variant_stays_as_it_is_while_a_step_before_it_runs_again(project, uri, step):
    track("exp", project.records, uri=uri)
    before = [run.to_dictionary() for run in all_runs(uri, "exp")]
    # So does Snakemake when the step starts.
    Path(f"results/toy/sparse_ae/{step}").unlink()

    track("exp", project.records, running=[], uri=uri)

    assert [run.to_dictionary() for run in all_runs(uri, "exp")] == before


def wait_until(condition, limit=180.0):
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def watched(uri, name):
    """Return a run once it is there, looking into the file alone: MLflow would migrate it."""
    experiment = MlflowClient(uri).get_experiment_by_name("exp.steps")
    return experiment and runs_of(uri, "exp.steps").get(name)


@pytest.fixture
def follower(folder, uri):
    follower = Follower(
        "exp",
        ["results/toy/pixels/store.json", "results/toy/sparse_ae/s0/model.json"],
        [PROGRESS],
        uri=uri,
        log="logs/track/exp.live.log",
    )
    yield follower
    follower.stop()


def test_steps_and_epochs_appear_while_the_workflow_runs(follower, uri):
    follower.start()
    project = ToyProject()
    project.preprocess()
    wait_until(lambda: watched(uri, "preprocess toy"))
    writer = ProgressWriter(job())
    writer(entry(1))
    run = wait_until(lambda: watched(uri, NAME))
    writer(entry(2))
    wait_until(lambda: losses(uri, run) == [1, 2])

    follower.stop()

    assert follower._process.returncode is not None


WORKFLOW = """
import sys, time
from aecluster.tracking import Follower
follower = Follower("exp", ["results/toy/pixels/store.json"], [], uri=sys.argv[1], log="live.log")
follower.start()
print(follower._process.pid, flush=True)
time.sleep(60)
"""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_follower_ends_with_the_workflow_however_that_ends(folder, uri, name):
    workflow = subprocess.Popen(
        [sys.executable, "-c", WORKFLOW, uri], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    pid = int(workflow.stdout.readline())
    assert is_alive(pid)

    workflow.send_signal(getattr(signal, name))
    workflow.wait()

    wait_until(lambda: not is_alive(pid), limit=20)


def test_follower_says_why_it_cannot_track_and_goes_on(folder):
    follower = Follower(
        "exp",
        ["results/toy/pixels/store.json"],
        [],
        uri="http://me:secret@127.0.0.1:9",
        log="live.log",
    )
    follower.start()
    ToyProject().preprocess()

    said = wait_until(lambda: "no result is lost" in Path("live.log").read_text())

    assert said
    assert "secret" not in Path("live.log").read_text()
    assert follower._process.poll() is None
    assert "secret" not in Path(f"/proc/{follower._process.pid}/cmdline").read_text()
    follower.stop()
