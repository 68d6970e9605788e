"""What a file of images holds, compared without regard to order: images with their classes."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from aecluster.data.preprocessing import preprocess
from aecluster.store import Store

Pairs = list[tuple[bytes, str | None]]


def pairs(images: np.ndarray, classes: Iterable[str | None] | None = None) -> Pairs:
    """Return the bytes and the class of each image, sorted."""
    classes = [None] * len(images) if classes is None else list(classes)
    found = zip((image.tobytes() for image in images), classes, strict=True)
    return sorted(found, key=lambda pair: (pair[0], pair[1] or ""))


def read_pairs(path: Path, source: str, split: str = "all", **options: Any) -> Pairs:
    """Return the same of what `preprocess` makes of a file, gray by default.

    Options are those of `preprocess`; the size has to be that of the images.
    """
    options = {"test_fraction": 0.5, "size": 8} | options
    with tempfile.TemporaryDirectory() as folder:
        out_path = Path(folder, "store.h5")
        preprocess(out_path, dataset="toy", source=source, path=path, **options)
        with Store(out_path) as store:
            found = store[split]
            classes = None
            if found.y is not None:
                classes = [found.class_names[label] if label >= 0 else None for label in found.y]
            return pairs(found.X[:], classes)
