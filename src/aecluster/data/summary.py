"""What a store holds, for a person to read."""

import os

import numpy as np

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
    return "\n".join(lines)


def _names(split: Split) -> list[str]:
    names = split.names
    return [f"  names from {names[0]} to {names[-1]}"] if names else ["  no names"]


def _classes(split: Split) -> list[str]:
    if split.y is None:
        return ["  no labels"]
    counts = np.bincount(split.y, minlength=len(split.class_names))
    width = max(map(len, split.class_names))
    return [
        f"  {name.ljust(width)}  {count:>7,}"
        for name, count in zip(split.class_names, counts, strict=True)
    ]
