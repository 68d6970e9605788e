"""Images as arrays, in a file of any kind that `array_files` reads.

An array is one of images, labels or class names by the words in its name, in any case of letters
and in any order, with what split it is of::

    X, images, image, data          images
    y, labels, label, targets       labels
    class_names, label_names        names of the classes, of all splits
    train, val, test                the split; a name without one is of all images

`X_train`, `train_images` and an array `X` in an HDF5 group `train` say the same. `val` is test
where there is no test; else it joins train.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from aecluster.data.choices import check_axes
from aecluster.data.readers.array_files import ArrayInFile, open_array_file
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.readers.labels import NO_LABEL, numbered
from aecluster.data.readers.splits import SPLIT_WORDS, WHOLE, joined_splits
from aecluster.errors import DataError

_ROLES = {
    **dict.fromkeys(("x", "images", "image", "data"), "x"),
    **dict.fromkeys(("y", "labels", "label", "targets", "target"), "y"),
}
_CLASS_NAMES = ("class_names", "label_names")

# Orders of axes that files are known to have: Python's, those of PyTorch and of MATLAB.
_KNOWN_AXES = {3: ("nhw", "hwn"), 4: ("nhwc", "nchw", "hwcn")}
_CHANNELS = (1, 3)


@contextmanager
def open_arrays(request: Request) -> Iterator[Dataset]:
    """Open images that are kept as arrays.

    Arrays have the axes n (images), h (height), w (width) and, with 1 or 3 channels, c. Which is
    which is said by `request.axes`, else by the number of labels and by images being square.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If the file is damaged, holds no such arrays, has axes that can be read in two ways, or
        labels and images do not match.
    """
    path = request.path
    try:
        check_axes(request.axes)
    except ValueError as error:
        raise DataError(f"axes: found {request.axes!r}, {error}") from None
    with open_array_file(path, request.scratch) as arrays:
        notes: list[str] = []
        images, labels, made_of = _by_split(path, arrays.named, notes)
        y = {split: _flat(path, split, rows) for split, rows in labels.items()}
        axes = _axes(path, images, y, request.axes)
        counts = {split: rows.shape[axes.index("n")] for split, rows in images.items()}
        for split, n in counts.items():
            if split in y and len(y[split]) != n:
                raise DataError(
                    f"{path}: {_name('y', split)} of shape {labels[split].shape}, expected one "
                    f"label for each of {n} images"
                )
        names = next((arrays.named[name] for name in _CLASS_NAMES if name in arrays.named), None)
        numbers, class_names = numbered(
            str(path),
            {split: y.get(split) for split in images},
            None if names is None else names.all().ravel().tolist(),
        )
        splits = _splits(request, images, axes, counts, numbers, made_of)
        yield Dataset(splits, class_names, arrays.digest, notes)


def _by_split(
    path: Path, named: dict[str, ArrayInFile], notes: list[str]
) -> tuple[dict[str, ArrayInFile], dict[str, ArrayInFile], dict[str, list[str]]]:
    """Return images and labels by what the names say, and of which of them the splits are made."""
    found: dict[str, dict[str, str]] = {"x": {}, "y": {}}
    passed_over = []
    for name in named:
        role, split = _role(name)
        if role is None:
            if name not in _CLASS_NAMES:
                passed_over.append(name)
        elif split in found[role]:
            raise DataError(
                f"{path}: {found[role][split]} and {name}, expected one array of "
                f"{'images' if role == 'x' else 'labels'} in {split or 'all'}"
            )
        else:
            found[role][split] = name
    splits = set(found["x"])
    if not splits or (WHOLE in splits) != (len(splits) == 1):
        names = ", ".join(named) or "no arrays"
        raise DataError(f"{path}: {names}, expected X_train and X_test, or X")
    made_of = joined_splits(splits, str(path), notes)
    passed_over += [found["y"].pop(split) for split in set(found["y"]) - splits]
    if passed_over:
        notes.append(f"passed over: {', '.join(sorted(passed_over))}")
    images, labels = (
        {split: named[name] for split, name in of_role.items()} for of_role in found.values()
    )
    return images, labels, made_of


def _role(name: str) -> tuple[str | None, str]:
    """Return what an array is by its name, and of which split; None where no word says it."""
    role, split = None, WHOLE
    for word in re.split(r"[_/.-]", name):
        if word in _ROLES and role is None:
            role = _ROLES[word]
        elif word in SPLIT_WORDS and split == WHOLE:
            split = SPLIT_WORDS[word]
        else:
            return None, WHOLE
    return role, split


def _name(array: str, split: str) -> str:
    return f"{array}_{split}" if split else array


def _flat(path: Path, split: str, labels: ArrayInFile) -> np.ndarray:
    """Return the labels of a split as they are, out of a row or a column."""
    n = max(labels.shape)
    if labels.shape not in ((n,), (n, 1), (1, n)):
        raise DataError(
            f"{path}: {_name('y', split)} of shape {labels.shape}, expected one label per image"
        )
    return labels.all().ravel()


def _axes(
    path: Path, images: dict[str, ArrayInFile], y: dict[str, np.ndarray], given: str | None
) -> str:
    """Return what the axes of the images are, in their order."""
    shapes = {split: rows.shape for split, rows in images.items()}
    first = next(iter(shapes.values()))
    shown = " and ".join(f"{_name('X', split)} of shape {shape}" for split, shape in shapes.items())
    if given is not None:
        readings = [given] if all(len(given) == len(shape) for shape in shapes.values()) else []
        problem = f"expected the axes {given}"
    else:
        ndim = len(first) if len(set(map(len, shapes.values()))) == 1 else 0
        readings = _KNOWN_AXES.get(ndim, ())
        problem = "expected [n, h, w] or [n, h, w, c]"
    readings = [
        axes for axes in readings if all(_n_channels(axes, s) in _CHANNELS for s in shapes.values())
    ]
    if not readings:
        raise DataError(f"{path}: {shown}, {problem} with 1 or 3 channels")
    readings = [
        axes for axes in readings if len({_image_shape(axes, s) for s in shapes.values()}) == 1
    ]
    if not readings:
        raise DataError(f"{path}: {shown}, expected images of one shape")
    n_by_labels = [
        axes
        for axes in readings
        if all(shapes[split][axes.index("n")] == len(labels) for split, labels in y.items())
    ]
    # Where labels fit no reading, the first one is told that they do not.
    readings = n_by_labels or readings[:1]
    if len(readings) > 1:
        square = [axes for axes in readings if len({*_image_shape(axes, first)[:2]}) == 1]
        readings = square if len(square) == 1 else readings
    ways = [_in_words(axes, first) for axes in readings]
    if given is None and not y and len(first) == 3 and first[-1] in (1, 3, 4):
        ways.append("one image [h, w, c]")
    if len(ways) > 1:
        raise DataError(
            f"{path}: {shown}, which may be {' or '.join(ways)}, expected dataset.axes to say it"
        )
    return readings[0]


def _n_channels(axes: str, shape: tuple[int, ...]) -> int:
    return shape[axes.index("c")] if "c" in axes else 1


def _image_shape(axes: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return height, width and, where there are any, channels."""
    return tuple(shape[axes.index(axis)] for axis in "hwc" if axis in axes)


def _in_words(axes: str, shape: tuple[int, ...]) -> str:
    size = dict(zip(axes, shape, strict=True))
    return f"{size['n']:,} images of {size['h']} x {size['w']} ({axes})"


def _splits(
    request: Request,
    images: dict[str, ArrayInFile],
    axes: str,
    counts: dict[str, int],
    labels: dict[str, np.ndarray | None],
    made_of: dict[str, list[str]],
) -> dict[str, ImageSplit]:
    order = tuple(axes.index(axis) for axis in ("nhwc" if "c" in axes else "nhw"))
    if WHOLE not in images:
        return {
            split: _joined(
                [
                    ImageSplit(
                        counts[part],
                        partial(_blocks, request, images[part], order, None),
                        labels[part],
                    )
                    for part in parts
                ]
            )
            for split, parts in made_of.items()
        }
    rows, y = images[WHOLE], labels[WHOLE]
    return {
        split: ImageSplit(
            len(numbers),
            lambda numbers=numbers: _blocks(request, rows, order, numbers),
            None if y is None else y[numbers],
        )
        for split, numbers in request.split(counts[WHOLE], y).items()
    }


def _joined(parts: list[ImageSplit]) -> ImageSplit:
    """Return the images of several parts as one split; those of a part without labels have none."""
    y = None
    if any(part.y is not None for part in parts):
        y = np.concatenate(
            [np.full(part.n, NO_LABEL) if part.y is None else part.y for part in parts]
        )
    return ImageSplit(
        sum(part.n for part in parts), lambda: (b for part in parts for b in part.blocks()), y
    )


def _blocks(
    request: Request, rows: ArrayInFile, order: tuple[int, ...], numbers: np.ndarray | None
) -> Iterator[np.ndarray]:
    """Yield all rows, or those with the given sorted numbers, in one pass over the file."""
    start = 0
    for block in rows.blocks(order):
        stop = start + len(block)
        if numbers is not None:
            first, last = np.searchsorted(numbers, (start, stop))
            block = block[numbers[first:last] - start]
        if len(block):
            yield request.form.convert(block, f"{request.path}: images {start} to {stop - 1}")
        start = stop
