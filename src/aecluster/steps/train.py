"""A training by its name, on the images of two splits."""

from inspect import signature
from pkgutil import resolve_name
from typing import Any

from aecluster.store import Split


def fit(made_by: str, train: Split, test: Split, **options: Any) -> Any:
    """Call a training; one that can score itself is given the labels for that.

    Parameters
    ----------
    made_by : str
        ``<module>:<function>``, as in `aecluster.config.methods`. The function takes the images of
        both splits, and `labels`, a pair of what classes there are, if it has a score for them.
    train, test : Split
    **options
        What else the function takes.

    Returns
    -------
    object
        What the function returns.
    """
    function = resolve_name(made_by)
    if "labels" in signature(function).parameters:
        options["labels"] = (train.y, test.y)
    return function(train.images(), test.images(), **options)
