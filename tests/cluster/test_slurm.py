"""The workflow on a real Slurm of one node; skipped where Slurm is not installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml

import slurm
from project import ROOT, Project

_MISSING = slurm.missing_programs() + [
    name for name in ("snakemake_executor_plugin_slurm",) if importlib.util.find_spec(name) is None
]

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.servers,
    pytest.mark.skipif(bool(_MISSING), reason=f"no Slurm here: {', '.join(_MISSING)} missing"),
]

EXPERIMENT = {
    "experiment": "demo",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
    "clustering": {"k": [10]},
}
SUBMITTED = re.compile(r"slurm_logs/(rule_[a-z_]+(?=/)|group_[a-z]+)")
DEMO = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
ON_SLURM = [
    *("--profile", "profiles/slurm", "--configfile", "experiment.yaml"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"),
    *("--latency-wait", "5"),
]


@pytest.fixture(scope="module")
def cluster():
    """Environment variables of a Slurm that runs as long as this module's tests."""
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    try:
        with slurm.one_node(folder) as environment:
            yield environment
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def short_of_memory(cluster, tmp_path_factory):
    """Start a run whose only job gets too little memory at first."""
    project = Project.create(tmp_path_factory.mktemp("memory") / "project", EXPERIMENT)
    return project, project.start(
        *ON_SLURM, "--no-hooks", "--until", "preprocess",
        "--set-resources", "preprocess:mem_mb=10 if attempt < 2 else 1000", **cluster,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cancelled(cluster, tmp_path_factory):
    """Start a run whose only job is cancelled as soon as it runs."""
    project = Project.create(tmp_path_factory.mktemp("cancelled") / "project", EXPERIMENT)
    environment = {**os.environ, **cluster}

    def cancel():
        for _ in range(1200):
            time.sleep(0.1)
            running = subprocess.run(
                ["squeue", "--noheader", "--states=running", "--format=%i %Z"],
                env=environment, capture_output=True, text=True,
            ).stdout.splitlines()  # fmt: skip
            jobs = [line.split()[0] for line in running if line.endswith(str(project.folder))]
            if jobs:
                subprocess.run(["scancel", *jobs], env=environment)
                return

    threading.Thread(target=cancel, daemon=True).start()
    return project, project.start(*ON_SLURM, "--until", "preprocess", "--retries", "0", **cluster)


def log_of(project):
    """Return all that Snakemake said, of which the terminal shows the least part."""
    return "".join(path.read_text() for path in (project.folder / ".snakemake/log").glob("*.log"))


def end_of(run):
    """Wait for a run; return its project, its exit status and what it said."""
    project, process = run
    status = process.wait(300)
    return project, status, (project.folder / "said.txt").read_text()


def test_demo_runs_through_the_profile(cluster, tmp_path, short_of_memory, cancelled):
    # Those two are waited for meanwhile: most of the time nothing is computed, but asked for.
    project = Project.create(tmp_path / "project", EXPERIMENT)
    shorter = DEMO["representations"]["sparse_ae"] | {"epochs": 1}
    project.write(DEMO | {"representations": DEMO["representations"] | {"sparse_ae": shorter}})

    done = project.run(*ON_SLURM, "--set-resources", "train:gpu=1", **cluster)

    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert (project.folder / "results/demo/report.html").exists()
    for representation in ("pixels", "sparse_ae"):
        assert re.search(rf"^{representation} +10 +0 +0\.\d{{4}}", said, re.MULTILINE)
    # Every submission: clusterings go together as far as they are ready at once, and so does all
    # that sums up in the end.
    submitted = Counter(SUBMITTED.findall(log_of(project)))
    assert 1 <= submitted.pop("group_clusterings") <= 2
    assert submitted == Counter(["rule_preprocess", "rule_train", "rule_embed", "group_closing"])
    # Training, and nothing else, had the GPU that it was given.
    jobs = subprocess.run(
        ["scontrol", "show", "jobs"], env={**os.environ, **cluster}, capture_output=True, text=True
    ).stdout.split("\n\n")
    with_gpu = [job for job in jobs if re.search("gres[:/]gpu[:=]1", job)]
    assert [re.search(r"rule_[a-z]+", job)[0] for job in with_gpu] == ["rule_train"]
    record = project.record("results/digits/pixels/test/k10-s0.json")
    assert record["run"]["command"].startswith("snakemake --profile profiles/slurm")


def test_job_that_dies_for_memory_is_tried_again_with_more(short_of_memory):
    project, status, said = end_of(short_of_memory)

    assert status == 0, said
    assert log_of(project).count("Trying to restart job") == 1
    assert (project.folder / "results/digits/pixels/store.h5").exists()
    log = next(project.folder.glob(".snakemake/slurm_logs/rule_preprocess/**/*.log"))
    assert "exceeded memory limit" in log.read_text()


def test_cancelled_job_is_reported_and_leaves_nothing(cancelled):
    project, status, said = end_of(cancelled)

    assert status != 0
    assert "SLURM status is: 'CANCELLED'" in said
    assert "finished steps are kept" in said
    assert list((project.folder / "results").rglob("*.*")) == []
