"""What a clustering costs: the time of all steps that led to it, and the weights trained for it."""

import os
from collections import defaultdict
from dataclasses import dataclass

from aecluster.comparison.competitors import named
from aecluster.records.lineage import clusterer_of, lineage_in
from aecluster.records.record import Record


@dataclass(frozen=True)
class Cost:
    """The cost of one clustering, mean over its seeds.

    Attributes
    ----------
    wall_s : float
        Seconds that its steps took: those of the representation and of what it is made from, and
        the clusterer. Other steps may have run beside them.
    n_params : int
        Weights of the models that training left, of an autoencoder with its decoder; 0 if nothing
        was trained.
    peak_mem_mb : float
        Most memory that one of its steps took.
    threads : int
        Most threads that one of its steps was given.
    """

    wall_s: float
    n_params: int
    peak_mem_mb: float
    threads: int


def costs_of(results: str | os.PathLike[str]) -> dict[tuple[str, str, int], Cost]:
    """Return the cost of each clustering by data set, competitor and k.

    Parameters
    ----------
    results : path-like
        Folder of the results; its records are read, wherever they lie in it.

    Returns
    -------
    dict of (str, str, int) to Cost
        Without clusterings whose steps have changed since.

    Raises
    ------
    RecordError
        If a record is cut short or not a record.
    """
    lineage = lineage_in(results)
    found: dict[tuple[str, str, int], list[Cost]] = defaultdict(list)
    for entry in lineage.entries:
        if entry.record.step not in ("kmeans", "cluster") or not (chain := lineage.chain(entry)):
            continue
        # What is of no representation, the reading of the images, is shared by all of them.
        steps = [link.record for link in chain if link.record.representation is not None]
        name = named(entry.record.representation, clusterer_of(entry.record))
        key = (entry.record.dataset, name, int(entry.record.k))
        found[key].append(
            Cost(
                wall_s=sum(map(_seconds, steps)),
                n_params=sum(step.details.get("n_params", 0) for step in steps),
                peak_mem_mb=max(step.run.peak_mem_mb for step in steps),
                threads=max(step.run.threads for step in steps),
            )
        )
    return {
        key: Cost(
            sum(cost.wall_s for cost in costs) / len(costs),
            costs[0].n_params,
            max(cost.peak_mem_mb for cost in costs),
            max(cost.threads for cost in costs),
        )
        for key, costs in found.items()
    }


def _seconds(step: Record) -> float:
    """Return what a step took; of a training that was killed and went on, all its epochs."""
    epochs = step.curves.get("wall_s", [])
    return max(step.run.wall_s, sum(epoch.value for epoch in epochs))
