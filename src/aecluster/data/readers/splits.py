"""Which split a name of a file, folder or array says, and which splits come of those."""

import re
from collections.abc import Iterable

from aecluster.errors import DataError

WHOLE = ""  # stands for the split of a source that has none

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
}


def split_of(name: str) -> str:
    """Return `train`, `val` or `test` where a word of a name says it, else an empty text.

    Examples
    --------
    >>> split_of("data/validation-00000-of-00001.parquet"), split_of("letters.csv")
    ('val', '')
    """
    for word in re.split(r"[^a-z]+", name.lower()):
        if word in SPLIT_WORDS:
            return SPLIT_WORDS[word]
    return WHOLE


def joined_splits(found: Iterable[str], where: str, notes: list[str]) -> dict[str, list[str]]:
    """Return of which of the splits that were found `train` and `test`, or the whole, are made.

    `val` is test where there is no test; else it joins train.

    Parameters
    ----------
    found : iterable of str
        `train`, `val`, `test` and the empty text.
    where : str
        What has them, for an error.
    notes : list of str
        To which is added what is to be said.

    Raises
    ------
    DataError
        If some of the images are of a split and some of none, or one split is missing.

    Examples
    --------
    >>> joined_splits(["train", "val"], "a.npz", [])
    {'train': ['train'], 'test': ['val']}
    """
    found = set(found)
    match sorted(found):
        case [""] | ["train"] | ["test"] | ["val"]:
            return {WHOLE: [*found]}
        case ["test", "train"]:
            return {"train": ["train"], "test": ["test"]}
        case ["train", "val"]:
            notes.append("val is taken for test, since there is no test")
            return {"train": ["train"], "test": ["val"]}
        case ["test", "train", "val"]:
            notes.append("val joins train")
            return {"train": ["train", "val"], "test": ["test"]}
    names = " and ".join(name or "images of no split" for name in sorted(found))
    raise DataError(f"{where}: {names}, expected train and test, or neither")
