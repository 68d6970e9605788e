"""Documents made from models and registries: the JSON schema, the manual, tables in other pages.

A table in a page of `docs/` stands between two comments that name it::

    <!-- made by `make config`: methods -->
    | method | ...
    <!-- end -->

``python -m aecluster.config.manual docs/*.md`` makes the tables of these pages anew.
"""

import json
import re
import sys
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from aecluster.config import (
    CLUSTERERS,
    METHODS,
    Clustering,
    Dataset,
    Evaluation,
    Experiment,
    Method,
    Tracking,
)
from aecluster.data.sources import SOURCES
from aecluster.metrics import METRICS, Metric
from aecluster.probes.registry import PROBES

_HEAD = """\
# Configuration

<!-- Made by `make config` from the models in src/aecluster/config/. -->

An experiment file is complete in itself: `snakemake --cores all --configfile config/demo.yaml` replaces `config/config.yaml`, nothing is merged.
A key with a default may be left out; an unknown key, or a value out of range, is an error of one line before anything runs.
Editors that speak YAML complete and check the keys: the first line of a file names `schema.json`.

To change something for one run, name top-level keys on the command line; they are merged into the file's:

```
snakemake --cores all --config 'seeds=[0,1,2]' 'clustering={k: [5, 10]}'
```

Where threads, memory and executors are chosen: `profiles/`.
"""

_MARKED = re.compile(r"(<!-- made by `make config`: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

_RANGES = {"ge": "at least {}", "gt": "above {}", "le": "at most {}", "lt": "below {}"}


def schema() -> str:
    """Return the JSON schema of experiment files, by which editors complete and check them.

    Returns
    -------
    str
        JSON, indented.
    """
    found = Experiment.model_json_schema()
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | found, indent=2) + "\n"


def manual() -> str:
    """Return the manual of the configuration: every key, its effect and how to choose it.

    Returns
    -------
    str
        Markdown.
    """
    sections = [
        ("The file", "", Experiment),
        ("`dataset`", "dataset.", Dataset),
        *((f"`representations.<name>` with `method: {name}`", "", method.keys,
           f"{method.label}: {method.reference}")
          for name, method in METHODS.items()),
        ("`clustering`", "clustering.", Clustering),
        *((f"`clusterers.<name>` with `method: {name}`", "", clusterer.keys,
           f"{clusterer.label}: {clusterer.reference}")
          for name, clusterer in CLUSTERERS.items()),
        ("`evaluation`", "evaluation.", Evaluation),
        ("`tracking`", "tracking.", Tracking),
    ]  # fmt: skip
    return _HEAD + "".join(_section(*section) for section in sections)


def table_of_methods() -> str:
    """Return what a representation can be: a row of Markdown per method."""
    return _table(
        ("method", "what its vectors are", "made from", "reference"),
        (
            (f"`{name}`", method.description, _made_from(method), method.reference)
            for name, method in METHODS.items()
        ),
    )


def _made_from(method: Method) -> str:
    bases = method.keys.model_fields.get("of")
    if bases is None:
        base = "the source" if method.stage == "read" else "the pixels"
    else:
        base = "one representation" if bases.annotation is str else "several representations"
    trained = ", by training a network once per seed" if method.stage == "train" else ""
    return base + trained


def table_of_clusterers() -> str:
    """Return what can cluster beside K-Means: a row of Markdown per clusterer."""
    return _table(
        ("method", "what its clusters are", "reference"),
        (
            (f"`{name}`", clusterer.description, clusterer.reference)
            for name, clusterer in CLUSTERERS.items()
        ),
    )


def table_of_sources() -> str:
    """Return where images can come from: a row of Markdown per source."""
    return _table(
        ("source", "what it holds", "`dataset.path`", "reference"),
        (
            (f"`{name}`", source.description, source.files, source.reference)
            for name, source in SOURCES.items()
        ),
    )


def table_of_metrics() -> str:
    """Return what clusterings are scored by: a row of Markdown per metric."""
    return _table(
        ("score", "what it says", "what it looks at", "range", "better", "reference"),
        (
            (
                f"`{name}`",
                metric.description,
                _looks_at(metric),
                f"{metric.minimum:g} to {metric.maximum:g}".replace("inf", "∞"),
                "higher" if metric.greater_is_better else "lower",
                metric.reference,
            )
            for name, metric in METRICS.items()
        ),
    )


def table_of_probes() -> str:
    """Return what representations are scored by themselves: a row of Markdown per probe."""
    return _table(
        ("score", "what it says", "range", "better", "reference"),
        (
            (
                f"`{name}`",
                probe.description,
                f"{probe.minimum:g} to {probe.maximum:g}".replace("inf", "∞"),
                "higher" if probe.greater_is_better else "lower",
                probe.reference,
            )
            for name, probe in PROBES.items()
        ),
    )


def _looks_at(metric: Metric) -> str:
    if metric.kind == "external":
        return "labels and classes"
    if metric.kind == "partition":
        return "sizes of the clusters"
    return "distances" + ", in named spaces too" * metric.in_other_spaces


# By the names that stand in the comments around them.
TABLES = {
    "clusterers": table_of_clusterers,
    "methods": table_of_methods,
    "metrics": table_of_metrics,
    "probes": table_of_probes,
    "sources": table_of_sources,
}


def with_tables(page: str) -> str:
    r"""Return a page of Markdown with the tables between its comments made anew.

    Parameters
    ----------
    page : str
        Markdown, with the names of `TABLES` in comments.

    Returns
    -------
    str

    Examples
    --------
    >>> page = "<!-- made by `make config`: sources -->\nold\n<!-- end -->"
    >>> with_tables(page).splitlines()[1]
    '| source | what it holds | `dataset.path` | reference |'
    """
    return _MARKED.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], page)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _section(title: str, prefix: str, model: type[BaseModel], source: str = "") -> str:
    lines = [
        f"\n## {title}\n",
        f"{(model.__doc__ or '').strip()}\n",
        *([f"{source}\n"] if source else []),
        "| key | values | default | effect | how to choose |",
        "| --- | --- | --- | --- | --- |",
        *(_row(prefix + name, key) for name, key in model.model_fields.items()),
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, key: FieldInfo) -> str:
    extra = key.json_schema_extra if isinstance(key.json_schema_extra, dict) else {}
    cells = [
        f"`{name}`",
        "; ".join(_values(key)),
        "required" if key.is_required() else _default(key),
        key.description or (key.annotation.__doc__ or "").strip(),
        str(extra.get("how_to_choose", "")),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(key: FieldInfo) -> str:
    if isinstance(key.default, BaseModel):
        return "those below"
    return f"`{json.dumps(key.default)}`"


def _values(key: FieldInfo) -> Iterator[str]:
    yield _type(key.annotation, key)
    for constraint in key.metadata:
        for name, words in _RANGES.items():
            if (bound := getattr(constraint, name, None)) is not None:
                yield words.format(f"{bound:,}" if isinstance(bound, int) else bound)


def _type(annotation: Any, key: FieldInfo | None = None) -> str:
    extra = key.json_schema_extra if key and isinstance(key.json_schema_extra, dict) else {}
    if "enum" in extra:
        return ", ".join(f"`{value}`" for value in extra["enum"])
    origin, arguments = get_origin(annotation), get_args(annotation)
    match origin:
        case _ if origin is Literal:
            return ", ".join(f"`{value}`" for value in arguments)
        case _ if origin is Annotated:
            return _type(arguments[0])
        case _ if origin is list and arguments == (Dataset,):
            return "list of such keys"
        case _ if origin is list:
            return f"list of {_type(arguments[0])}s"
        case _ if origin is dict:
            return "names with what is below"
        case _ if origin in (Union, types.UnionType):
            return " or ".join(_type(argument) for argument in arguments)
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`",
             type(None): "`null`"}  # fmt: skip
    return names.get(annotation, "keys below")


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(with_tables(path.read_text()))
