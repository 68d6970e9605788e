"""Handwritten digits that are shipped with scikit-learn: a dataset for demonstrations and tests."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from aecluster.data.readers.base import Dataset, ImageSplit, Request

_LARGEST = 16  # the images have 17 levels of gray


@contextmanager
def open_digits(request: Request) -> Iterator[Dataset]:
    """Open the digits, enlarged by repeating pixels and split by a seeded fraction.

    Repetition, unlike interpolation, multiplies every distance between two images by the same
    factor: clusterings and scores are those of the 8 x 8 originals where the size is a multiple
    of 8.

    Yields
    ------
    Dataset
        Gray, also where colour was asked for.

    References
    ----------
    E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.
    """
    from sklearn.datasets import load_digits  # takes a second, and only this source needs it

    digits = load_digits()
    levels = np.rint(digits.images * (255 / _LARGEST)).astype(np.uint8)
    height = levels.shape[1]
    nearest = np.arange(request.form.size) * height // request.form.size
    images = levels[:, nearest[:, np.newaxis], nearest, np.newaxis]
    splits = {
        name: ImageSplit(len(rows), lambda rows=rows: [images[rows]], digits.target[rows])
        for name, rows in request.split(len(images), digits.target).items()
    }
    digest = hashlib.sha256(levels.tobytes() + digits.target.astype(np.uint8).tobytes())
    class_names = tuple(str(name) for name in digits.target_names)
    yield Dataset(splits, class_names, digest.hexdigest())
