"""The experiment on one core: what it uses, and that its results are those of two."""

import csv
import json

import pytest

from project import DIGITS, Project

pytestmark = pytest.mark.workflow

# Every job leaves the sizes of its thread pools, and its seconds of all cores and of the clock.
_WITNESS = """
import atexit, json, os, sys, time
from pathlib import Path

began = time.monotonic()

def tell():
    from threadpoolctl import threadpool_info
    pools = {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}
    if "tensorflow" in sys.modules:
        threading = sys.modules["tensorflow"].config.threading
        pools["intra"] = threading.get_intra_op_parallelism_threads()
        pools["inter"] = threading.get_inter_op_parallelism_threads()
    used = {"pools": pools, "cpu_s": time.process_time(), "wall_s": time.monotonic() - began}
    (Path(os.environ["USED"]) / Path(sys.argv[0]).name).write_text(json.dumps(used))

if "USED" in os.environ and "/.snakemake/scripts/" in sys.argv[0]:
    atexit.register(tell)
"""


@pytest.fixture(scope="module")
def on_one_core(tmp_path_factory) -> Project:
    """The digits experiment, computed with `--cores 1`."""
    project = Project.create(tmp_path_factory.mktemp("threads") / "project", DIGITS)
    for folder in ("witness", "used"):
        (project.folder / folder).mkdir()
    (project.folder / "witness" / "sitecustomize.py").write_text(_WITNESS)
    done = project.run(
        *(
            "--cores",
            "1",
            "--configfile",
            "experiment.yaml",
            "--no-hooks",
            "--until",
            "collect_scores",
        ),
        USED=str(project.folder / "used"),
    )
    assert done.returncode == 0, done.stderr
    return project


def test_no_job_uses_more_threads_than_it_was_given(on_one_core):
    used = {
        path.name.split(".")[1]: json.loads(path.read_text())
        for path in (on_one_core.folder / "used").iterdir()
    }

    assert used.keys() >= {"preprocess", "train", "embed", "kmeans", "evaluate"}
    for step, job in used.items():
        assert set(job["pools"].values()) <= {1}, f"{step}: {job['pools']}"
        assert job["cpu_s"] < 1.05 * job["wall_s"] + 0.2, f"{step}: {job}"


def test_scores_do_not_depend_on_the_number_of_threads(on_one_core, finished):
    rows = {}
    for project in (on_one_core, finished):
        with (project.folder / "results/demo/scores.csv").open(newline="") as file:
            rows[project] = list(csv.DictReader(file))

    for one, two in zip(rows[on_one_core], rows[finished], strict=True):
        scores = [name for name in one if name not in ("dataset", "representation", "split")]
        assert {name: float(one[name]) for name in scores if one[name]} == pytest.approx(
            {name: float(two[name]) for name in scores if two[name]}, rel=1e-6
        )
