"""From the labels of a source, as they are, to numbers of classes.

-1, an empty text, None and NaN are no label: the image is clustered, and left out of the scores
that compare with classes.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from aecluster.errors import DataError

NO_LABEL = -1


def numbered(
    where: str,
    labels: Mapping[str, np.ndarray | Sequence | None],
    class_names: Sequence[str | bytes] | None = None,
) -> tuple[dict[str, np.ndarray | None], tuple[str, ...]]:
    """Return the labels as numbers of classes, and the names of the classes.

    Parameters
    ----------
    where : str
        What has the labels, for an error.
    labels : mapping of str to array-like of shape (n,), or None
        By split: integers, floats that are such, truth values, text, bytes, or None for an image;
        None where a split has none.
    class_names : sequence of str or bytes, optional
        By number; by default the labels themselves in their order are the names.

    Returns
    -------
    numbers : dict of str to (ndarray of shape (n,), int64, or None)
        -1 where an image has no label; None everywhere if no image has one.
    class_names : tuple of str

    Raises
    ------
    DataError
        If labels are of another kind, or have no name.

    Examples
    --------
    >>> numbered("a.csv", {"train": ["dog", ""], "test": ["cat", "dog"]})
    ({'train': array([ 1, -1]), 'test': array([0, 1])}, ('cat', 'dog'))
    """
    plain = {split: None if y is None else _plain(where, y) for split, y in labels.items()}
    known = [y for y in plain.values() if y is not None]
    if any(y.dtype.kind == "U" for y in known):
        plain = {split: None if y is None else _as_text(y) for split, y in plain.items()}
        known = [y for y in plain.values() if y is not None]
    values = np.unique(np.concatenate(known)) if known else np.empty(0)
    values = values[values != ("" if values.dtype.kind == "U" else NO_LABEL)]
    if not len(values):
        return dict.fromkeys(labels), ()
    if class_names is None or values.dtype.kind == "U":
        if values.tolist() == [1] and any((y == NO_LABEL).any() for y in known):
            raise DataError(
                f"{where}: labels -1 and 1, where -1 is no label, expected 0 and 1 for two classes"
            )
        numbers = {
            split: None if y is None else np.where(_is_label(y), np.searchsorted(values, y), -1)
            for split, y in plain.items()
        }
        return numbers, tuple(map(str, values))
    names = tuple(text(name) for name in class_names)
    if values[0] < 0 or values[-1] >= len(names):
        raise DataError(
            f"{where}: labels {values[0]} to {values[-1]}, expected 0 to {len(names) - 1}, "
            "one for each of class_names"
        )
    return plain, names


def text(value: object) -> str:
    """Return a name as text; bytes are UTF-8, and what is none of it is escaped."""
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)


def _plain(where: str, labels: np.ndarray | Sequence) -> np.ndarray:
    """Return labels as int64 or as text, with -1 or an empty text for none."""
    if not isinstance(labels, np.ndarray) or labels.dtype.kind in "SO":
        values = ["" if _is_missing(label) else label for label in list(labels)]
        if all(isinstance(value, (int, np.integer)) or value == "" for value in values):
            return np.array([NO_LABEL if value == "" else value for value in values], np.int64)
        if any(isinstance(value, (float, np.floating)) for value in values):
            return _plain(
                where, np.array([np.nan if value == "" else value for value in values], float)
            )
        labels = np.array([text(value) for value in values], dtype=str)
    if labels.dtype.kind == "f":
        labels = np.where(np.isnan(labels), NO_LABEL, labels)
        if not np.array_equal(labels, np.trunc(labels)):
            raise DataError(f"{where}: labels of {labels.dtype}, expected integers or text")
    if labels.dtype.kind == "b":
        return labels.astype(str)
    if labels.dtype.kind == "U":
        return np.where(labels == str(NO_LABEL), "", labels)
    if labels.dtype.kind not in "iuf":
        raise DataError(f"{where}: labels of {labels.dtype}, expected integers or text")
    return labels.astype(np.int64)


def _is_missing(label: object) -> bool:
    return label is None or label in ("", b"") or (isinstance(label, float) and label != label)


def _as_text(y: np.ndarray) -> np.ndarray:
    """Return numbers among text as text, too."""
    return y if y.dtype.kind == "U" else np.where(y == NO_LABEL, "", y.astype(str))


def _is_label(y: np.ndarray) -> np.ndarray:
    return y != ("" if y.dtype.kind == "U" else NO_LABEL)
