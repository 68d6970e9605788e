"""What can be said of the profiles without a cluster."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
import yaml

sys.path.append(str(Path(__file__).parents[1] / "workflow"))

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


@pytest.mark.parametrize("name", PLUGINS)
def test_memory_grows_with_the_attempt_from_what_the_rule_asks_for(name):
    profile = yaml.safe_load((ROOT / "profiles" / name / "profile.yaml").read_text())
    rules = "".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))

    blocks = {block.split(":")[0]: block for block in rules.split("\nrule ")[1:]}
    computing = {rule for rule, block in blocks.items() if "\n    benchmark:" in block}
    assert profile["set-resources"].keys() == computing
    for rule, resources in profile["set-resources"].items():
        asked, _, grows = resources["mem_mb"].partition(" * ")
        assert f"mem_mb={asked}," in blocks[rule]
        assert grows == "attempt"
