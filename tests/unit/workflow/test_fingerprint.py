import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aecluster.workflow.fingerprint import fingerprint, modules_reached

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "workflow" / "scripts"


@pytest.fixture
def library(tmp_path):
    """A copy of the package and its scripts, and a function that takes a fingerprint there."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copytree(SCRIPTS, tmp_path / "scripts")

    def take(step):
        code = "import sys; from aecluster.workflow import fingerprint as module; "
        code += "print(module.fingerprint(sys.argv[1]))"
        command = [sys.executable, "-c", code, tmp_path / "scripts" / f"{step}.py"]
        environment = {"PYTHONPATH": str(tmp_path / "src")}
        shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return shown.stdout.strip()

    return tmp_path, take


@pytest.mark.parametrize(
    ("module", "steps"),
    [
        ("clustering/_seeding.py", {"kmeans"}),
        ("metrics/internal.py", {"compare", "evaluate", "plot_scores", "report"}),
        ("data/digits.py", {"download", "preprocess"}),
        ("autoencoder/model.py", {"embed", "encode", "train"}),
        ("tracking/plan.py", {"track"}),
    ],
)
def test_changed_module_changes_the_steps_that_reach_it(library, module, steps):
    folder, take = library
    names = sorted(path.stem for path in SCRIPTS.glob("*.py"))
    before = {step: take(step) for step in names}
    with (folder / "src" / "aecluster" / module).open("a") as file:
        file.write("\nCHANGED = 1\n")

    assert {step for step in names if take(step) != before[step]} == steps


def test_comment_docstring_and_formatting_change_nothing(library):
    folder, take = library
    before = take("kmeans")
    path = folder / "src" / "aecluster" / "clustering" / "__init__.py"
    _, _, body = path.read_text().split('"""')
    path.write_text('"""Another docstring."""\n\n\n# A comment.\n' + body)

    assert take("kmeans") == before


def test_changed_script_changes_its_fingerprint(tmp_path):
    script = tmp_path / "step.py"
    script.write_text("from aecluster.store import Store\nprint(1)\n")
    before = fingerprint(script)
    script.write_text("from aecluster.store import Store\nprint(2)\n")

    assert fingerprint(script) != before


def test_clustering_does_not_reach_the_autoencoder():
    reached = modules_reached(SCRIPTS / "kmeans.py")

    assert "aecluster.clustering._lloyd" in reached
    assert [name for name in reached if "autoencoder" in name or "tracking" in name] == []
