"""The records decide, whatever is lost, copied, replaced or edited; by real commands."""

import json
import os
import shutil
import signal
import time

import numpy as np
import pytest

from aecluster.records.record import Record, write_record
from project import DIGITS, Project

pytestmark = pytest.mark.workflow

OF_A_CLUSTERING = {"kmeans": 1, "evaluate": 1, "plot_clusters": 1}
TABLES = dict.fromkeys(("collect_scores", "compare", "plot_scores", "report", "track"), 1)
OF_A_TRAINING = {"train": 1, "embed": 1, "plot_training": 1}
ALL = {"preprocess": 1} | OF_A_TRAINING | dict.fromkeys(OF_A_CLUSTERING, 2) | TABLES

CHANGES = {
    "epochs": (("representations", "sparse_ae", {"epochs": 3}), OF_A_TRAINING | OF_A_CLUSTERING),
    "l1": (("representations", "sparse_ae", {"l1": 0.0}), OF_A_TRAINING | OF_A_CLUSTERING),
    "n_init": (("clustering", {"n_init": 2}), dict.fromkeys(OF_A_CLUSTERING, 2)),
    "size": (("dataset", {"size": 16}), {**ALL, **dict.fromkeys(TABLES, 1)}),
}


def changed(experiment, *places):
    *path, values = places
    for place in path:
        experiment = experiment[place]
    experiment |= values


def forget(project):
    shutil.rmtree(project.folder / ".snakemake")


def test_lost_notes_of_snakemake_rerun_nothing(project):
    forget(project)

    assert project.schedule().rules == {}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_key_is_noticed_without_snakemakes_notes(project, experiment, name):
    where, expected = CHANGES[name]
    forget(project)
    changed(experiment, *where)
    project.write(experiment)

    assert project.schedule().rules == expected | TABLES


def test_changed_statement_is_noticed_without_snakemakes_notes(project):
    forget(project)
    project.change(
        "src/aecluster/clustering/_plan.py", "MIN_RESTARTS_EACH = 4", "MIN_RESTARTS_EACH = 5"
    )

    assert project.schedule().rules == dict.fromkeys(OF_A_CLUSTERING, 2) | TABLES


def test_results_copied_to_another_clone_are_held_against_its_config(project, experiment, tmp_path):
    changed(experiment, "representations", "sparse_ae", {"epochs": 3})
    clone = Project.create(tmp_path / "clone", experiment)
    shutil.copytree(project.folder / "results", clone.folder / "results", copy_function=shutil.copy)
    # As in an archive, which keeps whole seconds: Snakemake compares the times of benchmarks, too.
    for path in (clone.folder / "results" / "benchmarks").rglob("*.tsv"):
        os.utime(path, (1, 1))

    scheduled = clone.schedule()

    # MLflow's own store was not copied.
    assert scheduled.rules == OF_A_TRAINING | OF_A_CLUSTERING | TABLES
    clone.write(DIGITS)
    assert clone.schedule().rules == {"track": 1}


def test_two_clones_of_one_results_folder_do_not_take_each_others(project, experiment, tmp_path):
    changed(experiment, "clustering", {"n_init": 2})
    clone = Project.create(tmp_path / "clone", experiment)
    (clone.folder / "results").symlink_to(project.folder / "results")

    scheduled = clone.schedule()

    assert scheduled.rules.items() >= dict.fromkeys(OF_A_CLUSTERING, 2).items()
    # The other clone has no such database, so that its plan is to track.
    assert project.schedule().rules == {"track": 1}


def test_data_file_replaced_by_an_older_one_is_read_anew(tmp_path, experiment):
    project = Project.create(tmp_path / "project", experiment)
    images = np.random.default_rng(0).integers(0, 256, (2, 60, 16, 16), dtype=np.uint8)
    for name, X in zip(("mine", "other"), images, strict=True):
        np.savez(project.folder / f"{name}.npz", X=X, y=np.arange(60) % 3)
    experiment["dataset"] = {"name": "mine", "source": "arrays", "path": "mine.npz", "size": 16}
    del experiment["representations"]["sparse_ae"]
    experiment["clustering"] = {"k": [3]}
    project.write(experiment)
    project.make("--no-hooks")
    assert project.schedule().rules == {}
    os.utime(project.folder / "other.npz", (1, 1))
    (project.folder / "other.npz").replace(project.folder / "mine.npz")

    assert project.schedule().rules == {"preprocess": 1} | OF_A_CLUSTERING | TABLES


def test_older_store_of_the_same_size_is_not_mixed_in(project):
    store = project.folder / "results/digits/pixels/store.h5"
    content = bytearray(store.read_bytes())
    content[-1] ^= 1
    store.write_bytes(content)
    os.utime(store, (1, 1))

    done = project.run("--dry-run", "--configfile", "experiment.yaml")

    assert "store.h5: found other content than its step wrote: set aside as" in done.stderr


def test_tables_that_are_cut_short_are_made_anew(project):
    names = (
        *("scores.csv", "controls.csv", "summary.csv", "differences.csv", "summary.tex"),
        *("scores.png", "report.html"),
    )
    whole = {name: (project.folder / "results/demo" / name).read_bytes() for name in names}
    for name, content in whole.items():
        (project.folder / "results/demo" / name).write_bytes(content[:-20])

    said = project.make("--no-hooks")

    for name, content in whole.items():
        found, expected = f"{len(content) - 20:,} bytes", f"expected the {len(content):,}"
        assert f"results/demo/{name}: found {found}, {expected}" in said
        if name != "report.html":
            assert (project.folder / "results/demo" / name).read_bytes() == content, name
    assert project.schedule().rules == {}


def test_number_edited_in_a_record_is_noticed(project):
    path = project.folder / "results/digits/pixels/test/k10-s0.scores.json"
    record = json.loads(path.read_text())
    record["metrics"]["nmi"] = 0.99
    path.write_text(json.dumps(record))

    scheduled = project.schedule()

    assert scheduled.rules == {"evaluate": 1, "plot_clusters": 1} | TABLES


def test_change_that_was_taken_back_costs_nothing(project, experiment):
    changed(experiment, "representations", "sparse_ae", {"epochs": 3})
    project.write(experiment)
    before = project.schedule().rules
    project.write(DIGITS)

    assert before == OF_A_TRAINING | OF_A_CLUSTERING | TABLES
    assert project.schedule().rules == {}


def test_results_that_another_run_holds_are_refused_by_its_name(project, tmp_path):
    clone = Project.create(tmp_path / "clone", DIGITS)
    (clone.folder / "results").symlink_to(project.folder / "results")
    command = ["--cores", "1", "--configfile", "experiment.yaml", "--no-hooks"]
    holder = project.start(*command, "--forceall")
    try:
        lock = project.folder / "results/digits/.run.lock"
        until = time.monotonic() + 60
        while not lock.exists() or str(holder.pid) not in lock.read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        # Before it removes what its jobs will make: a dry run that meets that moment fails.
        holder.send_signal(signal.SIGSTOP)
        refused = clone.run(*command)
        looked = clone.run("--dry-run", "--configfile", "experiment.yaml")
    finally:
        holder.kill()
        holder.wait()

    assert refused.returncode == 1
    assert f"held by another run, process {holder.pid} of " in refused.stderr
    assert looked.returncode == 0, looked.stderr
    assert f"held by another run, process {holder.pid} of " in looked.stderr


def test_code_that_changes_while_a_run_goes_on_is_recorded_nowhere(project, experiment):
    experiment["clustering"]["k"] = [2, 3, 4, 5]
    del experiment["representations"]["sparse_ae"]
    project.write(experiment)
    plan = project.folder / "src/aecluster/clustering/_plan.py"
    before = plan.read_text()
    first = project.folder / "results/digits/pixels/test/k2-s0.json"
    run = project.start(
        "--cores", "1", "--configfile", "experiment.yaml", "--keep-going", "--no-hooks"
    )
    until = time.monotonic() + 120
    while not [*first.parent.glob("k[2345]-s0.json")] and time.monotonic() < until:
        time.sleep(0.05)
    plan.write_text(before.replace("MIN_RESTARTS_EACH = 4", "MIN_RESTARTS_EACH = 5"))
    run.wait()
    said = (project.folder / "said.txt").read_text()
    plan.write_text(before)

    assert "the source code has changed since the run began, nothing is recorded" in said
    assert len([*first.parent.glob("k[2345]-s0.json")]) < 4
    project.make("--no-hooks")
    assert len([*first.parent.glob("k[2345]-s0.json")]) == 4


@pytest.mark.parametrize("name", ["scores.csv", "report.html"])
def test_representation_with_the_name_of_a_file_is_refused(project, experiment, name):
    experiment["representations"][name] = {"method": "pca"}
    project.write(experiment)

    done = project.run("--dry-run", "--configfile", "experiment.yaml")

    assert done.returncode == 1
    assert f"representations: found the name '{name}', expected another one" in done.stderr


def test_results_of_other_versions_are_kept_and_said_or_made_anew(project, experiment):
    for path in (project.folder / "results").rglob("*.json"):
        content = json.loads(path.read_text())
        if "run" not in content or "numpy" not in content["run"]["versions"]:
            continue
        content.pop("sha256")
        content["run"]["versions"]["numpy"] = "1.0"
        write_record(path, Record.model_validate(content))

    done = project.run("--dry-run", "--configfile", "experiment.yaml")
    project.write(experiment | {"rerun_on_new_versions": True})
    scheduled = project.schedule()

    kept = f"kept that another version made: numpy 1.0 -> {np.__version__}; "
    assert kept + "`rerun_on_new_versions: true` makes them anew" in done.stderr
    assert scheduled.rules.items() >= {"preprocess": 1, "train": 1, "kmeans": 2}.items()


def test_tables_of_more_variants_are_noticed_without_snakemakes_notes(project, experiment):
    forget(project)
    del experiment["representations"]["sparse_ae"]
    project.write(experiment)

    assert project.schedule().rules == TABLES


def test_clustering_of_another_representation_is_not_taken_for_ours(project):
    for suffix in (".h5", ".json"):
        name = f"test/k10-s0{suffix}"
        pixels, coded = (project.folder / "results/digits" / of for of in ("pixels", "sparse_ae"))
        shutil.copy2(pixels / name, coded / name)

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_CLUSTERING | TABLES
    assert {"K-Means on sparse_ae of digits, k=10, seed=0"} == scheduled.of("K-Means")


def test_table_of_other_clusterings_than_are_there_is_not_shown(project, experiment):
    changed(experiment, "clustering", {"n_init": 2})
    project.write(experiment)

    said = project.make("--until", "kmeans")

    summary = project.run("summary", "demo", program="aecluster")
    verified = project.run("verify", program="aecluster")
    assert project.schedule().rules.keys() >= {"evaluate", "plot_clusters"}
    assert "there is no table to show" in said
    assert summary.returncode == verified.returncode == 1
    assert "results/demo/summary.json: " in summary.stderr
    assert "results/demo/scores.json.outdated: set aside by a run" in verified.stdout


def test_job_that_reads_another_experiment_than_its_run_computes_nothing(project):
    done = project.run(
        *("--cores", "1", "--configfile", "experiment.yaml", "--mode", "subprocess"),
        AECLUSTER_EXPERIMENT="that of the run",
    )

    assert done.returncode == 1
    assert "experiment.yaml: has changed since the run began, nothing is computed" in done.stderr
