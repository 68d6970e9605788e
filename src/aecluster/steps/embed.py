"""From a trained model and the pixels' store to the store of a representation."""

import os

import numpy as np

from aecluster.networks.backend import keras
from aecluster.networks.inference import encoded_blocks, reconstruct
from aecluster.store import Store, write_reconstructions

# As many pairs as a figure's row shows well.
_N_EXAMPLES = 10


def embed(
    model: keras.Model,
    pixels: str | os.PathLike[str],
    store: str | os.PathLike[str],
    reconstructions: str | os.PathLike[str] | None = None,
    *,
    representation: str,
) -> None:
    """Write the code of every image of every split, with its labels.

    Parameters
    ----------
    model : keras.Model
        An autoencoder, or an encoder alone.
    pixels : path-like
        Store of the images.
    store : path-like
        Store to make: `X` is [n, d] float32.
    reconstructions : path-like, optional
        HDF5 file to make of ten test images and what the autoencoder makes of them, see
        `aecluster.store.write_reconstructions`. None for an encoder, which rebuilds nothing.
    representation : str
        Name of the representation.

    Raises
    ------
    StoreError
        If `pixels` is no store.
    ValueError
        If its images do not fit the model.
    """
    with Store(pixels) as images:
        codes = {name: encoded_blocks(model, images[name].X) for name in images.splits}
        images.derive(store, representation=representation, vectors=codes)
        if reconstructions is not None:
            _reconstruct_examples(model, images, reconstructions)


def _reconstruct_examples(model: keras.Model, images: Store, path: str | os.PathLike[str]) -> None:
    """Write examples spread evenly over a split: many data sets are sorted by class."""
    split = images["test"]
    rows = np.unique(np.linspace(0, len(split) - 1, _N_EXAMPLES).astype(int))
    examples = split.X[rows]
    scale = np.float32(split.scale)
    write_reconstructions(path, examples * scale, reconstruct(model, examples))
