"""From the pixels' store to the store of a space that is made of it in one go."""

import os
from typing import Any

from aecluster.representations.function import call_function
from aecluster.representations.pca import principal_components
from aecluster.store import Store

TRANSFORMS = {"function": call_function, "pca": principal_components}

_BLOCK_ROWS = 4096


def transform(
    pixels: str | os.PathLike[str],
    store: str | os.PathLike[str],
    *,
    representation: str,
    method: str,
    **options: Any,
) -> None:
    """Write the vectors of every image of every split, with its labels.

    Parameters
    ----------
    pixels : path-like
        Store of the images.
    store : path-like
        Store to make: `X` is [n, d] float32.
    representation : str
        Name of the representation.
    method : str
        Key of `TRANSFORMS`.
    **options
        What the method takes.

    Raises
    ------
    StoreError
        If `pixels` is no store.
    ConfigError
        If the options do not fit the images.
    """
    with Store(pixels) as images:
        splits = {name: images[name] for name in images.splits}
        blocks = {name: split.blocks(_BLOCK_ROWS) for name, split in splits.items()}
        vectors = TRANSFORMS[method](splits["train"].matrix(), blocks, **options)
        with Store.create(
            store,
            dataset=images.dataset,
            representation=representation,
            source_digest=images.source_digest,
        ) as made:
            for name, split in splits.items():
                made.add_split(
                    name,
                    vectors[name],
                    n=len(split),
                    y=split.y,
                    class_names=split.class_names,
                )
