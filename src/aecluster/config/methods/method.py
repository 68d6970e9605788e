"""What the project knows about a way to make a representation, beside the function that does it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from aecluster.config.keys import Section


@dataclass(frozen=True)
class Method:
    """A way to make a representation.

    Attributes
    ----------
    label : str
        Name for tables and figures.
    reference : str
        Where it comes from.
    keys : type of Section
        Its keys in an experiment file.
    stage : {"read", "train", "transform"}
        Which rule makes it: none, since the images are read anyway; a training that leaves a
        Keras model, of which the images' codes are taken; or a function of another
        representation.
    made_by : str
        ``<module>:<function>`` of the training, see `aecluster.autoencoder.training`, or of the
        transformation, see `aecluster.steps.transform`. Empty for what is read.
    rebuilds : bool
        Whether the model of a training is an autoencoder, so that its reconstructions are shown.
    needs : str
        Package that must be installed beside the project's own, empty for none.
    has_atoms : bool
        Whether its store holds pictures that the vectors are built from.
    n_threads : int
        Threads that a transformation uses; what uses one leaves room for a second one beside it.
    is_streamed : bool
        Whether a transformation takes its base block by block, so that its memory does not grow
        with the number of images.
    is_wide : bool
        Whether most of the memory of a training is what backpropagation keeps of a batch; its keys
        then have `batch_size` and `width`.
    least_images : callable, optional
        From the keys, as a dict, to the number of train images that are needed at least.
    """

    label: str
    reference: str
    keys: type[Section]
    stage: Literal["read", "train", "transform"]
    made_by: str = ""
    rebuilds: bool = False
    needs: str = ""
    has_atoms: bool = False
    n_threads: int = 2
    is_streamed: bool = False
    is_wide: bool = False
    least_images: Callable[[dict[str, Any]], int] | None = None

    @property
    def name(self) -> str:
        """The value of the key `method` in an experiment file."""
        return get_args(self.keys.model_fields["method"].annotation)[0]

    @property
    def description(self) -> str:
        """One sentence on what the vectors are."""
        return inspect.getdoc(self.keys) or ""

    @property
    def defaults(self) -> dict[str, Any]:
        """The values of the keys that may be left out."""
        fields = self.keys.model_fields.items()
        return {name: field.default for name, field in fields if not field.is_required()}

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.made_by.partition(":")[0]
