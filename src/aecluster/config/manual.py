"""The configuration's documents, made from its models: the JSON schema and the manual."""

import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from aecluster.config import METHODS, Clustering, Dataset, Evaluation, Experiment, Tracking

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
        ("`evaluation`", "evaluation.", Evaluation),
        ("`tracking`", "tracking.", Tracking),
    ]  # fmt: skip
    return _HEAD + "".join(_section(*section) for section in sections)


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
