"""From the store of a representation to the scores of the representation itself."""

import os
from typing import Any

import numpy as np

from aecluster.probes.registry import Probed, score_representation
from aecluster.store import Split, Store


def probe(store: str | os.PathLike[str]) -> tuple[dict[str, float], dict[str, Any]]:
    """Score a representation by every probe that applies: train teaches, test is asked.

    Parameters
    ----------
    store : path-like

    Returns
    -------
    scores : dict of str to float
        By the names of `aecluster.probes.registry.PROBES`; without labels of the vectors alone.
    details : dict
        `n_train`, `n_test`, `d`: numbers of vectors and of their values; `n_sampled`: how many
        train vectors all but the neighbours are of.

    Raises
    ------
    StoreError
        If the file is missing, cut short, or holds something else.
    """
    with Store(store) as opened:
        train, test = opened["train"], opened["test"]
        rows, train_y = train.thinned(), _classes(train)
        sample = train.matrix_of(rows)
        scores = score_representation(
            Probed(
                train=train,
                test=test,
                sample=sample,
                train_y=train_y,
                test_y=_classes(test),
                sample_y=None if train_y is None else train_y[rows],
            )
        )
        details = {"n_train": len(train), "n_test": len(test), "d": train.n_features}
        return scores, details | {"n_sampled": len(sample)}


def _classes(split: Split) -> np.ndarray | None:
    return None if split.y is None or (split.y < 0).all() else split.y
