"""What a bare `pip install aecluster` can do, and what it says of the rest.

The tests see only what the package's own requirements bring, by links to what is installed here.
"""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SOURCE = Path(__file__).parents[2] / "src"


def brought_by(name: str) -> dict[str, metadata.Distribution]:
    """Return a distribution and all that it requires, extras left out, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [name]
    while waiting:
        one = metadata.distribution(waiting.pop())
        if one.name in found:
            continue
        found[one.name] = one
        for text in one.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


@pytest.fixture(scope="module")
def light(tmp_path_factory) -> Path:
    """A folder with the packages that the light installation has, for `sys.path`."""
    folder = tmp_path_factory.mktemp("light")
    project = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text())["project"]
    names = [Requirement(text).name for text in project["dependencies"]]
    for distribution in {k: v for name in names for k, v in brought_by(name).items()}.values():
        for top in {file.parts[0] for file in distribution.files or () if ".." not in file.parts}:
            if not (folder / top).exists() and top != "__pycache__":
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder


def run(light: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python without this environment's own packages."""
    path = f"import sys; sys.path += [{str(SOURCE)!r}, {str(light)!r}]\n"
    return subprocess.run(
        [sys.executable, "-S", "-c", path + code, *arguments], capture_output=True, text=True
    )


def test_light_installation_clusters_scores_and_stores(light, tmp_path):
    done = run(
        light,
        f"""
import numpy as np
from aecluster import KMeans, Store, internal_indices
X = np.repeat(np.float32([[0, 0], [9, 9]]), 20, axis=0)
labels = KMeans(2, random_state=0).fit_predict(X)
silhouette, dunn, _ = internal_indices(X, labels)
path = {str(tmp_path / "store.h5")!r}
with Store.create(path, dataset="a", representation="b", source_digest="c") as store:
    store.add_split("test", [X], n=len(X))
with Store(path) as store:
    print(silhouette, len(store["test"]))
""",
    )

    assert (done.stdout, done.stderr) == ("1.0 40\n", "")


@pytest.mark.parametrize(
    ("statement", "needed"),
    [
        ("from aecluster.autoencoder import train_autoencoder", "tensorflow"),
        ("from aecluster.contrastive import nt_xent", "tensorflow"),
        ("from aecluster.autoencoder import load_model", "keras"),
        ("import aecluster.config", "pydantic"),
        ("import aecluster.tracking", "pydantic"),
        ("from aecluster.report import write_report", "jinja2"),
        ("from aecluster.figures.map import draw_map", "matplotlib"),
        ("from aecluster.workflow.fingerprint import fingerprint", "grimp"),
    ],
)
def test_missing_extra_is_named_in_the_last_line(light, statement, needed):
    done = run(light, statement)

    assert re.fullmatch(
        rf"aecluster\.extras\.MissingExtraError: aecluster[\w.]* needs {needed}, which is not "
        r'installed: pip install "aecluster\[workflow\]"',
        done.stderr.splitlines()[-1],
    )


@pytest.mark.parametrize("command", [["runs"], ["ui"], ["plan"], ["schema"], ["diff", "a", "b"]])
def test_command_without_its_extra_says_one_line(light, command):
    done = run(light, "from aecluster.cli import main; sys.exit(main(sys.argv[1:]))", *command)

    assert done.returncode == 1
    assert re.fullmatch(
        r"aecluster: aecluster[\w.]* needs \w+, which is not installed: "
        r'pip install "aecluster\[workflow\]"\n',
        done.stderr,
    )


def test_package_is_imported_without_any_other_package(light):
    done = run(
        light,
        "before = set(sys.modules); import aecluster\n"
        "print(sorted(name for name in set(sys.modules) - before if 'aecluster' not in name "
        "and name.partition('.')[0] not in sys.stdlib_module_names))",
    )

    assert done.stdout == "[]\n"
