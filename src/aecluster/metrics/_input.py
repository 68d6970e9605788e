"""What is no clustering: missing points and missing labels."""

import numpy as np


def refuse_masked(values, name):
    """Raise ValueError if values are masked, which are missing and would count else."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        n_masked = int(np.ma.getmaskarray(values).sum())
        raise ValueError(
            f"{name}: found {n_masked} masked values, expected none; leave their points out"
        )


def as_labels(values, name="labels"):
    """Return classes or clusters as an array.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        Numbers or strings.
    name : str
        What they were given as.

    Raises
    ------
    ValueError
        If some are missing, as None, NaN or masked, or if they cannot be told apart.
    """
    refuse_masked(values, name)
    labels = np.asarray(values)
    if labels.dtype.kind == "O":
        n_missing = sum(value is None or value != value for value in labels.flat)
        if n_missing:
            raise ValueError(f"{name}: found {n_missing} missing (None or NaN), expected none")
        kinds = sorted({type(value).__name__ for value in labels.flat})
        try:
            np.unique(labels)
        except TypeError:
            raise ValueError(
                f"{name}: found values of the types {', '.join(kinds)}, expected numbers or strings"
            ) from None
    elif labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError(f"{name}: found {int(np.isnan(labels).sum())} NaN, expected none")
    return labels
