"""What is no data to cluster."""

from __future__ import annotations

import numpy as np


def refuse_masked(values: object, name: str) -> None:
    """Raise ValueError if values are masked, which are missing and would count else.

    Parameters
    ----------
    values : object
        Anything that was given as an array.
    name : str
        What it was given as.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        n_masked = int(np.ma.getmaskarray(values).sum())
        raise ValueError(
            f"{name}: found {n_masked} masked values, expected none; fill them in or leave their "
            "rows out"
        )
