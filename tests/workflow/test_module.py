"""The workflow as a part of another one, from another folder, and without a clone."""

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import yaml

from aecluster.workflow.fingerprint import fingerprint
from project import ROOT, Project
from toy import runs_of

pytestmark = pytest.mark.workflow

PAGE = (ROOT / "docs" / "workflow.md").read_text()
SECTION = PAGE.partition("## As a part of another workflow\n")[2]
[SNAKEFILE] = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
[CONFIG] = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
EXPERIMENT = yaml.safe_load(CONFIG)["ae"]
VARIANT = "ae/results/toy/pixels/test/k2-s0"


class Folder(Project):
    """A folder without the workflow, in which this repository's is used."""

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {"PYTHONPATH": str(ROOT / "src")}


def write_images(folder: Path) -> None:
    random = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = (random.integers(0, 60, (60, 8, 8)) + 150 * y[:, None, None]).astype(np.uint8)
    np.savez(folder / "toy.npz", x_train=X[:40], y_train=y[:40], x_test=X[40:], y_test=y[40:])


def titles(project: Project, *arguments: str) -> set[str]:
    """Return what a dry run would do."""
    done = project.run("--dry-run", *arguments)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return set(re.findall(r"^Job [1-9]\d*: (.+)$", said, re.MULTILINE))


@pytest.fixture
def folder(tmp_path) -> Folder:
    """A folder with images and an experiment file, elsewhere."""
    write_images(tmp_path)
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def outer(tmp_path_factory) -> Folder:
    """Another workflow, as the docs have it, that has taken our scores as its input."""
    folder = Folder(tmp_path_factory.mktemp("outer"))
    write_images(folder.folder)
    (folder.folder / "Snakefile").write_text(SNAKEFILE)
    (folder.folder / "config").mkdir()
    (folder.folder / "config" / "config.yaml").write_text(CONFIG)
    done = folder.run("--cores", "2", "best.csv", "ae/results/toy/tracked.json")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder.folder / "said.txt").write_text(done.stdout + done.stderr)
    return folder


def test_another_workflow_takes_the_scores_as_its_input(outer):
    head, best = (outer.folder / "best.csv").read_text().splitlines()

    assert head.startswith("dataset,representation,split,k,seed")
    assert best.startswith("toy,pixels,test,2,0")


def test_handlers_of_a_module_speak_where_the_caller_hands_them_on(outer):
    said = (outer.folder / "said.txt").read_text()

    assert "Results: ae/results/toy/, table: ae/results/toy/scores.csv" in said
    assert "All scores: ae/results/toy/scores.csv" in said
    assert "Compare runs: aecluster ui" in said
    assert (outer.folder / "ae/logs/track/toy.live.log").exists()


def test_records_of_a_module_are_those_of_a_clone(outer):
    records = {name: outer.record(f"{VARIANT}{name}.json") for name in ("", ".scores", ".figures")}

    assert [record["step"] for record in records.values()] == [
        "kmeans",
        "evaluate",
        "plot_clusters",
    ]
    assert records[""]["code"] == fingerprint(ROOT / "workflow" / "scripts" / "kmeans.py")
    assert [*records[""]["inputs"]] == ["ae/results/toy/pixels/store.h5"]


def test_mlflow_has_the_variants_of_a_module_with_their_pictures(outer):
    uri = f"sqlite:///{outer.folder / 'mlflow.db'}"
    listed = outer.run("runs", "--results", "ae/results", program="aecluster").stdout

    assert [*runs_of(uri, "toy")] == ["pixels k=2 seed=0"]
    assert {*runs_of(uri, "toy.steps")} >= {"kmeans pixels k=2 seed=0", "preprocess toy"}
    assert [*(outer.folder / "mlartifacts" / "toy").rglob("k2-s0.clusters.png")]
    assert "pixels k=2 seed=0" in listed


def test_damaged_file_of_a_module_is_made_again_and_nothing_before_it(outer, tmp_path):
    copied = Folder(outer.copy(tmp_path / "copied").folder)
    (copied.folder / f"{VARIANT}.h5").write_bytes(b"")
    planned = titles(copied, "ae_all", "--workflow-profile", str(ROOT / "profiles" / "default"))

    assert "K-Means on pixels of toy, k=2, seed=0" in planned
    assert "Reading the images of toy into a store" not in planned
    assert (copied.folder / f"{VARIANT}.h5.damaged").exists()


def test_module_without_prefix_plans_what_a_clone_does_with_the_file_of_a_users_profile(folder):
    text = SNAKEFILE.replace('    prefix: "ae"\n', "").replace('"ae/', '"')
    (folder.folder / "Snakefile").write_text(text)
    for name, content in (
        ("config/config.yaml", CONFIG), ("profile/profile.yaml", "configfile: mine.yaml"),
    ):  # fmt: skip
        (folder.folder / name).parent.mkdir()
        (folder.folder / name).write_text(content)
    clone = titles(folder, "--snakefile", str(ROOT / "Snakefile"), "--profile", "profile")

    assert "K-Means on pixels of toy, k=2, seed=0" in clone
    assert titles(folder, "ae_all") == clone


def test_folder_elsewhere_without_an_experiment_gets_the_default_one(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    catalog = ROOT / "workflow" / "Snakefile"
    planned = titles(Folder(tmp_path), "--snakefile", str(catalog), "--directory", "elsewhere")

    assert "Reading the images of cifar10 into a store" in planned


@pytest.mark.skipif(
    find_spec("snakemake_logger_plugin_rich") is None, reason="no snakemake-logger-plugin-rich"
)
def test_public_logger_plugin_shows_the_plan(folder):
    done = folder.run(
        *("--dry-run", "--logger", "rich", "--configfile", "mine.yaml"),
        *("--snakefile", str(ROOT / "Snakefile")),
    )

    assert done.returncode == 0
    assert re.search(r"kmeans +1", done.stdout + done.stderr)
