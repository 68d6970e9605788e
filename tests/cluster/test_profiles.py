"""What can be said of the profiles without a cluster."""

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest
import yaml

from project import ROOT, Project

pytestmark = pytest.mark.workflow

PLUGINS = {
    "slurm": ["snakemake_executor_plugin_slurm"],
    "kubernetes": ["snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_s3"],
}


@pytest.fixture
def project(tmp_path) -> Project:
    experiment = {
        "experiment": "demo",
        "dataset": {"name": "digits", "source": "digits"},
        "clustering": {"k": [10]},
    }
    return Project.create(tmp_path / "project", experiment)


@pytest.mark.parametrize("name", PLUGINS)
def test_profile_is_read_together_with_the_default_one(project, name):
    if lacking := [plugin for plugin in PLUGINS[name] if not importlib.util.find_spec(plugin)]:
        pytest.skip(f"{', '.join(lacking)} is not installed")

    # Where the plugins are, beside the project's own library.
    path = [str(project.folder / "src"), *(str(Path(entry).resolve()) for entry in sys.path[1:])]
    done = project.run(
        *("--profile", f"profiles/{name}", "--configfile", "experiment.yaml", "--lint"),
        PYTHONPATH=os.pathsep.join(path),
    )

    assert f"profiles/{name} and workflow specific profile profiles/default" in done.stderr
    assert "error: " not in done.stderr


def test_slurm_submits_every_rule_by_itself_that_makes_a_space_and_groups_all_others():
    rules = {
        path.stem: set(
            re.findall(r"^(?:use rule \w+ as|rule) (\w+)", path.read_text(), re.MULTILINE)
        )
        for path in (ROOT / "workflow/rules").glob("*.smk")
    }
    alone = rules.pop("data") | rules.pop("representations")
    groups = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text())["groups"]

    assert alone >= {"preprocess", "train", "encode"}
    assert set(groups) == set().union(*rules.values())


def test_memory_that_depends_on_the_data_grows_with_the_attempt():
    rules = ROOT / "workflow/rules"
    functions = (rules / "memory.smk").read_text().split("\ndef ")[1:]
    asked = re.findall(r"mem_mb=([a-z]\w+)", "".join(p.read_text() for p in rules.glob("*.smk")))

    assert {function.partition("(")[0] for function in functions} == set(asked)
    for function in functions:
        returned = re.findall(r"return (\w+) ", function)
        assert returned
        assert set(returned) == {"attempt"}
