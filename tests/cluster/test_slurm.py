"""The workflow on a real Slurm of one node; skipped where Slurm is not installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import slurm

sys.path.append(str(Path(__file__).parents[1] / "workflow"))

from project import Project

_MISSING = slurm.missing_programs() + [
    name for name in ("snakemake_executor_plugin_slurm",) if importlib.util.find_spec(name) is None
]

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.skipif(bool(_MISSING), reason=f"no Slurm here: {', '.join(_MISSING)} missing"),
]

EXPERIMENT = {
    "experiment": "demo",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
    "clustering": {"k": [10]},
}
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


@pytest.fixture
def project(tmp_path) -> Project:
    return Project.create(tmp_path / "project", EXPERIMENT)


def test_experiment_runs_through_the_profile(cluster, project):
    done = project.run(*ON_SLURM, **cluster)

    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert (project.folder / "results/demo/scores.csv").exists()
    assert re.search(r"^pixels +10 +0 +0\.\d{4}", said, re.MULTILINE)
    # K-Means, its scores and its figures are one submission.
    submitted = re.findall(r"slurm_logs/(\w+)/", said)
    assert sum(name.startswith("group_clusterings") for name in submitted) == 1
    assert not {"rule_kmeans", "rule_evaluate", "rule_plot_clusters"} & set(submitted)
    record = project.record("results/digits/pixels/test/k10-s0.json")
    assert record["run"]["command"].startswith("snakemake --profile profiles/slurm")


def test_job_that_dies_for_memory_is_tried_again_with_more(cluster, project):
    done = project.run(
        *ON_SLURM, "--no-hooks", "--until", "preprocess",
        "--set-resources", "preprocess:mem_mb=10 if attempt < 2 else 1000", **cluster,
    )  # fmt: skip

    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert said.count("Trying to restart job") == 1
    assert (project.folder / "results/digits/pixels/store.h5").exists()
    log = next(project.folder.glob(".snakemake/slurm_logs/rule_preprocess/**/*.log"))
    assert "exceeded memory limit" in log.read_text()


def test_cancelled_job_is_reported_and_leaves_nothing(cluster, project):
    environment = {**os.environ, **cluster}

    def cancel():
        for _ in range(300):
            time.sleep(0.1)
            jobs = subprocess.run(
                ["squeue", "--noheader", "--states=running", "--format=%i"],
                env=environment, capture_output=True, text=True,
            ).stdout.split()  # fmt: skip
            if jobs:
                subprocess.run(["scancel", *jobs], env=environment)
                return

    canceller = threading.Thread(target=cancel)
    canceller.start()
    done = project.run(*ON_SLURM, "--until", "preprocess", "--retries", "0", **cluster)
    canceller.join()

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "SLURM status is: 'CANCELLED'" in said
    assert "finished steps are kept" in said
    assert list((project.folder / "results").rglob("*.*")) == []
