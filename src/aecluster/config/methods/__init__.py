"""The registry of what a representation can be: plain data, read without TensorFlow.

A new method is a function in a module of its own, and a class of keys with its entry below it, in
`aecluster.config.methods.trained` or `aecluster.config.methods.transformed`. Everything else, from
the rules to the report, follows from these.
"""

from typing import Annotated, Union

from pydantic import Field

from aecluster.config.methods.base import PIXELS
from aecluster.config.methods.method import Method
from aecluster.config.methods.trained import TRAINED
from aecluster.config.methods.transformed import TRANSFORMED

__all__ = ["METHODS", "Method", "Representation"]

# By the value of the key `method`.
METHODS: dict[str, Method] = {entry.name: entry for entry in (PIXELS, *TRAINED, *TRANSFORMED)}

Representation = Annotated[
    Union[tuple(entry.keys for entry in METHODS.values())],  # noqa: UP007 - known at run time
    Field(discriminator="method"),
]
