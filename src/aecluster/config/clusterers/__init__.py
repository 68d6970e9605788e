"""The registry of what can cluster beside K-Means: plain data, read without scikit-learn.

A new clusterer is a function in a module of `aecluster.clusterers`, and a class of keys with its
entry below it in `aecluster.config.clusterers.listed`. Everything else, from the rules to the
report, follows from these.
"""

from typing import Annotated, Union

from pydantic import AfterValidator, Field

from aecluster.comparison.competitors import KMEANS
from aecluster.config.clusterers.clusterer import Clusterer, Keys, Traits
from aecluster.config.clusterers.listed import LISTED

__all__ = ["CLUSTERERS", "AnyClusterer", "Clusterer", "ClustererName", "Keys", "Traits"]

# By the value of the key `method`.
CLUSTERERS: dict[str, Clusterer] = {entry.name: entry for entry in LISTED}


def _not_kmeans(value: str) -> str:
    if value == KMEANS:
        raise ValueError(f"expected another name, {KMEANS!r} is the one of section `clustering`")
    return value


# Files of its clusterings begin with it, up to the first hyphen.
ClustererName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40), AfterValidator(_not_kmeans)
]
AnyClusterer = Annotated[
    Union[tuple(entry.keys for entry in CLUSTERERS.values())],  # noqa: UP007 - known at run time
    Field(discriminator="method"),
]
