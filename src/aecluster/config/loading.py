"""Check an experiment file, and say what is wrong in one line per key."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from aecluster.config.clusterers import CLUSTERERS, Clusterer
from aecluster.config.dataset import Dataset
from aecluster.config.experiment import Experiment
from aecluster.config.grid import expand_grids
from aecluster.config.keys import expected_one_of, suggestion
from aecluster.config.methods import METHODS, Method
from aecluster.errors import ConfigError

_COMMAND_LINE = "--config"


def load_experiment(
    config: Mapping[str, Any], origin: str, overrides: Mapping[str, Any] | None = None
) -> Experiment:
    """Return the checked experiment with all its defaults.

    Parameters
    ----------
    config : mapping
        What an experiment file holds, with overrides merged in.
    origin : str
        Where it comes from, to begin error messages with.
    overrides : mapping, optional
        What of `config` the command line says: errors in that blame `--config`.

    Returns
    -------
    Experiment

    Raises
    ------
    ConfigError
        One line for each key that is unknown, missing or has a value that cannot be.

    Examples
    --------
    >>> load_experiment({"experiment": "demo", "sedes": [1]}, "demo.yaml")
    Traceback (most recent call last):
        ...
    aecluster.errors.ConfigError: demo.yaml: dataset: missing
    demo.yaml: representations: missing
    demo.yaml: sedes: unknown key; did you mean 'seeds'?
    """
    found = config.get("representations")
    try:
        if isinstance(found, Mapping):
            config = {**config, "representations": expand_grids(found)}
        return Experiment.model_validate(config)
    except ConfigError as error:
        raise ConfigError(f"{blamed(str(error), origin, overrides)}: {error}") from None
    except ValidationError as error:
        problems = [_explain(found) for found in error.errors(include_url=False)]
        lines = [f"{blamed(text, origin, overrides)}: {text}" for text in problems]
        raise ConfigError("\n".join(lines)) from None


def blamed(problem: str, origin: str, overrides: Mapping[str, Any] | None) -> str:
    """Return where a problem comes from: the command line, if one of its keys was given there.

    Parameters
    ----------
    problem : str
        Begins with a key, or with several and `and` between the last two.
    origin : str
        The file.
    overrides : mapping or None
        What the command line says.

    Returns
    -------
    str

    Examples
    --------
    >>> blamed("clustering.k.0: found 1", "demo.yaml", {"clustering": {"k": [1]}})
    '--config'
    >>> blamed("clustering.tol: found -1", "demo.yaml", {"clustering": {"k": [1]}})
    'demo.yaml'
    """
    keys = re.split(r", | and ", problem.partition(": ")[0])
    is_given = any(_is_in(key.split("."), overrides or {}) for key in keys)
    return _COMMAND_LINE if is_given else origin


def _is_in(path: Iterable[str], overrides: Mapping[str, Any]) -> bool:
    there: Any = overrides
    for part in path:
        if not isinstance(there, Mapping):
            break  # a whole value was given
        if part not in there:
            return False
        there = there[part]
    return True


def _explain(found: Any) -> str:
    path = list(found["loc"])
    if path[:1] in (["representations"], ["clusterers"]) and len(path) > 2:
        # pydantic names the member of the union behind the key that the user wrote.
        del path[2]
    if path[:1] == ["dataset"] and len(path) > 1:
        # The same: one or several.
        del path[1]
    where = ".".join(str(part) for part in path) or "the file"
    match found["type"]:
        case "extra_forbidden":
            keys = _keys_beside(found["loc"])
            return f"{where}: unknown key{suggestion(str(path[-1]), keys) or _known(keys)}"
        case "missing":
            return f"{where}: missing"
        case "union_tag_not_found":
            return f"{where}.method: missing, expected one of {', '.join(_methods_of(path))}"
        case "union_tag_invalid":
            method = str(found["ctx"]["tag"])
            known = _methods_of(path)
            return f"{where}.method: found {method!r}, {expected_one_of(known, method)}"
        case "model_attributes_type" | "model_type" | "dict_type":
            return f"{where}: found {found['input']!r}, expected keys with values"
        case "too_short":
            least = found["ctx"]["min_length"]
            return f"{where}: found {found['input']!r}, expected a list of at least {least}"
        case "value_error" if not path:
            return str(found["ctx"]["error"])
        case "value_error":
            return f"{where}: found {found['input']!r}, {found['ctx']['error']}"
        case _:
            message = found["msg"].removeprefix("Input should be ")
            return f"{where}: found {found['input']!r}, expected {message}"


def _methods_of(path: Sequence[int | str]) -> Mapping[str, Method | Clusterer]:
    """Return what a key `method` can say in a section: what makes vectors, or clusters."""
    return CLUSTERERS if path[0] == "clusterers" else METHODS


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    known = _methods_of(loc)
    for part in reversed(loc[:-1]):
        if part in known:
            return list(known[str(part)].keys.model_fields)
    if loc[0] == "dataset":
        return list(Dataset.model_fields)
    section = Experiment
    for part in loc[:-1]:
        section = section.model_fields[str(part)].annotation
    return list(section.model_fields)


def _known(keys: list[str]) -> str:
    return f", expected one of {', '.join(keys)}"
