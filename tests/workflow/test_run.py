"""The experiment run to its end: what it says, leaves behind, tracks and imports."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from mlflow import MlflowClient

from aecluster.metrics import silhouette_score
from aecluster.store import Store
from jobs import LOADED_FIRST
from project import DIGITS, Project

pytestmark = pytest.mark.workflow

COLUMNS = [
    *("dataset", "representation", "split", "k", "seed", "n", "d"),
    *("silhouette", "dunn", "inertia", "n_iter", "nmi", "ari", "accuracy"),
]


def scores(project):
    with (project.folder / "results/demo/scores.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_run_says_what_it_compares_and_ends_with_the_table_and_where_to_look(finished):
    said = (finished.folder / "said.txt").read_text()

    assert "demo: K-Means on pixels, sparse_ae of digits (split test), k = 10, seed = 0" in said
    assert re.search(r"^representation +k +seed +silhouette +dunn", said, re.MULTILINE)
    assert re.search(r"^pixels +10 +0 +0\.\d{4} +0\.\d{4}", said, re.MULTILINE)
    assert (
        "All scores: results/demo/scores.csv\n"
        "The report, to send: results/demo/report.html\n"
        "Compare runs: make ui" in said
    )
    assert "Traceback" not in said
    assert "\r" not in said  # no progress bars where nobody looks
    assert len(said.splitlines()) <= 40
    assert re.search(r"^\d\d:\d\d:\d\d +\d+/16  Training sparse_ae on digits", said, re.MULTILINE)
    assert re.search(r"^Complete log\(s\): .+\.snakemake\.log$", said, re.MULTILINE)


def test_scores_have_the_columns_of_the_interface_in_order(finished):
    rows = scores(finished)

    assert list(rows[0])[: len(COLUMNS)] == COLUMNS
    assert [(row["representation"], row["n"], row["d"]) for row in rows] == [
        ("pixels", "359", "1024"),
        ("sparse_ae", "359", "64"),
    ]


def test_clusterings_are_scored_in_pixel_space_too(finished):
    pixels, code = scores(finished)
    images = Store(finished.folder / "results/digits/pixels/store.h5")["test"].matrix()
    with h5py.File(finished.folder / "results/digits/sparse_ae/test/k10-s0.h5") as clustering:
        labels = clustering["labels"][:]

    assert pixels["silhouette_in_pixels"] == pixels["silhouette"]
    assert code["silhouette_in_pixels"] != code["silhouette"]
    assert float(code["silhouette_in_pixels"]) == pytest.approx(silhouette_score(images, labels))


def test_every_step_leaves_output_record_and_log(finished):
    files = {
        str(path.relative_to(finished.folder))
        for folder in ("results", "logs")
        for path in (finished.folder / folder).rglob("*")
        if path.is_file()
    }

    of_a_clustering = [
        *("h5", "json", "csv", "silhouettes.h5", "scores.json"),
        *("clusters.png", "centroids.png", "nearest.png", "confusion.png", "map.png"),
        *("silhouettes.png", "figures.json"),
    ]
    expected = {
        "results/digits/pixels/store.h5",
        "results/digits/pixels/store.json",
        *(
            f"results/digits/{name}/test/k10-s0.{suffix}"
            for name in ("pixels", "sparse_ae")
            for suffix in of_a_clustering
        ),
        *(
            f"results/digits/sparse_ae/s0/{name}"
            for name in (
                "model.keras", "model.json", "store.h5", "store.json", "reconstructions.h5",
                "architecture.png", "reconstructions.png", "curves.png", "figures.json",
            )
        ),
        *(
            f"results/demo/{name}"
            for name in (
                "scores.csv", "controls.csv", "summary.csv", "differences.csv", "summary.tex",
                "scores.png", "report.html", "tracked.json",
                "scores.json", "summary.json", "scores.figures.json", "report.json",
            )
        ),
    }  # fmt: skip
    [checkpoint] = {name for name in files if name.endswith(".checkpoint")}
    assert checkpoint.startswith("results/digits/sparse_ae/s0/model.")
    others = {name for name in files if "logs/" in name or "/benchmarks/" in name}
    assert files - others - {checkpoint} == expected
    assert {name.split("/")[1] for name in files if name.startswith("logs/")} == {
        "collect_scores", "compare", "embed", "evaluate", "kmeans", "plot_clusters", "plot_scores",
        "plot_training", "preprocess", "report", "track", "train",
    }  # fmt: skip


def test_steps_take_less_memory_than_they_asked_for(finished):
    records = [
        json.loads(path.read_text()) for path in finished.folder.glob("results/digits/**/*.json")
    ]

    assert len(records) == 10
    for record in records:
        run = record["run"]
        assert 0.1 < run["peak_mem_mb"] / run["asked_mem_mb"] < 0.95, record["step"]


def test_training_log_has_loss_and_penalty_free_errors_of_every_epoch(finished):
    log = (finished.folder / "logs/train/digits.sparse_ae.s0.log").read_text()
    curves = finished.record("results/digits/sparse_ae/s0/model.json")["curves"]

    assert re.findall(r"epoch (\d)/4: loss 0\.\d+, MSE 0\.\d+, test MSE 0\.\d+", log) == [*"1234"]
    assert [point["step"] for point in curves["test_mse"]] == [1, 2, 3, 4]
    assert all(
        loss["value"] > mse["value"]
        for loss, mse in zip(curves["loss"], curves["mse"], strict=True)
    )


def packages_of_each_job(project) -> dict[str, list[set[str]]]:
    imported = {}
    for path in (project.folder / "imports").iterdir():
        if step := re.match(r"tmp\w+\.(\w+)\.py\.\d+$", path.name):
            imported.setdefault(step[1], []).append(set(json.loads(path.read_text())))
    return imported


def test_only_track_imports_mlflow_and_only_training_and_embedding_tensorflow(finished):
    imported = {step: set().union(*jobs) for step, jobs in packages_of_each_job(finished).items()}

    assert len(imported) == 12
    assert {step for step, names in imported.items() if "mlflow" in names} == {"track"}
    assert {step for step, names in imported.items() if "tensorflow" in names} == {
        "train", "embed",
    }  # fmt: skip


def test_tests_load_no_package_first_that_a_job_does_not_import(finished):
    jobs = packages_of_each_job(finished)
    loaded = {
        step: {package.partition(".")[0] for package in packages}
        for step, packages in LOADED_FIRST.items()
    }

    assert LOADED_FIRST.keys() - jobs.keys() == {"plot_atoms", "transform"}
    assert not {
        step: loaded[step] - imported
        for step in loaded.keys() & jobs.keys()
        for imported in jobs[step]
        if not loaded[step] <= imported
    }


def test_steps_and_variants_are_in_mlflow_with_parameters_and_scores(finished):
    client = MlflowClient(f"sqlite:///{finished.folder}/mlflow.db")
    runs = {
        name: {run.info.run_name: run.data for run in client.search_runs([experiment_id])}
        for name in ("demo", "demo.steps")
        for experiment_id in [client.get_experiment_by_name(name).experiment_id]
    }
    variant = runs["demo"]["sparse_ae k=10 seed=0"]
    [row] = [row for row in scores(finished) if row["representation"] == "sparse_ae"]

    assert sorted(runs["demo"]) == ["pixels k=10 seed=0", "sparse_ae k=10 seed=0"]
    assert (
        variant.params.items() >= {"epochs": "4", "init": "k-means++", "source": "digits"}.items()
    )
    for name in COLUMNS[7:]:
        assert variant.metrics[name] == pytest.approx(float(row[name]))
    assert sorted(runs["demo.steps"]) == [
        "embed sparse_ae seed=0",
        "evaluate pixels k=10 seed=0",
        "evaluate sparse_ae k=10 seed=0",
        "kmeans pixels k=10 seed=0",
        "kmeans sparse_ae k=10 seed=0",
        "preprocess digits",
        "train sparse_ae seed=0",
    ]
    assert runs["demo.steps"]["train sparse_ae seed=0"].params["batch_size"] == "32"
    assert runs["demo.steps"]["kmeans pixels k=10 seed=0"].metrics["n_iter"] > 1


LOADING = """
import json, sys
import keras, numpy as np
folder = sys.argv[1]
images = np.array(json.load(open(f"{folder}/input_example.json")), "float32")
plain = keras.models.load_model(f"{folder}/data/model.keras")(images)
assert "aecluster" not in sys.modules
import mlflow
logged = mlflow.pyfunc.load_model(folder)
np.testing.assert_allclose(logged.predict(images), plain, rtol=1e-5, atol=1e-6)
shape = logged.metadata.signature.outputs.inputs[0].shape
assert plain.shape[1:] == shape[1:], (plain.shape, shape)
"""


def test_logged_model_takes_its_example_in_plain_keras_and_in_mlflow(finished):
    client = MlflowClient(f"sqlite:///{finished.folder}/mlflow.db")
    steps = client.get_experiment_by_name("demo.steps").experiment_id
    [model] = client.search_logged_models([steps])

    loaded = subprocess.run(
        [sys.executable, "-c", LOADING, model.artifact_location], capture_output=True, text=True
    )

    assert loaded.returncode == 0, loaded.stderr


def test_tracking_again_adds_nothing(project):
    project.make("--no-hooks", "--forcerun", "track")

    receipt = project.record("results/demo/tracked.json")
    assert [receipt[count] for count in ("added", "completed", "superseded")] == [0, 0, 0]


def test_changed_parameter_supersedes_and_keeps_the_old_run(project, experiment):
    experiment["clustering"]["max_iter"] = 2
    project.write(experiment)
    project.make("--no-hooks")

    client = MlflowClient(f"sqlite:///{project.folder}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("demo").experiment_id])
    assert sorted((run.data.tags["status"], run.data.params["max_iter"]) for run in runs) == [
        ("current", "2"), ("current", "2"), ("superseded", "300"), ("superseded", "300"),
    ]  # fmt: skip


def test_killed_training_goes_on_to_more_epochs_and_all_ends_as_in_an_unbroken_run(
    finished, experiment, tmp_path
):
    experiment["representations"]["sparse_ae"]["epochs"] = 2
    project = Project.create(tmp_path / "project", experiment)
    command = ["--cores", "2", "--configfile", "experiment.yaml", "--no-hooks"]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("snakemake"), *command, "--until", "collect_scores"],
        cwd=project.folder, start_new_session=True, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(project.folder / "src")},
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while not list(project.folder.glob("results/digits/sparse_ae/s0/model.*.checkpoint")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    project.write(DIGITS)
    project.make("--no-hooks", "--until", "collect_scores")

    log = (project.folder / "logs/train/digits.sparse_ae.s0.log").read_text()
    goes_on = int(re.search(r"continuing after epoch ([12])/4\n", log)[1]) + 1
    assert re.findall(r"epoch (\d)/4: ", log) == [str(n) for n in range(goes_on, 5)]
    assert "continuing" not in (finished.folder / "logs/train/digits.sparse_ae.s0.log").read_text()
    assert scores(project) == scores(finished)
    for name in ("pixels", "sparse_ae"):
        path = f"results/digits/{name}/test/k10-s0.h5"
        with h5py.File(finished.folder / path) as a, h5py.File(project.folder / path) as b:
            np.testing.assert_array_equal(a["labels"], b["labels"])
    path = "results/digits/sparse_ae/s0/model.keras"
    assert (project.folder / path).read_bytes() == (finished.folder / path).read_bytes()
    np.testing.assert_array_equal(vectors(project), vectors(finished))


def vectors(project):
    with h5py.File(project.folder / "results/digits/sparse_ae/s0/store.h5") as store:
        return store["test/X"][:]


def test_untrained_network_is_recorded_and_drawn(zoo):
    record = zoo.record("results/stripes/random_ae/s0/model.json")

    assert (record["curves"], record["metrics"]["epoch"]) == ({}, 0)
    assert (zoo.folder / "results/stripes/random_ae/s0/curves.png").exists()


# --- before and after a run ---


def test_plan_says_what_would_run_and_why_and_what_is_kept(project, experiment):
    nothing = project.run("plan", "--configfile", "experiment.yaml", program="aecluster").stdout
    experiment["representations"]["sparse_ae"]["epochs"] = 5
    project.write(experiment)
    project.change("src/aecluster/figures/canvas.py", "DPI = 200", "DPI = 100")

    plan = project.run("plan", "--configfile", "experiment.yaml", program="aecluster").stdout

    assert nothing == "Nothing would run: all 15 steps are up to date.\n"
    assert re.match(r"12 of 15 steps would run, in about (\d+ min )?\d+ s by the times of ", plan)
    assert "  Training sparse_ae on digits, seed=0\n      changed: epochs 4 -> 5\n" in plan
    assert "  K-Means on sparse_ae of digits, k=10, seed=0\n      a step before it runs\n" in plan
    assert (
        "  Drawing the clusters of pixels of digits, k=10, seed=0\n      changed: its source code\n"
        in plan
    )
    assert plan.endswith(
        "Kept as they are: 1 preprocess, 1 kmeans, 1 evaluate (--all lists them).\n"
    )


def test_more_clusters_than_images_is_one_line_and_the_finished_steps_are_tracked(tmp_path):
    project = Project.create(tmp_path / "project", DIGITS | {"clustering": {"k": [359]}})
    project.write(
        DIGITS | {"clustering": {"k": [359]}, "representations": {"pixels": {"method": "pixels"}}}
    )

    failed = project.run("--cores", "2", "--configfile", "experiment.yaml")

    said = failed.stdout + failed.stderr
    assert failed.returncode != 0
    assert (
        "\nkmeans: clustering.k: found 359, expected less than the 359 rows of split 'test' in "
        "results/digits/pixels/store.h5\n" in said
    )
    assert "Traceback" not in said
    # Tracked at the end, or already while the workflow ran.
    assert re.search(r"Finished steps in MLflow: [01] added, 1 in all\.", said)
    assert list((project.folder / "results/digits/pixels").rglob("k359*")) == []


def test_password_on_the_command_line_is_in_no_record_and_no_log(tmp_path):
    project = Project.create(tmp_path / "project", DIGITS)
    uri = "http://me:verysecret@127.0.0.1:9/?token=verysecret"

    project.make("--until", "preprocess", "--config", f"tracking={{uri: '{uri}'}}")

    record = project.record("results/digits/pixels/store.json")
    assert record["run"]["command"].endswith("uri: '\"'\"'http://127.0.0.1:9/'\"'\"'}'")
    for path in (*project.folder.glob("results/**/*.json"), *project.folder.glob("logs/**/*.*")):
        assert "verysecret" not in path.read_text(), path


# --- bad input ---


# All others are asked of what refuses them, in tests/unit/config.
@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sedes": [1]}, "sedes: unknown key; did you mean 'seeds'?"),
        (
            {"dataset": {"name": "a", "source": "images", "path": "nowhere"}},
            "nowhere: no such file or folder, expected the source 'images'",
        ),
    ],
)
def test_bad_experiment_is_one_line_before_anything_runs(project, experiment, change, line):
    name = project.write(experiment | change, "bad.yaml")
    before = sorted(project.folder.glob("results/**/*"))

    failed = project.run("--cores", "2", "--configfile", name)

    told = [text for text in failed.stderr.splitlines() if not text.startswith("Using workflow")]
    assert failed.returncode == 1
    assert len(told) == 1, failed.stderr
    assert line in told[0]
    assert sorted(project.folder.glob("results/**/*")) == before


def test_image_that_does_not_fit_the_network_is_one_line_and_leaves_nothing(tmp_path):
    experiment = DIGITS | {
        "dataset": {"name": "odd", "source": "digits", "size": 30},
        "representations": {"sparse_ae": {"method": "autoencoder"}},
    }
    project = Project.create(tmp_path / "project", experiment)

    failed = project.run("--cores", "2", "--configfile", "experiment.yaml", "--no-hooks")

    assert failed.returncode != 0
    told = [text for text in failed.stderr.splitlines() if text.startswith("train: ")]
    assert len(told) == 1
    assert "30" in told[0]
    assert "4" in told[0]
    assert list((project.folder / "results/odd/sparse_ae").rglob("*.*")) == []
