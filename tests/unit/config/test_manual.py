import json
from pathlib import Path

import pytest

from aecluster.config import METHODS
from aecluster.config.manual import TABLES, manual, schema, with_tables
from aecluster.data import SOURCES
from aecluster.metrics import METRICS

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def test_schema_and_manual_are_those_of_the_models():
    mend = "config/ is not what the models say: run `make config`"

    assert (ROOT / "config" / "schema.json").read_text() == schema(), mend
    assert (ROOT / "config" / "README.md").read_text() == manual(), mend


def test_tables_in_the_pages_are_those_of_the_registries():
    old = [page.name for page in PAGES if with_tables(page.read_text()) != page.read_text()]

    assert old == [], "docs/ is not what the registries say: run `make config`"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_stands_in_one_page(name):
    mark = f"<!-- made by `make config`: {name} -->\n{TABLES[name]()}<!-- end -->"

    assert sum(page.read_text().count(mark) for page in PAGES) == 1


@pytest.mark.parametrize(
    ("name", "registry"), [("methods", METHODS), ("metrics", METRICS), ("sources", SOURCES)]
)
def test_table_has_a_row_per_entry_of_its_registry(name, registry):
    _, _, *rows = TABLES[name]().splitlines()

    assert [row.split("`")[1] for row in rows] == list(registry)
    assert len({row.count(" | ") for row in rows}) == 1


def test_what_is_not_between_the_comments_stays():
    page = "before\n<!-- made by `make config`: sources -->\nold\n<!-- end -->\nafter\n"

    before, *table, after = with_tables(page).splitlines()

    assert (before, after) == ("before", "after")
    assert "\n".join(table[1:-1]) + "\n" == TABLES["sources"]()


def test_every_key_says_its_effect_and_how_to_choose():
    definitions = json.loads(schema())["$defs"]
    keys = {
        (section, name): key
        for section, model in definitions.items()
        for name, key in model["properties"].items()
    }

    assert set(definitions) >= {method.keys.__name__ for method in METHODS.values()}
    assert [name for name, key in keys.items() if not key.get("description")] == []
    assert [name for name, key in keys.items() if not key.get("how_to_choose")] == []
