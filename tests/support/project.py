"""Projects to run the real workflow in: copies of this one, with experiments of seconds."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from launcher import run_snakemake

ROOT = Path(__file__).parents[2]
PARTS = ["CITATION.cff", "Snakefile", "config", "envs", "profiles", "src", "workflow"]

# Real CIFAR-10, which is never in the repository, and the marks of a test that needs it.
CIFAR10 = ROOT.parent / "shared" / "data" / "cifar10-jpeg.tar.gz"
ON_CIFAR10 = [
    pytest.mark.cifar10,
    pytest.mark.skipif(not CIFAR10.exists(), reason="no ../shared/data/cifar10-jpeg.tar.gz"),
]

# OpenBLAS waits for its second thread by spinning: beside another worker's jobs, a decomposition of
# 300 x 256 values takes 30 times the processor time that it takes on one thread.
ON_ONE_THREAD = ("--no-hooks", "--max-threads", "1")

# With these, nothing may have been imported before: where packages are looked for, and where a
# `sitecustomize` that the test has put on that path writes what it sees.
STARTED_ANEW = {"PYTHONPATH", "IMPORTS", "USED"}

DIGITS = {
    "experiment": "demo",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {
        "pixels": {"method": "pixels"},
        "sparse_ae": {"method": "autoencoder", "epochs": 4, "batch_size": 32},
    },
    "clustering": {"k": [10]},
    "seeds": [0],
}


@dataclass(frozen=True)
class Schedule:
    """What a dry run says: how many jobs of each rule, and the message of each job."""

    rules: dict[str, int]
    titles: frozenset[str]

    def of(self, word: str) -> set[str]:
        """Return the titles with a word in them."""
        return {title for title in self.titles if re.search(rf"\b{word}\b", title)}


class Project:
    """A project folder that is run by the command line."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def create(cls, folder: Path, experiment: dict) -> "Project":
        folder.mkdir()
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source,
                    folder / part,
                    ignore=shutil.ignore_patterns("*.egg-info"),
                )
            else:
                shutil.copy2(source, folder / part)
        project = cls(folder)
        project.write(experiment)
        return project

    def copy(self, folder: Path) -> "Project":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def write(self, experiment: dict, name: str = "experiment.yaml") -> str:
        """Write an experiment file and return its name."""
        (self.folder / name).write_text(yaml.safe_dump(experiment, sort_keys=False))
        return name

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = (self.folder / path).read_text()
        assert text.count(old) == 1, f"{path}: {old!r} stands {text.count(old)} times"
        (self.folder / path).write_text(text.replace(old, new))

    def run(self, *arguments: str, program: str = "snakemake", **environment: str):
        """Run a program of the environment in the folder, with the folder's own library."""
        if program == "snakemake" and not STARTED_ANEW & environment.keys():
            return run_snakemake(arguments, self.folder, self._environment() | environment)
        return subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=self.folder,
            env=self._environment() | environment,
            capture_output=True,
            text=True,
        )

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """Start Snakemake in the folder, and write what it says to `said.txt`."""
        with (self.folder / "said.txt").open("w") as said:
            return subprocess.Popen(
                [Path(sys.executable).with_name("snakemake"), *arguments],
                cwd=self.folder,
                env=self._environment() | environment,
                stdout=said,
                stderr=said,
            )

    def _environment(self) -> dict[str, str]:
        before = {name: value for name, value in os.environ.items() if "MLFLOW" not in name}
        path = os.pathsep.join([str(self.folder / "src"), str(self.folder / "witness")])
        return before | {"PYTHONPATH": path}

    def make(self, *arguments: str, file: str = "experiment.yaml", **environment: str) -> str:
        """Run the workflow to its end and return what it said."""
        done = self.run("--cores", "2", "--configfile", file, *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def schedule(self, *arguments: str, file: str = "experiment.yaml") -> Schedule:
        """Return what would run."""
        done = self.run("--dry-run", "--configfile", file, *arguments)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        if "Nothing to be done" in said:
            return Schedule({}, frozenset())
        table = said.split("Job stats:")[-1]
        rules = {name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
        titles = frozenset(re.findall(r"^Job [1-9]\d*: (.+)$", said, re.MULTILINE))
        return Schedule({n: k for n, k in rules.items() if n not in ("all", "total")}, titles)

    def record(self, path: str) -> dict:
        return json.loads((self.folder / path).read_text())
