"""The places that CONTRIBUTING.md names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
# A place is a link from a name to the file that has it.
PLACES = re.findall(r"\[`(\w+)`\]\((.+?)\)", PAGE)
ADDITIONS = re.findall(r"^\| (.+?) \| (\d) \| (.+) \|$", PAGE, re.MULTILINE)
FINDINGS = re.findall(r"^\| (where .+?) \| (.+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_place_has_what_it_is_named_for(name, path):
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text())


@pytest.mark.parametrize(("kind", "n", "which"), ADDITIONS)
def test_as_many_places_are_named_as_are_counted(kind, n, which):
    assert which.count("](") == int(n), kind


def test_every_kind_of_addition_and_every_search_has_its_row():
    kinds = [kind for kind, _, _ in ADDITIONS]
    searches = [search for search, _ in FINDINGS]

    assert len(kinds) >= 7
    assert len(searches) == 5
    assert all("](" in where for _, where in FINDINGS)


def test_files_named_in_prose_are_there():
    names = re.findall(r"`((?:src|tests|workflow|envs|benchmarks)/[\w/.]*)`", PAGE)

    assert [name for name in names if not (ROOT / name).exists()] == []
