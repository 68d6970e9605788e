"""What the project knows about a clusterer beside K-Means, beside the function that does it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator

from aecluster.config.keys import Section, key, null_from_text, without_repeats


class Keys(Section):
    """What every clusterer has."""

    of: Annotated[
        Annotated[list[str], AfterValidator(without_repeats)] | None,
        BeforeValidator(null_from_text),
    ] = key(
        None,
        effect="The representations whose vectors it clusters.",
        choose="`null` for all of them; names where it takes long, or suits only some.",
    )


@dataclass(frozen=True)
class Traits:
    """What the workflow has to know of a clusterer.

    Attributes
    ----------
    is_random : bool
        Whether it depends on the seed; else it runs once on the same vectors.
    chooses_k : bool
        Whether it finds the number of clusters; else it runs once for each `clustering.k`.
    most_images : int or None
        Most images that it can be fitted to, since it keeps something for each pair of them.
    """

    is_random: bool
    chooses_k: bool = False
    most_images: int | None = None


@dataclass(frozen=True)
class Clusterer:
    """A way to cluster vectors.

    Attributes
    ----------
    label : str
        Name for tables and reports.
    reference : str
        Where it comes from.
    keys : type of Keys
        Its keys in an experiment file.
    made_by : str
        ``<module>:<function>``, see `aecluster.clusterers`.
    traits_of : callable
        From the keys to what the workflow has to know.
    """

    label: str
    reference: str
    keys: type[Keys]
    made_by: str
    traits_of: Callable[[Any], Traits]

    @property
    def name(self) -> str:
        """The value of the key `method` in an experiment file."""
        return get_args(self.keys.model_fields["method"].annotation)[0]

    @property
    def description(self) -> str:
        """One sentence on what its clusters are."""
        return inspect.getdoc(self.keys) or ""
