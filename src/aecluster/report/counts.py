"""How many clusters each representation has, in a sentence each."""

from collections.abc import Iterable, Iterator, Sequence

from aecluster.comparison.statistics import Summary, best_k
from aecluster.records.record import Record


def counts_of_clusters(records: Iterable[Record], summaries: Sequence[Summary]) -> Iterator[str]:
    """Yield what the gap statistic, stability and silhouette say, of one data set.

    Parameters
    ----------
    records : iterable of Record
        Those of the step `gap` count.
    summaries : sequence of Summary
        Scores over seeds, of which the silhouette says its best k.

    Yields
    ------
    str
        A sentence per representation that was counted.
    """
    best = {(name, score): k for (_, name, _, score), k in best_k(summaries).items()}
    for record in records:
        if record.step != "gap":
            continue
        name, tried = str(record.representation), sorted(record.params["k"])
        said = [
            f"by the gap statistic {_by_gap(record.metrics.get('k_by_gap'), tried[-1])}",
            f"by the stability of subsamples {record.metrics['k_by_stability']:.0f}",
        ]
        if (name, "silhouette") in best:
            said.append(f"by the silhouette {best[name, 'silhouette']}")
        listed = ", ".join(map(str, tried))
        yield f"Number of clusters of {name}: {', '.join(said)} (K-Means with k = {listed})."


def _by_gap(chosen: float | None, most: int) -> str:
    if chosen is None:
        return f"{most} or more"
    return "1, that is none" if chosen == 1 else f"{chosen:.0f}"
