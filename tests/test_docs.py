"""Pages must lead to each other, and name what there is."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
# Pages of the site alone: the first one, and those that are made of files elsewhere.
OF_THE_SITE = {"index.md", "configuration.md", "contributing.md", "commands.md"}
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "config" / "README.md", *PAGES]
ESTIMATE = re.compile(r"-?\d+\.\d{4} ± \d\.\d{4}")
_CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _CODE_BLOCK.sub("", page.read_text())


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page))


def estimates_of(name: str, heading: str) -> dict[str, set[str]]:
    """Return the means with their intervals in the table below a heading, by representation."""
    page = (DOCS / name).read_text().replace("**", "")  # the best of a column is bold
    section = page.partition(heading)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)`(.*)$", section, re.MULTILINE)
    found: dict[str, set[str]] = {}
    for representation, cells in rows:
        found.setdefault(representation, set()).update(ESTIMATE.findall(cells))
    return found


def pages_from(index: Path) -> set[Path]:
    """Return the pages of docs that a page links to."""
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    return linked & set(PAGES)


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    broken = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_page_is_reached_from_readme_and_on_the_site():
    index = (DOCS / "index.md").read_text()
    on_the_site = {DOCS / f"{name}.md" for name in re.findall(r"^([\w/]+)$", index, re.MULTILINE)}

    assert set(PAGES) - {DOCS / name for name in OF_THE_SITE} <= pages_from(ROOT / "README.md")
    assert set(PAGES) - {DOCS / "index.md"} <= on_the_site


def test_notebook_is_the_page():
    page = re.findall(r"```python\n(.*?)\n```", (DOCS / "python.md").read_text(), re.DOTALL)
    notebook = json.loads((DOCS / "python.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"]
             if cell["cell_type"] == "code"]  # fmt: skip

    assert cells == page


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_and_modules_exist(page):
    named = re.findall(r"`([^`\n]+)`", prose(page))
    files = [
        word
        for span in named
        for word in span.split()
        if re.fullmatch(r"(src|tests|benchmarks|config|envs|profiles|workflow|docs)/[\w./-]+", word)
    ]
    modules = [span for span in named if re.fullmatch(r"aecluster(\.[a-z_]+)+", span)]

    assert [name for name in files if not (ROOT / name).exists()] == []
    assert [name for name in modules if find_spec(name) is None] == []


def test_table_of_kmeans_has_every_module():
    rows = re.findall(r"^\| ((?:`_\w+`(?:, )?)+) \|", (DOCS / "kmeans.md").read_text(), re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    folder = ROOT / "src" / "aecluster" / "clustering"
    assert named == {path.stem for path in folder.glob("_*.py")} - {"__init__"}


@pytest.mark.parametrize("page", ["README.md", "docs/published.md"])
def test_scores_shown_twice_are_the_same(page):
    tables = {
        "gray": estimates_of("results.md", "## A sweep over k and seeds"),
        "in colour": estimates_of("results.md", "## Twenty representations"),
    }
    # The kind of images stands in the row, or in the head of its table.
    kind = None
    shown = []
    for line in (ROOT / page).read_text().splitlines():
        kind = next((name for name in tables if line.startswith("|") and name in line), kind)
        if found := ESTIMATE.findall(line):
            shown.append((kind, re.match(r"\| `(\w+)`", line)[1], found))

    assert len(shown) >= 6
    assert [row for row in shown if not set(row[2]) <= tables[row[0]][row[1]]] == []


@pytest.fixture(scope="module")
def rule_graph():
    """Every edge between rules, as Snakemake draws them, of an experiment with every kind."""
    snakemake = Path(sys.executable).with_name("snakemake")
    kinds = (
        "representations={pixels: {method: pixels}, rebuilt: {method: autoencoder}, "
        "encoded: {method: contrastive}, atoms: {method: sparse_manifold}}"
    )
    drawn = subprocess.run(
        [snakemake, "--rulegraph", "mermaid-js", "--forceall", "--config", kinds],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    names = dict(re.findall(r"(id\d+)\[(\w+)\]", drawn))
    return {(names[a], names[b]) for a, b in re.findall(r"(id\d+) --> (id\d+)", drawn)}


@pytest.mark.workflow
def test_diagram_shows_every_rule_and_only_true_arrows(rule_graph):
    [picture] = re.findall(r"```mermaid\n(.*?)```", (DOCS / "workflow.md").read_text(), re.DOTALL)
    chains = [line.split(" --> ") for line in picture.splitlines() if "-->" in line]
    arrows = {(a.strip(), b.strip()) for chain in chains for a, b in pairwise(chain)}

    assert {rule for arrow in arrows for rule in arrow} == (
        {rule for arrow in rule_graph for rule in arrow} - {"all"}
    )
    assert arrows <= rule_graph
