"""What a trained autoencoder makes of images: their codes and their reconstructions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aecluster.networks.backend import keras
from aecluster.networks.images import ImageSource, check_images, scale_of
from aecluster.networks.model import CODE_LAYER, cut_encoder


def encode(model: keras.Model, X: ImageSource, batch_size: int = 1000) -> np.ndarray:
    """Return the code of every image.

    Parameters
    ----------
    model : keras.Model
        An autoencoder, or the encoder that `cut_encoder` cut from it.
    X : array-like of shape (n, h, w, c)
        uint8, or floats in [0, 1]; read in blocks of rows, so an HDF5 dataset will do.
    batch_size : int, default=1000
        Images in a block; bounds the memory, does not change the codes beyond rounding.

    Returns
    -------
    ndarray of shape (n, d), float32

    Raises
    ------
    ValueError
        If `X` holds no images, or images of another shape than the model's.

    Examples
    --------
    >>> from aecluster.autoencoder import build_autoencoder
    >>> encode(build_autoencoder(), np.zeros((3, 32, 32, 1), np.uint8)).shape
    (3, 64)
    """
    return np.concatenate(list(encoded_blocks(model, X, batch_size)))


def encoded_blocks(
    model: keras.Model, X: ImageSource, batch_size: int = 1000
) -> Iterator[np.ndarray]:
    """Yield the codes of the images block by block, so that memory does not grow with their number.

    Parameters and errors are those of `encode`.

    Yields
    ------
    ndarray of shape (<= batch_size, d), float32
    """
    is_encoder = CODE_LAYER not in {layer.name for layer in model.layers[:-1]} or (
        len(model.output_shape) == 2
    )
    return _apply(model if is_encoder else cut_encoder(model), X, batch_size)


def reconstruct(model: keras.Model, X: ImageSource, batch_size: int = 1000) -> np.ndarray:
    """Return what the autoencoder makes of every image.

    Parameters
    ----------
    model : keras.Model
        An autoencoder.
    X : array-like of shape (n, h, w, c)
        uint8, or floats in [0, 1]; read in blocks of rows.
    batch_size : int, default=1000
        Images in a block.

    Returns
    -------
    ndarray of shape (n, h, w, c), float32
        On the scale of 0 to 1, but not clipped to it: a linear output may leave it.

    Raises
    ------
    ValueError
        If `X` holds no images, or images of another shape than the model's.

    Examples
    --------
    >>> from aecluster.autoencoder import build_autoencoder
    >>> reconstruct(build_autoencoder(), np.zeros((3, 32, 32, 1), np.uint8)).shape
    (3, 32, 32, 1)
    """
    return np.concatenate(list(_apply(model, X, batch_size)))


def _apply(model: keras.Model, X: ImageSource, batch_size: int) -> Iterator[np.ndarray]:
    check_images(X, "X")
    if tuple(X.shape[1:]) != tuple(model.input_shape[1:]):
        raise ValueError(
            f"X: found images of shape {tuple(X.shape[1:])}, but model {model.name!r} takes "
            f"{tuple(model.input_shape[1:])}"
        )
    scale = np.float32(scale_of(X))
    return (
        np.asarray(model(np.asarray(X[rows], dtype=np.float32) * scale, training=False))
        for rows in _blocks(X.shape[0], batch_size)
    )


def _blocks(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, start + size)
