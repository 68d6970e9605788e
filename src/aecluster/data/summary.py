"""What a store holds, for a person to read."""

import os

import numpy as np

from aecluster.data.values import Range, unused_range
from aecluster.store import FORMAT_VERSION, Split, Store


def summarize_store(path: str | os.PathLike[str]) -> str:
    """Return what a store says it is: dataset, digest of its source, sizes, classes, names.

    Parameters
    ----------
    path : path-like
        The HDF5 file.

    Returns
    -------
    str
        One line a fact.

    Raises
    ------
    StoreError
        If the file is missing, cut short, no store, or of another format version.
    """
    values = Range()
    with Store(path) as store:
        lines = [
            f"{path}: {store.representation} of {store.dataset}, format version {FORMAT_VERSION}",
            f"source: sha256 {store.source_digest}",
        ]
        for name in store.splits:
            split = store[name]
            shape = " x ".join(map(str, split.X.shape[1:]))
            lines.append(f"{name}: {len(split):,} of {shape}, {split.X.dtype}")
            lines.extend(_classes(split))
            lines.extend(_names(split))
            if split.X.dtype == np.uint8:
                for rows in split.X.iter_chunks():
                    values.add(split.X[rows])
        if not values.is_empty:
            warning = unused_range(values.low, values.high)
            lines.append(
                f"warning: {warning}" if warning else f"values: {values.low} to {values.high}"
            )
    return "\n".join(lines)


def _names(split: Split) -> list[str]:
    names = split.names
    return [f"  names from {names[0]} to {names[-1]}"] if names else ["  no names"]


def _classes(split: Split) -> list[str]:
    if split.y is None:
        return ["  no labels"]
    has_label = split.y >= 0
    counts = np.bincount(split.y[has_label], minlength=len(split.class_names))
    rows = list(zip(split.class_names, counts, strict=True))
    if not has_label.all():
        rows.append(("(no label)", np.count_nonzero(~has_label)))
    width = max(len(name) for name, _ in rows)
    return [f"  {name.ljust(width)}  {count:>7,}" for name, count in rows]
