"""What a run says on the terminal: what it will do, the table of scores, where to look."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from aecluster.comparison.competitors import competitor, is_of_kmeans, partition_notes
from aecluster.comparison.order import AGAINST_CLASSES, SHOWN, best_first, deciding_score
from aecluster.comparison.scores import read_scores, sampling_note
from aecluster.comparison.sizes import images_in, share_of, too_few
from aecluster.comparison.text import aligned, in_text
from aecluster.config import Experiment
from aecluster.errors import RecordError
from aecluster.records.record import SUBJECT
from aecluster.records.standing import check_standing

_RANDOM = "(random labels)"
_SHOWN = ("representation", "k", "seed", *SHOWN)


def opening(
    experiment: Experiment,
    splits: Mapping[str, str],
    sizes: Mapping[str, dict[str, int]],
    *,
    placed: Callable[[str], str] = str,
) -> str:
    """Return what an experiment compares, where its results will be, and where the logs.

    Parameters
    ----------
    experiment : Experiment
    splits : mapping of str to str
        The split that is clustered, by data set.
    sizes : mapping of str to dict of str to int
        The number of images of each split, by data set; empty where it is not known yet.
    placed : callable, optional
        What becomes of a path in another workflow.

    Returns
    -------
    str
        With the numbers of images where they are known, and a warning where they are few.
    """
    ks = experiment.clustering.k
    shares = {name: share_of(split, sizes[name]) for name, split in splits.items()}
    n_clustered = {
        name: sum(found.values()) if splits[name] == "all" else found.get(splits[name], 0)
        for name, found in sizes.items()
    }
    warnings = [too_few(name, n, max(ks)) for name, n in n_clustered.items() if n]
    return "\n".join(
        [
            f"{experiment.experiment}: {', '.join(['K-Means', *experiment.clusterers])} on "
            f"{', '.join(experiment.representations)} of "
            f"{', '.join(f'{name} ({share})' for name, share in shares.items())}, "
            f"k = {_listed(ks)}, seed = {_listed(experiment.seeds)}",
            *filter(None, warnings),
            f"Results: {', '.join(placed(f'results/{name}/') for name in experiment.datasets)}, "
            f"table: {placed(f'results/{experiment.experiment}/scores.csv')}",
            f"Logs: {placed('logs/<rule>/')}",
        ]
    )


def closing(
    scores: str | os.PathLike[str], *, ui: str = "make ui", replaced: Sequence[str] = ()
) -> str:
    """Return the tables of scores, one per data set, and the commands to look further.

    Parameters
    ----------
    scores : path-like
        The table of scores; after a run that was asked for less it is missing, or is of other
        clusterings than are there.
    ui : str, default "make ui"
        The command that opens MLflow.
    replaced : sequence of str, optional
        What something else than the run has replaced while it went on, a line each: there is no
        table to show then.

    Returns
    -------
    str
        Variants by falling NMI, or by falling silhouette where no classes are known. Of several
        seeds the mean, with half the width of its 95 % interval. Random labels, which are a control
        in the table beside the scores, come last.
    """
    if replaced:
        more = f", and {len(replaced) - 1:,} more" if len(replaced) > 1 else ""
        return (
            "\nResults were replaced while the run went on, there is no table to show; run again. "
            f"{replaced[0]}{more}"
        )
    if not Path(scores).exists():
        return f"\nDone as far as asked; without {scores} there is no table to show."
    try:
        check_standing(Path(scores).with_suffix(".json"))
    except RecordError as error:
        return f"\nDone as far as asked; there is no table to show. {error}"
    rows = read_scores(scores)
    has_seeds = len({row["seed"] for row in rows}) > 1
    controls = _random_labels(Path(scores).with_name("controls.csv"), rows[0])
    rows += controls
    report = Path(scores).with_name("report.html")
    datasets = dict.fromkeys(row["dataset"] for row in rows)
    lines = []
    for dataset in datasets:
        members = [row for row in rows if row["dataset"] == dataset]
        notes = [
            *_sizes(members, Path(scores)),
            sampling_note(members),
            *partition_notes(members),
        ]
        lines += [
            "",
            *([f"{dataset}:"] if len(datasets) > 1 else []),
            *_table(*(_over_seeds(members) if has_seeds else _by_variant(members))),
            *(["", *filter(None, notes)] if any(notes) else []),
        ]
    return "\n".join(
        [
            *lines,
            "",
            *(["+-: 95 % interval over seeds"] if has_seeds else []),
            *(
                [f"{_RANDOM}: chance, by labels drawn for clusters of the same sizes"]
                if controls
                else []
            ),
            f"All scores: {scores}",
            # A run that ends with the scores makes none.
            *([f"The report, to send: {report}"] if report.exists() else []),
            f"Compare runs: {ui}",
        ]
    )


def _sizes(rows: Sequence[dict[str, str]], scores: Path) -> list[str | None]:
    """Return how many images the rows of a data set are of, and a warning if they are few."""
    row = max(rows, key=lambda row: int(row["k"]))
    dataset, n = row["dataset"], row.get("n")
    if not n:
        return []
    found = images_in(scores.parents[1] / dataset / "pixels" / "store.json")
    shares = [f"Clustered: {share_of(row['split'], found)} of {dataset}"] if found else []
    return [*shares, too_few(dataset, int(n), int(row["k"]))]


def failure(*, placed: Callable[[str], str] = str) -> str:
    """Return what an error leaves, and where to look; `placed` as for `opening`."""
    return (
        "\nStopped by an error; finished steps are kept, the same command goes on from there.\n"
        f"Logs: {placed('logs/<rule>/')}"
    )


def _random_labels(controls: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    """Return what random labels score against the classes, one row per data set, k and seed.

    That does not depend on the space, so that it is the mean over the representations.
    """
    if not controls.exists():
        return []
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in read_scores(controls):
        if row["control"] == "random" and row.get("nmi") and is_of_kmeans(row):
            group = row["dataset"], row["k"], row["seed"]
            groups.setdefault(group, []).append(row)
    return [
        dict.fromkeys(columns, "")
        | {name: members[0][name] for name in SUBJECT}
        | {"representation": _RANDOM}
        | {name: str(fmean(float(row[name]) for row in members)) for name in AGAINST_CLASSES}
        for members in groups.values()
    ]


def _by_variant(rows: Sequence[dict[str, str]]) -> tuple[list[str], list[list[str]]]:
    rows = [{**row, "representation": competitor(row)} for row in rows]
    shown = [column for column in _SHOWN if any(row[column] for row in rows)]
    first = deciding_score(shown)
    cells = [
        [
            row[column] if column in SUBJECT or not row[column] else f"{float(row[column]):.4f}"
            for column in shown
        ]
        for row in best_first(rows, lambda row: {first: float(row[first])} if row[first] else {})
    ]
    return shown, cells


def _over_seeds(rows: Sequence[dict[str, str]]) -> tuple[list[str], list[list[str]]]:
    # NumPy would slow down every start of Snakemake.
    from aecluster.comparison.statistics import summarize

    groups = {}
    for found in summarize(rows):
        group = groups.setdefault((found.representation, found.k), {})
        group[found.score] = found.estimate
    shown = [name for name in _SHOWN if any(name in group for group in groups.values())]
    first = deciding_score(shown)
    cells = [
        [
            *(name, str(k), str(max(found.n_seeds for found in group.values()))),
            *(in_text(group[score], 4, " +- ") if score in group else "" for score in shown),
        ]
        for (name, k), group in best_first(
            groups.items(),
            lambda item: {first: item[1][first].mean} if first in item[1] else {},
        )
    ]
    return ["representation", "k", "seeds", *shown], cells


def _listed(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["-" * max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return aligned([head, rule, *rows])
