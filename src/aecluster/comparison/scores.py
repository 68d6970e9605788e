"""The tables of scores: one row per variant, and one row per control of a variant.

They come from the records of K-Means, of other clusterers and of evaluation. The scores of a
representation itself stand in the rows of all its variants of a seed. Controls are scored in the
space of the representation: `random` labels with the cluster sizes of the variant, and the
`classes` themselves.
"""

import csv
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from aecluster.atomic import atomic_write
from aecluster.comparison.competitors import KMEANS
from aecluster.errors import ConfigError
from aecluster.records.record import STANDARD_ERROR, SUBJECT, read_record

# What people lean on; further metrics come behind. Without labels the last three are empty.
COLUMNS = (
    *SUBJECT,
    "n",
    "d",
    "silhouette",
    "dunn",
    "inertia",
    "n_iter",
    "nmi",
    "ari",
    "accuracy",
)

# Behind them, in an experiment that names clusterers beside K-Means.
_OF_CLUSTERERS = ("clusterer", "n_clusters", "n_noise")


def write_scores(
    path: str | os.PathLike[str],
    clusterings: Iterable[str | os.PathLike[str]],
    scores: Iterable[str | os.PathLike[str]],
    probes: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """Write one row per variant, in the order given.

    Parameters
    ----------
    path : path-like
        The CSV file to make.
    clusterings, scores : iterable of path-like
        Records of `kmeans` or `cluster`, and of `evaluate`, variant by variant in the same order.
    probes : iterable of path-like, optional
        Records of `probe`, in any order.

    Raises
    ------
    RecordError
        If a record is missing or cannot be read.
    """
    of_spaces = {
        (record.dataset, record.representation, record.seed): record.metrics
        for record in map(read_record, probes)
    }
    rows = [_row(*pair, of_spaces) for pair in zip(clusterings, scores, strict=True)]
    _write(path, _without_clusterers(rows))


def write_controls(path: str | os.PathLike[str], scores: Iterable[str | os.PathLike[str]]) -> None:
    """Write one row per control of each variant, in the order given.

    Parameters
    ----------
    path : path-like
        The CSV file to make.
    scores : iterable of path-like
        Records of `evaluate`.

    Raises
    ------
    RecordError
        If a record is missing or cannot be read.
    """
    rows = [
        {
            **{name: getattr(record, name) for name in SUBJECT},
            "control": control,
            "clusterer": record.params.get("clusterer", KMEANS),
            **found,
        }
        for record in map(read_record, scores)
        for control, found in record.details.get("controls", {}).items()
    ]
    _write(path, _without_clusterers(rows))


def check_same_data(
    path: str | os.PathLike[str], experiment: str, datasets: Collection[str]
) -> None:
    """Raise if an experiment of this name has results, and all of them are of other data sets.

    Parameters
    ----------
    path : path-like
        The experiment's table of scores; it need not be there.
    experiment : str
        Name of the experiment that is to run.
    datasets : collection of str
        Names of its data sets.

    Raises
    ------
    ConfigError
        Instead of writing over the table.
    """
    if not Path(path).exists():
        return
    found = {row["dataset"] for row in read_scores(path) if row.get("dataset")}
    if found and found.isdisjoint(datasets):
        raise ConfigError(
            f"experiment: found {experiment!r}, whose {path} is of {', '.join(sorted(found))}, "
            f"expected a name of its own for {', '.join(sorted(datasets))} "
            f"(--config experiment=NAME), or that {Path(path).parent}/ is removed"
        )


def sampling_note(rows: Iterable[Mapping[str, str]]) -> str | None:
    """Return what is not exact in a table of scores, as one sentence; None if all of it is.

    Parameters
    ----------
    rows : iterable of mapping of str to str
        As from `read_scores`.

    Examples
    --------
    >>> sampling_note([{"n": "50000", "n_sampled": "2000", "se_silhouette": "0.0021"}])
    'Silhouettes are those of 2,000 of 50,000 points, stratified by cluster: standard error at \
most 0.0021. The Dunn index, which needs all pairs, is left out.'
    """
    sampled = [row for row in rows if row.get("n_sampled")]
    if not sampled:
        return None
    largest = max(
        float(value)
        for row in sampled
        for name, value in row.items()
        if name.startswith(STANDARD_ERROR) and value
    )
    n_sampled, n = (max(int(row[name]) for row in sampled) for name in ("n_sampled", "n"))
    return (
        f"Silhouettes are those of {n_sampled:,} of {n:,} points, stratified by cluster: standard "
        f"error at most {largest:.2g}. The Dunn index, which needs all pairs, is left out."
    )


def read_scores(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Return the rows of a table of scores, as text."""
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def _row(
    clustering: str | os.PathLike[str],
    scores: str | os.PathLike[str],
    of_spaces: Mapping[tuple[str | None, str | None, int | None], Mapping[str, float]],
) -> dict[str, object]:
    fitted, scored = read_record(clustering), read_record(scores)
    space = scored.dataset, scored.representation
    # The pixels are the same for every seed.
    of_space = of_spaces.get((*space, scored.seed)) or of_spaces.get((*space, None), {})
    known = {
        **{name: getattr(scored, name) for name in SUBJECT},
        "n": scored.details["n"],
        "d": scored.details["d"],
        "n_iter": _whole(fitted.metrics.get("n_iter")),
        "clusterer": scored.params.get("clusterer", KMEANS),
        "n_clusters": sum(size > 0 for size in fitted.details.get("cluster_sizes", ())),
        "n_noise": int(fitted.metrics.get("n_noise", 0)),
        **scored.metrics,
        **of_space,
    }
    if "n_sampled" in scored.details:
        known["n_sampled"] = scored.details["n_sampled"]
    return {column: known.get(column) for column in dict.fromkeys((*COLUMNS, *known))}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _without_clusterers(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows without the columns on clusterers where all are of K-Means."""
    if any(row["clusterer"] != KMEANS for row in rows):
        return rows
    return [{name: row[name] for name in row if name not in _OF_CLUSTERERS} for row in rows]


def _write(path: str | os.PathLike[str], rows: Sequence[Mapping[str, object]]) -> None:
    columns = dict.fromkeys(column for row in rows for column in row) or (*SUBJECT, "control")
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
