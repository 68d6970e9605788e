"""Check an experiment file, and say what is wrong in one line per key."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from aecluster.config.dataset import Dataset
from aecluster.config.experiment import Experiment
from aecluster.config.grid import expand_grids
from aecluster.config.keys import expected_one_of, suggestion
from aecluster.config.methods import METHODS
from aecluster.errors import ConfigError


def load_experiment(config: Mapping[str, Any], origin: str) -> Experiment:
    """Return the checked experiment with all its defaults.

    Parameters
    ----------
    config : mapping
        What an experiment file holds, with overrides merged in.
    origin : str
        Where it comes from, to begin error messages with.

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
        raise ConfigError(f"{origin}: {error}") from None
    except ValidationError as error:
        problems = [f"{origin}: {_explain(found)}" for found in error.errors(include_url=False)]
        raise ConfigError("\n".join(problems)) from None


def _explain(found: Any) -> str:
    path = list(found["loc"])
    if path[:1] == ["representations"] and len(path) > 2:
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
            return f"{where}.method: missing, expected one of {', '.join(METHODS)}"
        case "union_tag_invalid":
            method = str(found["ctx"]["tag"])
            return f"{where}.method: found {method!r}, {expected_one_of(METHODS, method)}"
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


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    for part in reversed(loc[:-1]):
        if part in METHODS:
            return list(METHODS[str(part)].keys.model_fields)
    if loc[0] == "dataset":
        return list(Dataset.model_fields)
    section = Experiment
    for part in loc[:-1]:
        section = section.model_fields[str(part)].annotation
    return list(section.model_fields)


def _known(keys: list[str]) -> str:
    return f", expected one of {', '.join(keys)}"
