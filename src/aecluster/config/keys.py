"""How a key of an experiment file is declared, and the kinds of values that several keys take."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

# Folders under results/ that belong to the workflow.
_RESERVED_NAMES = {"benchmarks"}


class Section(BaseModel):
    """A part of an experiment file: unknown keys are refused, nothing changes after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def key(default: Any = ..., *, effect: str, choose: str, **constraints: Any) -> Any:
    """Declare a key: what it does, how to choose it, and its range."""
    return Field(
        default, description=effect, json_schema_extra={"how_to_choose": choose}, **constraints
    )


def null_from_text(value: Any) -> Any:
    """Return None for the word `null`, as which it comes from the command line."""
    return None if value == "null" else value


def one_of(value: str, known: Mapping[str, Any]) -> str:
    """Return a name that is known, else raise ValueError with the names that are."""
    if value not in known:
        raise ValueError(expected_one_of(known, value))
    return value


def expected_one_of(known: Iterable[str], found: str) -> str:
    """Return what was expected instead of a word, and which one was likely meant."""
    return f"expected one of {', '.join(known)}{suggestion(found, known)}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a question for the closest known word, empty if none is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _not_reserved(value: str) -> str:
    """Return a name that is no folder of the workflow, else raise ValueError."""
    if value in _RESERVED_NAMES:
        raise ValueError(f"expected another name, {value!r} is a folder of the workflow")
    return value


def without_repeats(values: list[Any]) -> list[Any]:
    """Return values of which each is there once, else raise ValueError."""
    if len(set(values)) < len(values):
        raise ValueError("expected every value once")
    return values


Name = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60),
    AfterValidator(_not_reserved),
]
# Combinations of a grid are named by keys and values.
RepresentationName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_.+=-]*$", max_length=100), AfterValidator(_not_reserved)
]
OptionalText = Annotated[str | None, BeforeValidator(null_from_text)]
