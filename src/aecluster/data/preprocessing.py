"""From a source of images to the store of their pixels."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import ImageSplit, Request
from aecluster.data.sources import SOURCES, check_source
from aecluster.data.values import Range, measured, span_of, unused_range
from aecluster.errors import DataError
from aecluster.store import Store, printable

_logger = logging.getLogger(__name__)


def preprocess(
    out_path: str | os.PathLike[str],
    *,
    dataset: str,
    source: str,
    path: str | os.PathLike[str] | None = None,
    grayscale: bool = True,
    size: int = 32,
    resize: Literal["crop", "pad"] = "crop",
    test_fraction: float = 0.2,
    split_seed: int = 0,
    on_bad_image: Literal["error", "skip"] = "error",
    scale: str = "dtype",
    axes: str | None = None,
    label_column: str | None = None,
    pages: Literal["one", "all"] = "one",
    threads: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Write the pixels of a source as a store with the splits `train` and `test`.

    Images are read, converted and written in blocks: memory does not grow with their number. The
    store is uint8 with scale 1/255, [n, size, size, c], labelled where the source has labels.

    Parameters
    ----------
    out_path : path-like
        The store to make; it appears whole or not at all.
    dataset : str
        Name of the dataset.
    source : str
        Key of `aecluster.data.SOURCES`.
    path : path-like, optional
        File or folder of the source, where it has one; of CIFAR what was downloaded.
    grayscale : bool, default=True
        Whether colour becomes gray, by ITU-R 601. Gray sources stay gray either way, but for image
        files, which may be of both kinds and become RGB.
    size : int, default=32
        Height and width in pixels that every image is brought to.
    resize : {"crop", "pad"}, default="crop"
        Whether an image that is not square is cut to the square in its middle, or padded.
    test_fraction : float, default=0.2
        Part of the images, of each class alike, that becomes `test`; between 0 and 1. Not used
        where the source is split already.
    split_seed : int, default=0
        What that choice is drawn from.
    on_bad_image : {"error", "skip"}, default="error"
        What an image file that cannot be read leads to: an error that names it, or that it is left
        out and counted. The other images keep their split.
    scale : str, default="dtype"
        Which values become black and white: `dtype`, `range`, `max:4095`, `between:-1,1`; see
        `aecluster.data.values`. `range` reads the source twice.
    axes : str, optional
        What the axes of the source `arrays` are, as `nhwc`; by default they are told by their
        lengths.
    label_column : str, optional
        Which column has the labels, where the source is a table; by default its name tells it.
    pages : {"one", "all"}, default="one"
        Whether a TIFF of several pages is refused and of a GIF the first frame is taken, or each
        page of the source `images` is an image, named as `cells.tif#0`.
    threads : int, default=1
        How many processes may read image files; the store is the same.
    progress : bool, default=True
        Whether to show progress on stderr; never where that is no terminal.

    Returns
    -------
    dict
        `class_names`, list of str; `n`, number of images by split; `n_skipped`, number of images
        left out by split; `value_limits`, what of the source became black and white, None by its
        type; `value_ranges`, lowest and highest value in the store by split; `warnings`, list of
        str, what is unlikely to be meant; `n_without_label`, number of images without one by split,
        where others have one; `notes`, list of str, what of the source is passed over or taken in
        another way than one may think; `class_counts`, number of images of each class by split,
        where it has labels; `image_shape`, [h, w, c]; `source_digest`, SHA-256 of what was read.

    Raises
    ------
    DataError
        If the source is unknown or missing, or holds something that cannot be read as images.

    Examples
    --------
    >>> import tempfile
    >>> out_path = Path(tempfile.mkdtemp()) / "store.h5"
    >>> details = preprocess(out_path, dataset="digits", source="digits", size=8)
    >>> details["n"], details["image_shape"]
    ({'train': 1438, 'test': 359}, [8, 8, 1])
    """
    out_path = Path(out_path)
    check_source(source, path)
    if path is None and SOURCES[source].path == "optional":
        raise DataError(f"source {source!r} has no path, expected that of what was downloaded")
    out_path.parent.mkdir(parents=True, exist_ok=True)
    request = Request(
        path=None if path is None else Path(path),
        form=PixelForm(size=size, grayscale=grayscale, resize=resize, values=span_of(scale)),
        test_fraction=test_fraction,
        split_seed=split_seed,
        on_bad_image=on_bad_image,
        scratch=out_path.parent,
        progress=progress,
        axes=axes,
        label_column=label_column,
        pages=pages,
        threads=threads,
    )
    reader = resolve_name(SOURCES[source].reader)
    if request.form.values.seen is not None:
        request = _measured(reader, request)
    ranges = {}
    with (
        reader(request) as images,
        Store.create(out_path, dataset=dataset, representation="pixels") as store,
    ):
        class_names = [printable(name) for name in images.class_names]
        for name, split in images.splits.items():
            ranges[name] = Range()
            store.add_split(
                name,
                _shown(split, f"{dataset} {name}", progress, ranges[name]),
                n=split.n,
                y=split.y,
                class_names=class_names,
                names=split.names,
                scale=1 / 255,
            )
        without_label = {
            name: int(np.count_nonzero(split.y < 0))
            for name, split in images.splits.items()
            if split.y is not None and (split.y < 0).any()
        }
        # Only when all has been read: what is read once is hashed on the way.
        store.name_source(images.source_digest)
        for note in images.notes:
            _logger.info("%s: %s", dataset, note)
    warnings = _warnings(ranges)
    for name, n in without_label.items():
        _logger.info("%s: %d images of %s have no label", dataset, n, name)
    for warning in warnings:
        _logger.warning("%s: %s", dataset, warning)
    with Store(out_path) as store:
        return {
            "class_names": class_names,
            "n": {name: len(store[name]) for name in store.splits},
            "n_skipped": {name: split.n_skipped for name, split in images.splits.items()},
            "value_ranges": {name: [seen.low, seen.high] for name, seen in ranges.items()},
            "value_limits": request.form.values.limits and [*request.form.values.limits],
            "warnings": warnings,
            "n_without_label": without_label,
            "notes": images.notes,
            "class_counts": {
                name: np.bincount(split.y[split.y >= 0], minlength=len(class_names)).tolist()
                for name, split in images.splits.items()
                if split.y is not None
            },
            "image_shape": list(store["train"].X.shape[1:]),
            "source_digest": images.source_digest,
        }


def _measured(reader: Callable, request: Request) -> Request:
    """Return a request for the range of the values, which are read for it a first time."""
    with reader(request) as images:
        for split in images.splits.values():
            for _ in _shown(split, "values", request.progress, Range()):
                pass
    form = replace(request.form, values=measured(request.form.values))
    return replace(request, form=form)


def _warnings(ranges: dict[str, Range]) -> list[str]:
    low = min(seen.low for seen in ranges.values())
    high = max(seen.high for seen in ranges.values())
    warning = unused_range(low, high)
    return [warning] if warning else []


def _shown(
    split: ImageSplit, description: str, progress: bool, seen: Range
) -> Iterator[np.ndarray]:
    with tqdm(
        total=split.n, desc=description, unit=" images", disable=None if progress else True
    ) as bar:
        for block in split.blocks():
            seen.add(block)
            yield block
            bar.update(len(block))
