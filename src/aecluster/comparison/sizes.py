"""How many images were clustered, of how many, and whether they are enough."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Of fewer images per cluster the scores depend on single images.
_FEW_PER_CLUSTER = 20


def images_in(pixels_record: Path, params: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Return the number of images of each split, as the record of the pixels says; else nothing.

    Parameters
    ----------
    pixels_record : Path
        `results/<dataset>/pixels/store.json`.
    params : mapping, optional
        What the pixels depend on now; a record of anything else says nothing.
    """
    try:
        record = json.loads(pixels_record.read_text(encoding="utf-8"))
        if params is not None and record["params"] != params:
            return {}
        return {split: int(n) for split, n in record["details"]["n"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def share_of(split: str, found: dict[str, int]) -> str:
    """Return how many images a split has, of how many.

    Examples
    --------
    >>> share_of("test", {"train": 239, "test": 61}), share_of("all", {"train": 239, "test": 61})
    ('61 of 300 images', 'all 300 images')
    >>> share_of("test", {})
    'split test'
    """
    if split not in (*found, "all") or not found:
        return f"split {split}"
    total = sum(found.values())
    return f"all {total:,} images" if split == "all" else f"{found[split]:,} of {total:,} images"


def too_few(dataset: str, n: int, k: int) -> str | None:
    """Return a warning where there are few images per cluster, else None.

    Examples
    --------
    >>> too_few("pets", 61, 10)
    'warning: pets: 61 images in 10 clusters, fewer than 20 per cluster: scores say little'
    >>> too_few("pets", 300, 10)
    """
    if n >= _FEW_PER_CLUSTER * k:
        return None
    return (
        f"warning: {dataset}: {n:,} images in {k} clusters, fewer than {_FEW_PER_CLUSTER} per "
        "cluster: scores say little"
    )
