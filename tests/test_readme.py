"""What README shows must be what there is."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def rule_graph():
    """Every edge between rules, as Snakemake draws them."""
    snakemake = Path(sys.executable).with_name("snakemake")
    drawn = subprocess.run(
        [snakemake, "--rulegraph", "mermaid-js", "--forceall"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    names = dict(re.findall(r"(id\d+)\[(\w+)\]", drawn))
    return {(names[a], names[b]) for a, b in re.findall(r"(id\d+) --> (id\d+)", drawn)}


@pytest.mark.workflow
def test_picture_shows_every_rule_and_only_true_arrows(rule_graph):
    [picture] = re.findall(r"```mermaid\n(.*?)```", README, re.DOTALL)
    chains = [line.split(" --> ") for line in picture.splitlines() if "-->" in line]
    arrows = {(a.strip(), b.strip()) for chain in chains for a, b in pairwise(chain)}

    assert {rule for arrow in arrows for rule in arrow} == (
        {rule for arrow in rule_graph for rule in arrow} - {"all"}
    )
    assert arrows <= rule_graph


def test_links_lead_to_files():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_targets_exist():
    targets = set(re.findall(r"`?make (\w+)", README))
    makefile = (ROOT / "Makefile").read_text()

    assert targets >= {"demo", "run", "ui", "plan", "test"}
    assert [t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


def test_tracked_top_level_is_explained():
    listed = subprocess.run(
        ["git", "ls-tree", "-d", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()

    folders = [name for name in listed if not name.startswith(".")]
    assert [name for name in folders if f"`{name}/`" not in README] == []
