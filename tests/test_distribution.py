"""What an index and an installer get: a wheel, an sdist, and what they say of themselves."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import BytesParser
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import aecluster

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
VERSION = PROJECT["project"]["version"]
# Of what git tracks, what is of use in a clone alone.
LEFT_OUT = re.compile(r"\.ci/|\.pre-commit-config\.yaml$")

needs_hatchling = pytest.mark.skipif(
    find_spec("hatchling") is None, reason="no hatchling, which builds the package"
)
needs_twine = pytest.mark.skipif(find_spec("twine") is None, reason="no twine")
needs_mypy = pytest.mark.skipif(find_spec("mypy") is None, reason="no mypy")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built) -> zipfile.ZipFile:
    return zipfile.ZipFile(built / f"aecluster-{VERSION}-py3-none-any.whl")


@pytest.fixture(scope="module")
def about(wheel) -> Message:
    """What the wheel says of itself."""
    return BytesParser().parsebytes(wheel.read(f"aecluster-{VERSION}.dist-info/METADATA"))


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {name for name in listed if not LEFT_OUT.match(name)}


@needs_hatchling
def test_sdist_holds_all_that_a_clone_does(built):
    with tarfile.open(built / f"aecluster-{VERSION}.tar.gz") as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert tracked() <= names


@needs_hatchling
def test_wheel_holds_the_package_and_the_workflow(wheel):
    names = set(wheel.namelist())
    package = {name.removeprefix("src/") for name in tracked("src")}
    bundled = {
        f"aecluster/bundled/{name}"
        for name in tracked("CITATION.cff", "Snakefile", "config", "envs", "profiles", "workflow")
    }

    assert package | bundled <= names
    assert {name for name in names if name.endswith(".py") and "bundled" not in name} <= package


@needs_hatchling
@needs_twine
def test_index_would_take_and_show_them(built):
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *built.glob("aecluster-*")],
        capture_output=True, text=True,
    )  # fmt: skip

    assert done.stdout.count("PASSED") == 2, done.stdout


@needs_hatchling
def test_description_leads_to_the_repository_from_wherever_it_is_shown(about):
    text = about.get_payload()
    targets = re.findall(r"\]\(([^)]+)\)", text)
    source = PROJECT["project"]["urls"]["Source"]

    assert len(targets) > 20
    assert [target for target in targets if not target.startswith("https://")] == []
    assert [f"{source}/raw/main/docs/clusters.png"] == re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert "```mermaid" not in text


@needs_hatchling
def test_wheel_says_who_made_it_and_what_it_needs(about):
    requirements = about.get_all("Requires-Dist")
    always = [text for text in requirements if "extra ==" not in text]

    assert about["Author"] == "The aecluster authors"
    assert about["License-Expression"] == "MIT"
    assert about.get_all("Provides-Extra") == ["umap", "workflow"]
    assert len(always) == 7
    assert {url.partition(",")[0] for url in about.get_all("Project-URL")} >= {"Source", "Issues"}


def test_all_addresses_are_below_the_one_of_the_repository():
    text = (ROOT / "pyproject.toml").read_text()
    source = PROJECT["project"]["urls"]["Source"]

    assert [url for url in re.findall(r"https://[^\s'\"\\]+", text) if not url.startswith(source)] \
        == []  # fmt: skip


def test_version_is_the_same_wherever_it_stands():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())

    assert citation["version"] == VERSION
    assert aecluster.__version__ == VERSION


@needs_hatchling
@pytest.mark.workflow
def test_folder_made_from_a_wheel_plans_its_experiment(wheel, tmp_path):
    wheel.extractall(tmp_path / "installed")  # noqa: S202 - the project's own
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    programs = Path(sys.executable).parent

    def run(*command: object, cwd: Path) -> str:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    said = run(programs / "aecluster", "init", "work", cwd=tmp_path)
    planned = run(
        *(programs / "snakemake", "--dry-run", "--configfile", "config/demo.yaml"),
        cwd=tmp_path / "work",
    )

    assert said.splitlines()[0] == "work: Snakefile, config/, profiles/"
    assert "Training sparse_ae on digits" in planned
    assert "using workflow specific profile profiles/default" in planned.lower()


CLIENT = """
import numpy as np

import aecluster
from aecluster import KMeans, Store, internal_indices
from aecluster.autoencoder import build_autoencoder, train_autoencoder
from aecluster.metrics import clustering_accuracy, dunn_index, score_clustering, silhouette_score

X = np.zeros((4, 2), dtype=np.float32)
model = KMeans(n_clusters=2, random_state=0).fit(X)
labels = model.predict(X)
silhouette, dunn, of_each_point = internal_indices(X, labels)
total: float = silhouette_score(X, labels) + dunn_index(X, labels) + clustering_accuracy([0], [0])
scores: dict[str, float] = score_clustering(X, labels)
version: str = aecluster.__version__
with Store("store.h5") as store:
    print(store.dataset, len(store["test"]), silhouette, dunn, of_each_point.shape, total, scores)
print(build_autoencoder, train_autoencoder, model.transform(X).shape)
demo = aecluster.load_experiment("demo")
rows: list[dict[str, object]] = [dict(row) for row in demo.scores]
clustering = demo.clustering("pixels", k=10)
clustering = aecluster.load_clustering("results/digits/pixels/test/k10-s0.h5")
sizes = [int((clustering.labels == cluster).sum()) for cluster in range(clustering.k)]
for point in clustering.nearest(X, n=1)[0]:
    print(point.row, point.class_name, clustering.predict("image.png").shape, sizes, rows)
"""


@needs_mypy
@pytest.mark.slow
def test_types_of_a_client_are_checked_and_a_wrong_one_is_found(tmp_path):
    (tmp_path / "client.py").write_text(CLIENT)
    (tmp_path / "wrong.py").write_text("from aecluster import KMeans\nKMeans(n_clusters='2')\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "client.py",
         "wrong.py"],
        cwd=tmp_path, env=os.environ | {"MYPYPATH": str(ROOT / "src")},
        capture_output=True, text=True,
    )  # fmt: skip

    assert [line.partition(":")[0] for line in done.stdout.splitlines()[:-1]] == ["wrong.py"]
    assert 'expected "int"' in done.stdout
