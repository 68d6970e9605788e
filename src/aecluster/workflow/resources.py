"""The memory that a job asks for, by its method and the numbers of rows, values and clusters.

Each formula is an upper bound in MiB, fitted to the peaks in the records of runs on 359 to 300,000
rows of 64 and of 1,024 values, with a third to spare::

    what is loaded with the program  +  copies of the rows, up to where they are streamed
                                     +  what is kept a row, a centroid, or a pair of values
"""

import functools
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aecluster.config import METHODS
from aecluster.errors import StoreError

Shape = tuple[int, int]

_MIB = 2**20
# Loaded with NumPy and HDF5, scikit-learn, matplotlib; with TensorFlow, and compiled by XLA.
_PROGRAM = 300
_FIGURES = 400
_TENSORFLOW = 1100
_TRAINING = 1800


def shape_of(store: str | os.PathLike[str], split: str | None = None) -> Shape:
    """Return numbers of rows and of values per row of a split, by default of all splits together.

    Parameters
    ----------
    store : path-like
        Store of a representation.
    split : str, optional

    Returns
    -------
    n, d : int
        0 if the file is no store: the job itself says what is wrong with it.

    Raises
    ------
    FileNotFoundError
        If there is no such file yet.
    """
    there = Path(store).stat()
    return _shape(os.fspath(store), split, (there.st_ino, there.st_mtime_ns))


@functools.cache
def _shape(store: str, split: str | None, state: tuple[int, int]) -> Shape:
    """Read the shape of a store in some state once: thousands of jobs ask for it."""
    from aecluster.store import Store

    try:
        with Store(store) as opened:
            found = [opened[name] for name in ([split] if split else opened.splits)]
            return sum(map(len, found)), max(rows.n_features for rows in found)
    except StoreError:
        return 0, 0


def kmeans(shape: Shape, k: int, n_init: int) -> int:
    """Return the memory of K-Means: rows, bounds and scores of them, restarts.

    Examples
    --------
    >>> kmeans((10_000, 1024), k=10, n_init=1)
    420
    """
    n, d = shape
    return _rounded(_PROGRAM, 3 * _held(n, d) + n * (80 + 60 * n_init) + 100 * n_init * k * d)


def cluster(shape: Shape, keys: Mapping[str, Any], most_images: int | None) -> int:
    """Return the memory of a clusterer beside K-Means: copies of the rows, and a value per pair.

    Parameters
    ----------
    shape : Shape
    keys : mapping
        The clusterer in the experiment file.
    most_images : int or None
        None if it keeps nothing for pairs of rows.

    Examples
    --------
    >>> cluster((10_000, 64), {"n_fit": None}, most_images=20_000)
    1471
    """
    n, d = shape
    n_paired = 0 if most_images is None else min(n, keys.get("n_fit") or n)
    return _rounded(_FIGURES, 8 * 4 * n * d + 200 * n + 11 * n_paired * n_paired)


def evaluate(shapes: list[Shape], k: int, max_exact: int) -> int:
    """Return the memory of the scores in the largest of some spaces.

    Examples
    --------
    >>> evaluate([(10_000, 64), (10_000, 1024)], k=10, max_exact=20_000)
    498
    """
    n, d = shapes[0][0], max(d for _, d in shapes)
    rows = 5 * 4 * n * d if n <= max_exact else 0
    return _rounded(_PROGRAM, rows + n * 200 + 8 * min(n, max_exact) * k)


def probe(shape: Shape) -> int:
    """Return the memory of a representation's own scores: the sample and what is made of it.

    Examples
    --------
    >>> probe((60_000, 64))
    580
    """
    n, d = shape
    n_sampled = min(n, _most_in_memory() // (4 * max(d, 1)))
    sample, side = 4 * n_sampled * d, min(n_sampled, d)
    return _rounded(_PROGRAM, 6 * sample + 24 * side * side + 3 * 2**26)


def gap(shape: Shape) -> int:
    """Return the memory of counting clusters: of at most 5,000 rows, references and subsamples.

    Examples
    --------
    >>> gap((60_000, 64))
    318
    """
    n, d = min(shape[0], 5000), shape[1]
    return _rounded(_PROGRAM, 7 * 8 * n * d + 16 * d * d)


def cka(shapes: list[Shape]) -> int:
    """Return the memory of the likeness of some spaces: of each all pairs of the images compared.

    Examples
    --------
    >>> cka([(10_000, 1024), (10_000, 64)])
    836
    """
    n = min(max(n for n, _ in shapes), 4000)
    d = max(d for _, d in shapes)
    return _rounded(_PROGRAM, 8 * n * n * (len(shapes) + 2) + 12 * n * d)


def representation(shape: Shape, size: int, keys: Mapping[str, Any]) -> int:
    """Return the memory of the rule that makes a representation, as its method declares it.

    Parameters
    ----------
    shape : Shape
        Of the largest store that the representation is made from.
    size : int
        Height and width of the images in pixels.
    keys : mapping
        The representation in the experiment file.

    Examples
    --------
    >>> representation((60_000, 1024), 32, {"method": "pca"})
    340
    """
    method = METHODS[keys["method"]]
    if method.stage == "transform":
        return transform(shape, is_streamed=method.is_streamed)
    if method.is_wide:
        return train_wide(shape, size, keys["batch_size"], keys["width"])
    return train(shape)


def transform(shape: Shape, *, is_streamed: bool) -> int:
    """Return the memory of a closed form: of principal components the covariances, else all rows.

    Examples
    --------
    >>> transform((60_000, 1024), is_streamed=True)
    340
    """
    n, d = shape
    return _rounded(_PROGRAM, 40 * d * d if is_streamed else 4 * 4 * n * d)


def train(shape: Shape) -> int:
    """Return the memory of a training: TensorFlow, and the images as they are kept.

    Examples
    --------
    >>> train((60_000, 1024))
    1861
    """
    n, d = shape
    return _rounded(_TRAINING, min(n * d, _most_in_memory()) + 40 * n)


def train_wide(shape: Shape, size: int, batch_size: int, width: int) -> int:
    """Return the memory of training a wide network, where what backpropagation keeps is the most.

    Examples
    --------
    >>> train_wide((60_000, 3072), size=32, batch_size=512, width=64)
    3327
    """
    n, d = shape
    kept = 4 * _MIB * batch_size * (size / 32) ** 2 * (width / 64)
    return _rounded(_TENSORFLOW, min(n * d, _most_in_memory()) + 40 * n + int(kept))


def embed(shape: Shape) -> int:
    """Return the memory of embedding all splits, block by block.

    Examples
    --------
    >>> embed((60_000, 1024))
    1103
    """
    return _rounded(_TENSORFLOW, 40 * shape[0])


def plot_clusters(shapes: list[Shape]) -> int:
    """Return the memory of the figures, of which the map holds the rows.

    Examples
    --------
    >>> plot_clusters([(10_000, 1024), (10_000, 64)])
    596
    """
    return _rounded(
        _FIGURES, max(5 * min(4 * n * d, _most_in_memory()) + 60 * n for n, d in shapes)
    )


def _held(n: int, d: int) -> int:
    """Return the bytes of rows in float32, or none where they are streamed."""
    return 4 * n * d if 4 * n * d <= _most_in_memory() else 0


def _most_in_memory() -> int:
    from aecluster.store import MOST_IN_MEMORY

    return MOST_IN_MEMORY


def _rounded(program_mib: int, n_bytes: int) -> int:
    return program_mib + math.ceil(n_bytes / _MIB)
