"""The locks must hold what pyproject asks for, and nothing may be in them without a hash."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("cpu", "gpu")


def wanted() -> list[Requirement]:
    """Return every requirement of pyproject that the locks are made from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    named = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        # Beside requirements it names another group, which is the next line.
        [text for text in groups["dev"] if isinstance(text, str)],
        groups["docs"],
    ]
    return [Requirement(text) for texts in named for text in texts]


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions of every package in a lock; there are several for several systems."""
    versions: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)",
        (ROOT / "envs" / f"{name}.txt").read_text(),
        re.MULTILINE,
    ):
        versions.setdefault(canonicalize_name(package), set()).add(version)
    return versions


@pytest.mark.parametrize("name", LOCKS)
def test_lock_has_what_pyproject_asks_for_in_versions_that_it_allows(name):
    versions = locked(name)

    unmet = [
        str(requirement)
        for requirement in wanted()
        if not any(
            requirement.specifier.contains(version)
            for version in versions.get(canonicalize_name(requirement.name), ())
        )
    ]

    assert unmet == [], f"envs/{name}.txt: run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_a_hash(name):
    text = (ROOT / "envs" / f"{name}.txt").read_text()

    packages = re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", text, re.MULTILINE | re.DOTALL)

    assert len(packages) > 100
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def test_gpu_lock_differs_from_the_cpu_lock_by_cuda_alone():
    cpu, gpu = locked("cpu"), locked("gpu")

    assert {name for name in gpu if cpu.get(name) != gpu[name]} == {
        name for name in gpu if name.startswith("nvidia-")
    }
    assert cpu.keys() <= gpu.keys()


@pytest.mark.parametrize("name", LOCKS)
def test_conda_environment_installs_its_own_lock(name):
    script = (ROOT / "envs" / f"{name}.post-deploy.sh").read_text()

    assert f"--requirement envs/{name}.txt" in script
    assert (ROOT / "envs" / f"{name}.post-deploy.sh").stat().st_mode & 0o100


def test_image_holds_all_that_the_workflow_reads():
    copied = set(re.findall(r"^COPY (.+) \S+$", (ROOT / "Containerfile").read_text(), re.MULTILINE))

    names = {name for line in copied for name in line.split()}
    assert names >= {"Snakefile", "config", "envs", "profiles", "src", "workflow", "pyproject.toml"}
    assert [name for name in names if not (ROOT / name).exists()] == []
