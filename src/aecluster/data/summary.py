"""What a store or a clustering holds, for a person to read."""

import os

import numpy as np

from aecluster.data.values import Range, unused_range
from aecluster.store import FORMAT_VERSION, Split, Store, read_clustering


def summarize_clustering(path: str | os.PathLike[str]) -> str:
    """Return what a clustering is: numbers of rows, clusters and values, and the clusters' sizes.

    Raises
    ------
    StoreError
        If the file is missing, cut short, no clustering, or of another format version.
    """
    labels, centroids = read_clustering(path)
    sizes = np.bincount(labels[labels >= 0], minlength=len(centroids))
    n_noise = int((labels < 0).sum())
    width = len(str(len(sizes) - 1))
    return "\n".join(
        [
            f"{path}: {len(labels):,} rows in {len(sizes):,} clusters, centroids of "
            f"{centroids.shape[1]:,} values",
            *(
                f"  {str(cluster).rjust(width)}  {size:>7,}  {size / len(labels):.1%}"
                for cluster, size in enumerate(sizes)
            ),
            *([f"  none {n_noise:,} {n_noise / len(labels):.1%}"] if n_noise else []),
        ]
    )


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
    if split.texts is None:
        return ["  no names"]
    names = split.texts.asstr()
    return [f"  names from {names[0]} to {names[-1]}"]


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
