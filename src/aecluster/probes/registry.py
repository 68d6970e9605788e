"""The scores of a representation itself, without clusters, in the order of columns and tables.

As with `METRICS`, an entry of `PROBES` is all that a further one needs beside its formula.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from aecluster.metrics.points import Points
from aecluster.probes.vectors import (
    knn_accuracy,
    linear_probe_accuracy,
    rankme,
    uniformity,
)

# Of so many vectors all pairs take a second.
_N_IN_PAIRS = 5000


@dataclass(frozen=True)
class Probed:
    """What a probe may look at.

    Attributes
    ----------
    train, test : Points
        All vectors of both splits, read by blocks.
    sample : ndarray of shape (n, d), float32
        The train vectors, or evenly spread ones of them that fit into memory.
    train_y, test_y, sample_y : ndarray of int, or None
        Class of each vector, negative where it has none; None where no vector of the split has one.
    """

    train: Points
    test: Points
    sample: np.ndarray
    train_y: np.ndarray | None
    test_y: np.ndarray | None
    sample_y: np.ndarray | None


@dataclass(frozen=True)
class Probe:
    """One way to score a representation; see `aecluster.metrics.Metric` for what is not here.

    Attributes
    ----------
    label, description, reference : str
    minimum, maximum : float
    greater_is_better : bool
    kind : {"probe", "geometry"}
        Whether it reads classes off the vectors, or looks at the vectors alone. The latter do not
        say which of two representations is better.
    compute : callable
        Function of `Probed` that returns the score as a float; of kind `probe` only called where
        train and test have classes.
    """

    label: str
    description: str
    reference: str
    minimum: float
    maximum: float
    greater_is_better: bool
    kind: Literal["probe", "geometry"]
    compute: Callable[[Probed], float] = field(repr=False)


def score_representation(probed: Probed) -> dict[str, float]:
    """Compute every probe of `PROBES` that applies.

    Parameters
    ----------
    probed : Probed

    Returns
    -------
    dict of str to float
        Scores by name, in the order of `PROBES`; without those of kind `probe` where train or test
        has no classes, or only one.
    """
    has_classes = (
        probed.test_y is not None
        and probed.sample_y is not None
        and len(np.unique(probed.sample_y[probed.sample_y >= 0])) > 1
    )
    return {
        name: probe.compute(probed)
        for name, probe in PROBES.items()
        if probe.kind != "probe" or has_classes
    }


PROBES = {
    "knn_accuracy": Probe(
        label="kNN accuracy",
        description="Share of test images whose class the 30 train images of the highest cosine "
        "vote for, each with the weight exp(cosine / 0.03).",
        reference="Wu et al. (2018), CVPR, arXiv 1805.01978",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="probe",
        compute=lambda probed: knn_accuracy(
            probed.train, probed.train_y, probed.test, probed.test_y
        ),
    ),
    "linear_probe": Probe(
        label="linear probe",
        description="Share of test images whose class a logistic regression on the standardised "
        "train vectors gets right.",
        reference="Alain and Bengio (2016), arXiv 1610.01644",
        minimum=0.0,
        maximum=1.0,
        greater_is_better=True,
        kind="probe",
        compute=lambda probed: linear_probe_accuracy(
            probed.sample, probed.sample_y, probed.test, probed.test_y
        ),
    ),
    "rankme": Probe(
        label="RankMe",
        description="Effective rank of the train vectors: how many directions they fill, from 1 "
        "to the number of values. A low one tells of collapse; a high one alone of nothing.",
        reference="Garrido et al. (2023), ICML, arXiv 2210.02885",
        minimum=0.0,
        maximum=np.inf,
        greater_is_better=True,
        kind="geometry",
        compute=lambda probed: rankme(probed.sample),
    ),
    "uniformity": Probe(
        label="uniformity",
        description="How evenly the directions of train vectors fill the sphere: the log of the "
        "mean of exp(-2 distance^2) over pairs, 0 if all are the same, about -4 if all are "
        "independent.",
        reference="Wang and Isola (2020), ICML, arXiv 2005.10242",
        minimum=-8.0,
        maximum=0.0,
        greater_is_better=False,
        kind="geometry",
        compute=lambda probed: uniformity(probed.sample[:: -(-len(probed.sample) // _N_IN_PAIRS)]),
    ),
}
