"""From the store of one space to the store of a space that is made of it in one go."""

import os
from pkgutil import resolve_name
from typing import Any

from aecluster.store import Store


def transform(
    base: str | os.PathLike[str],
    store: str | os.PathLike[str],
    *,
    representation: str,
    made_by: str,
    **options: Any,
) -> None:
    """Write the vectors of every image of every split, with its labels.

    Parameters
    ----------
    base : path-like
        Store of the space that the new one is made of.
    store : path-like
        Store to make: `X` is [n, d] float32.
    representation : str
        Name of the new space.
    made_by : str
        ``<module>:<function>``. The function takes the open store of the base and `options`, and
        returns `Vectors`.
    **options
        What the function takes.

    Raises
    ------
    StoreError
        If `base` is no store.
    ConfigError
        If the options do not fit the images.
    """
    with Store(base) as opened:
        vectors = resolve_name(made_by)(opened, **options)
        opened.derive(
            store,
            representation=representation,
            vectors=vectors.splits,
            atoms=vectors.atoms,
        )
