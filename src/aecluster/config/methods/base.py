"""The pixels, which every other representation starts from, and what the keys of methods share.

A function here declares a key that several methods have, each with its own default and advice.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from aecluster.autoencoder.architectures import ARCHITECTURES
from aecluster.config.keys import Section, key, one_of
from aecluster.config.methods.method import Method


def _known_architecture(value: str) -> str:
    return one_of(value, ARCHITECTURES)


ArchitectureName = Annotated[
    str,
    AfterValidator(_known_architecture),
    Field(json_schema_extra={"enum": list(ARCHITECTURES)}),
]


class Gridded(Section):
    """A representation whose keys may have several values."""

    grid: dict[str, list[Any]] = key(
        {},
        exclude=True,
        effect="Keys with lists of values: each combination becomes a representation named "
        "`<name>-<key>=<value>`.",
        choose="`{l1: [0, 1e-5, 1e-4]}` compares three; all combinations of two lists are made.",
    )


class Derived(Gridded):
    """A representation of vectors, those of another representation among them."""

    of: str = key(
        "pixels",
        effect="The representation that it is made from, seed by seed.",
        choose="`pixels`: the images themselves; the name of another one to go on from there.",
    )


def method(choose: str) -> Any:
    """Declare the key by whose value a method is known."""
    return key(effect="How the vectors are made.", choose=choose)


def architecture(
    choose: str = "The one that it is to be compared with.",
    *,
    effect: str = "The autoencoder, by its name in the registry.",
) -> Any:
    """Declare which autoencoder is trained."""
    return key("sparse", effect=effect, choose=choose)


def epochs(
    default: int = 5,
    choose: str = "As many as of the autoencoder that it is to be compared with.",
    *,
    effect: str = "Passes over the training images.",
    least: int = 1,
) -> Any:
    """Declare a number of passes over the training images."""
    return key(default, ge=least, le=10_000, effect=effect, choose=choose)


def batch_size(
    default: int, choose: str, *, effect: str = "Images per step of the optimizer.", least: int = 1
) -> Any:
    """Declare how many images each step of the optimizer takes."""
    return key(default, ge=least, le=65_536, effect=effect, choose=choose)


def learning_rate(
    choose: str = "Keras' default 0.001; a tenth of it if the loss jumps.",
    *,
    effect: str = "Step size of Adam.",
) -> Any:
    """Declare the step size of Adam."""
    return key(0.001, gt=0, le=10, allow_inf_nan=False, effect=effect, choose=choose)


class Pixels(Section):
    """The images themselves: every pixel is a feature."""

    method: Literal["pixels"] = method("`pixels`: the control for every other one.")


PIXELS = Method(
    label="Pixels",
    reference="The control of every other one.",
    keys=Pixels,
    stage="read",
)
