import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aecluster.config import METHODS
from aecluster.data import SOURCES
from aecluster.workflow.fingerprint import (
    fingerprint,
    modules_reached,
    own_digest,
    script_digest,
)

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "workflow" / "scripts"


# Says, for every text that is put in place of a module's, which fingerprints it changes. Those of
# scripts that are told a module have the name of each method or source.
TAKE = """
import importlib, json, sys
from pathlib import Path
from aecluster.config import METHODS
from aecluster.data import SOURCES
from aecluster.figures.registry import pictures_of
from aecluster.workflow import fingerprint

DRAWN = {"plot_training": ("training", "autoencoder"), "plot_clusters": ("clustering",),
         "plot_atoms": ("dictionary",)}

def told_to(step):
    # The modules that a script is told, by the name of what tells them.
    if step == "preprocess":
        return {f"{step} {name}": [source.module] for name, source in SOURCES.items()}
    if step in DRAWN:
        return {step: [picture.module for picture in pictures_of(*DRAWN[step])]}
    return {f"{step} {name}": [method.module] for name, method in METHODS.items()
            if method.stage == step} or {step: []}

def take():
    importlib.reload(fingerprint)  # it remembers what it has read
    taken = {}
    for script in Path(sys.argv[1]).glob("*.py"):
        for name, modules in told_to(script.stem).items():
            taken[name] = fingerprint.fingerprint(script, *modules)
    return taken

before = take()
changed = {}
for name, text in json.load(sys.stdin).items():
    path = Path(fingerprint.__file__).parents[1] / name
    whole = path.read_text()
    path.write_text(text)
    after = take()
    path.write_text(whole)
    changed[name] = [step for step in before if after[step] != before[step]]
print(json.dumps(changed))
"""
NONE: set[str] = set()
TRAININGS = {f"train {name}" for name, method in METHODS.items() if method.stage == "train"}
TRANSFORMS = {
    f"transform {name}" for name, method in METHODS.items() if method.stage == "transform"
}
READINGS = {f"preprocess {name}" for name in SOURCES}
SCRIPTED = {path.stem for path in SCRIPTS.glob("*.py")} - {"train", "transform", "preprocess"}
ALL = SCRIPTED | TRAININGS | TRANSFORMS | READINGS
CLUSTERED = {"kmeans", "gap", "train dec", "train idec", "transform sparse_manifold"}
COMPARED = {"compare", "plot_scores", "report"}
PROBED = {"probe", "cka", "plot_cka"}


STEPS = {
    "__init__.py": NONE,
    "atomic.py": ALL,
    "autoencoder/architectures.py": TRAININGS - {"train contrastive"},
    "autoencoder/variational.py": {"train vae"},
    "cli/results.py": NONE,
    "clustering/_compiled.py": CLUSTERED,
    "clustering/_seeding.py": CLUSTERED,
    "comparison/costs.py": NONE,
    "comparison/order.py": {"report", "track"},
    "comparison/curves.py": {"plot_scores"},
    "comparison/statistics.py": COMPARED,
    "config/methods/base.py": NONE,
    "contrastive/knn.py": {"train contrastive"},
    "data/readers/digits.py": {"preprocess digits"},
    "figures/architecture.py": {"plot_training"},
    "figures/cka.py": {"plot_cka"},
    "metrics/internal.py": COMPARED | PROBED | {"evaluate", "evaluate_clusterer", "gap"},
    "probes/registry.py": COMPARED | {"probe"},
    "networks/checkpoint.py": TRAININGS,
    "networks/epochs.py": TRAININGS,
    "networks/model.py": TRAININGS | {"embed"},
    "records/damage.py": NONE,
    "records/lineage.py": {"report", "track"},
    "records/progress.py": TRAININGS | {"track"} | {"report"},
    "report/template.py": {"report"},
    "steps/kmeans.py": {"kmeans"},
    "steps/probe.py": {"probe"},
    "steps/train.py": TRAININGS,
    "store/_file.py": ALL - {"collect_scores", "download"},
    "tracking/plan.py": {"track"},
    "transforms/pca.py": {"transform pca"},
    "workflow/console.py": NONE,
    "workflow/job.py": ALL,
    "workflow/params.py": NONE,
}


def changed_by(folder, texts):
    """Return the steps whose fingerprints change with each text of a module in a copied package."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shown = subprocess.run(
        [sys.executable, "-c", TAKE, SCRIPTS],
        input=json.dumps(texts), env={"PYTHONPATH": str(folder / "src")},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return {module: set(steps) for module, steps in json.loads(shown).items()}


def source(module):
    return (ROOT / "src" / "aecluster" / module).read_text()


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    texts = {module: f"{source(module)}\nCHANGED = 1\n" for module in STEPS}
    return changed_by(tmp_path_factory.mktemp("changed"), texts)


@pytest.mark.slow
@pytest.mark.parametrize("module", STEPS)
def test_changed_module_changes_the_steps_that_reach_it(changed, module):
    assert changed[module] == STEPS[module]


@pytest.mark.slow
def test_comment_docstring_and_formatting_change_nothing(tmp_path):
    module = "clustering/__init__.py"
    _, _, body = source(module).split('"""')
    text = '"""Another docstring."""\n\n\n# A comment.\n' + body

    assert changed_by(tmp_path, {module: text}) == {module: NONE}


def test_changed_script_changes_its_fingerprint(tmp_path):
    script = tmp_path / "step.py"
    script.write_text("from aecluster.store import Store\nprint(1)\n")
    before = fingerprint(script)
    script.write_text("from aecluster.store import Store\nprint(2)\n")

    assert fingerprint(script) != before


@pytest.fixture
def copied(tmp_path):
    """A copied package: what takes a fingerprint with it, and the file in which it keeps hashes."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))

    def take():
        return subprocess.run(
            [sys.executable, "-c", _FINGERPRINT, SCRIPTS / "kmeans.py"],
            env={"PYTHONPATH": str(tmp_path / "src")}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    return take, tmp_path / "src/aecluster/__pycache__/fingerprints.json"


_FINGERPRINT = """
import sys
from aecluster.workflow.fingerprint import fingerprint
print(fingerprint(sys.argv[1]))
"""


def test_hashes_are_taken_from_an_earlier_start_for_the_very_same_content_only(copied):
    take, kept = copied
    module = kept.parents[1] / "clustering/_lloyd.py"
    first = take()
    hashes = json.loads(kept.read_text())
    kept.write_text(json.dumps({name: [of, "0" * 64] for name, (of, _) in hashes.items()}))
    from_kept = take()
    module.write_text(module.read_text() + "\n")
    of_changed = take()
    kept.unlink()

    assert len({first, from_kept, of_changed}) == 3
    assert take() == first


@pytest.mark.parametrize("content", ["{", "5"])
def test_broken_file_of_hashes_is_as_none(copied, content):
    take, kept = copied
    first = take()
    kept.write_text(content)

    assert take() == first


def test_clustering_does_not_reach_the_autoencoder():
    reached = modules_reached(SCRIPTS / "kmeans.py")

    assert "aecluster.clustering._lloyd" in reached
    assert [name for name in reached if "autoencoder" in name or "tracking" in name] == []


def test_names_that_a_package_hands_on_lazily_are_reached(tmp_path):
    script = tmp_path / "step.py"
    script.write_text("from aecluster.autoencoder import encode\n")

    assert "aecluster.networks.inference" in modules_reached(script)


def test_modules_beside_a_script_are_part_of_its_fingerprint(tmp_path):
    (tmp_path / "step.py").write_text("import beside\n")
    (tmp_path / "beside.py").write_text("x = 1\n")
    before = fingerprint(tmp_path / "step.py")
    (tmp_path / "beside.py").write_text("x = 2\n")

    assert fingerprint(tmp_path / "step.py") != before


def test_modules_that_a_users_file_imports_are_part_of_its_digest(tmp_path):
    (tmp_path / "own.py").write_text("from parts.one import f\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.py").write_text("import two\nf = two.f\n")
    (tmp_path / "two.py").write_text("def f(): return 1\n")
    before = script_digest(tmp_path / "own.py")
    (tmp_path / "two.py").write_text("def f(): return 2\n")

    assert script_digest(tmp_path / "own.py") != before


def test_users_own_transformer_has_a_digest_and_an_installed_one_none(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.py").write_text("class Scaler: factor = 1\n")
    before = own_digest({"transformer": "mine.Scaler"})
    (tmp_path / "mine.py").write_text("class Scaler: factor = 2\n")

    assert own_digest({"transformer": "mine.Scaler"}) not in (None, before)
    assert own_digest({"transformer": "sklearn.preprocessing.StandardScaler"}) is None
    assert own_digest({"transformer": "nowhere.Scaler"}) is None


def test_package_has_no_data_files_that_no_fingerprint_would_see():
    files = [path for path in (ROOT / "src" / "aecluster").rglob("*") if path.is_file()]

    kept = {
        path.suffix
        for path in files
        if path.parent.name != "__pycache__" and path.name != "py.typed"
    }
    # What Python, Numba and the fingerprint keep of the sources is made of them.
    assert kept == {".py"}
