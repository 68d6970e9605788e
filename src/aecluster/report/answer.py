"""The answer to the question of an experiment, in one sentence."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aecluster.comparison.competitors import CHOSEN, KMEANS, parts_of
from aecluster.comparison.statistics import Difference, Row, Summary
from aecluster.records.lineage import clusterer_of
from aecluster.records.record import Record

_COMMON = "_in_pixels"


@dataclass(frozen=True)
class Answer:
    """What one data set says to the question.

    Attributes
    ----------
    sentence : str
    names : list of str
        The representations that it speaks of.
    """

    sentence: str
    names: list[str]


def answer(
    dataset: str,
    k: int,
    summaries: Sequence[Summary],
    controls: Sequence[Row],
    differences: Sequence[Difference],
    records: Iterable[Record],
) -> Answer:
    """Return which representation is better and by how much, and whether that is more than chance.

    Parameters
    ----------
    dataset : str
    k : int
        Number of clusters, the first of the experiment.
    summaries : sequence of Summary
        Scores over seeds.
    controls : sequence of mapping of str to str
        What labels without meaning score.
    differences : sequence of Difference
        Of the representations from one of them.
    records : iterable of Record
        Of the clusterings, for the number of images and the sizes of the clusters.

    Returns
    -------
    Answer
        Where classes are known, the share of images that are with their class; else how well seeds
        agree, the silhouette in the space of the pixels, and the sizes of the clusters.
    """
    all_members = [s for s in summaries if s.dataset == dataset and s.k in (k, CHOSEN)]
    members = [s for s in all_members if parts_of(s.representation)[1] == KMEANS]
    others = [s for s in all_members if s not in members and s.score == "accuracy"]
    of_k = [r for r in records if r.dataset == dataset and r.k == k and clusterer_of(r) is None]
    n = next((r.details["n"] for r in of_k if "n" in r.details), None)
    images = "the images" if n is None else f"{n:,} images"
    accuracies = {s.representation: s for s in members if s.score == "accuracy"}
    if accuracies:
        chance = [
            float(row["accuracy"])
            for row in controls
            if row["dataset"] == dataset
            and int(row["k"]) == k
            and row["control"] == "random"
            and row.get("accuracy")
        ]
        found = [d for d in differences if d.dataset == dataset and d.k == k]
        return _by_classes(accuracies, images, chance, found, others)
    return _without_classes(members, images, of_k)


def _by_classes(
    accuracies: dict[str, Summary],
    images: str,
    chance: Sequence[float],
    differences: Sequence[Difference],
    others: Sequence[Summary],
) -> Answer:
    reference = next((d.reference for d in differences), None)
    shown = _reference_and_highest(accuracies, reference)
    shares = [f"{accuracies[name].estimate.mean:.0%} by {name}" for name in shown]
    shares[0] = shares[0].replace(" by", f" of {images} with their class by", 1)
    parts = [f"K-Means puts {' and '.join(shares)}{_rank(accuracies, shown[-1])}"]
    if chance:
        parts.append(f"chance is {sum(chance) / len(chance):.0%}")
    verdict = [
        _verdict(d) for d in differences if d.representation == shown[-1] and d.score == "accuracy"
    ]
    sentence = "; ".join([*parts, *verdict]) + "."
    if others:
        best = max(others, key=lambda found: found.estimate.mean)
        sentence += f" Another clusterer: {best.estimate.mean:.0%} for {best.representation}"
        sentence += ", the highest of those." if len(others) > 1 else "."
    return Answer(sentence.replace("%", " %"), shown)


def _without_classes(members: Sequence[Summary], images: str, records: Sequence[Record]) -> Answer:
    shown: list[str] = []
    parts = [f"Without known classes no score says which clusters of {images} are right"]
    for score, words in (
        ("stability", "clusterings from other seeds agree by {} (adjusted Rand index)"),
        (f"silhouette{_COMMON}", "in the space of the pixels the silhouette is {}"),
    ):
        found = {s.representation: s for s in members if s.score == score}
        names = _reference_and_highest(found, "pixels" if "pixels" in found else None)
        shown = shown or names
        if names:
            values = [f"{found[name].estimate.mean:.2f} for {name}" for name in names]
            parts.append(words.format(" and ".join(values)) + _rank(found, names[-1]))
    sizes = [size for r in records for size in r.details.get("cluster_sizes", ())]
    if sizes:
        parts.append(f"clusters hold {min(sizes):,} to {max(sizes):,} images")
    known, *found_out = parts
    return Answer(f"{known}: {'; '.join(found_out)}." if found_out else f"{known}.", shown)


def _reference_and_highest(found: dict[str, Summary], reference: str | None) -> list[str]:
    others = [name for name in found if name != reference]
    highest = max(others, key=lambda name: found[name].estimate.mean, default=None)
    return [name for name in (reference, highest) if name in found]


def _rank(found: dict[str, Summary], name: str) -> str:
    """Return what the last of those that are named is among more than two."""
    if len(found) <= 2:
        return ""
    is_highest = all(s.estimate.mean <= found[name].estimate.mean for s in found.values())
    return f", the highest of {f'{len(found)} representations' if is_highest else 'the others'}"


def _verdict(found: Difference) -> str:
    estimate = found.estimate
    if estimate.low is None or estimate.high is None:
        return "one seed cannot tell them apart"
    seeds = f"{estimate.n_seeds} seeds"
    if estimate.low <= 0 <= estimate.high:
        return f"{seeds} cannot tell them apart"
    ends = sorted(abs(end) * 100 for end in (estimate.low, estimate.high))
    points = f"{ends[0]:.1f} to {ends[1]:.1f}" if not math.isclose(*ends) else f"{ends[0]:.1f}"
    direction = "more" if estimate.low > 0 else "fewer"
    return (
        f"that is {points} points {direction} than by {found.reference} "
        f"(95% interval of the difference over {seeds})"
    )
