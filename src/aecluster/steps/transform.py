"""From the stores of some spaces to the store of a space that is made of them in one go."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any

from aecluster.store import Store


def transform(
    bases: Sequence[str | os.PathLike[str]],
    store: str | os.PathLike[str],
    *,
    representation: str,
    made_by: str,
    **options: Any,
) -> None:
    """Write the vectors of every image of every split, with its labels.

    Parameters
    ----------
    bases : sequence of path-like
        Stores of the spaces that the new one is made of, of the same images.
    store : path-like
        Store to make: `X` is [n, d] float32.
    representation : str
        Name of the new space.
    made_by : str
        ``<module>:<function>``. The function takes the open stores of the bases and `options`, and
        returns `Vectors`.
    **options
        What the function takes.

    Raises
    ------
    StoreError
        If one of `bases` is no store.
    ConfigError
        If the options do not fit the images.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(Store(base)) for base in bases]
        vectors = resolve_name(made_by)(*opened, **options)
        opened[0].derive(
            store,
            representation=representation,
            vectors=vectors.splits,
            atoms=vectors.atoms,
        )
