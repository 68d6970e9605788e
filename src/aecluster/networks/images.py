"""What counts as images here: arrays (n, h, w, c) of uint8, or of floats already scaled."""

from __future__ import annotations

from typing import Protocol

import numpy as np

UINT8_SCALE = 1 / 255


class ImageSource(Protocol):
    """A NumPy array, a memory map or an HDF5 dataset: sliced by rows, never read whole."""

    shape: tuple[int, ...]
    dtype: np.dtype

    def __getitem__(self, rows: slice) -> np.ndarray: ...


def check_images(images: ImageSource, name: str) -> None:
    """Raise a ValueError of one line unless `images` are at least one image of a known dtype."""
    if len(images.shape) != 4 or 0 in images.shape:
        raise ValueError(
            f"{name}: found shape {tuple(images.shape)}, expected (n, height, width, channels) "
            "with n >= 1"
        )
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"{name}: found dtype {images.dtype}, expected uint8 or floats in [0, 1]")


def check_pair(train: ImageSource, test: ImageSource | None) -> None:
    """Raise a ValueError of one line unless both are images, those of `test` of the same shape."""
    check_images(train, "train")
    if test is not None:
        check_images(test, "test")
        if test.shape[1:] != train.shape[1:]:
            raise ValueError(
                f"test: found images of shape {test.shape[1:]}, expected those of train, "
                f"{train.shape[1:]}"
            )


def scale_of(images: ImageSource) -> float:
    """Return the factor that brings the images' values to [0, 1]."""
    return UINT8_SCALE if images.dtype == np.uint8 else 1.0


def compact(images: np.ndarray) -> np.ndarray:
    """Return the images as uint8 or float32, the two types that training feeds."""
    return images if images.dtype == np.uint8 else np.asarray(images, dtype=np.float32)
