"""Two experiments side by side: the same representations, scored with other choices.

The difference is taken seed by seed where both have the seed and the images are the same: what a
seed brings to both then falls out, see `aecluster.comparison.statistics.differences`. Images are
the same where both were read from the same source into as many rows. Scores in the space of the
pixels compare only where the pixels are the same too, which gray and coloured ones are not.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aecluster.comparison.competitors import competitor
from aecluster.comparison.order import SHOWN_OF_REPRESENTATIONS
from aecluster.comparison.scores import read_scores
from aecluster.comparison.statistics import (
    Estimate,
    Row,
    differences,
    estimate,
    score_named,
)
from aecluster.comparison.text import aligned, decimals_for, in_text
from aecluster.errors import AeclusterError, RecordError
from aecluster.records.record import read_record

# Names that no representation can have, for the rows of one against those of the other.
_FIRST, _SECOND = "first", "second"


@dataclass(frozen=True)
class _Side:
    """One of the two experiments."""

    folder: Path
    rows: list[Row]

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> "_Side":
        try:
            return cls(Path(folder), read_scores(Path(folder) / "scores.csv"))
        except OSError as error:
            raise AeclusterError(
                f"{error.filename}: {error.strerror}, expected the scores of a finished run"
            ) from None

    def images_of(self, dataset: str) -> tuple[object, object]:
        """Return what tells the images of a data set from others, and what tells their pixels."""
        try:
            made = read_record(self.folder.parent / dataset / "pixels" / "store.json")
        except RecordError:
            return (object(), object())  # equal to nothing: they cannot be known to be the same
        stores = [file.sha256 for file in made.outputs.values()]
        return (made.details["source_digest"], tuple(made.details["n"].items())), stores


def compare_experiments(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> str:
    """Return a table of what both experiments have, and of how the second differs from the first.

    Parameters
    ----------
    first, second : path-like
        Folders ``results/<experiment>``.

    Returns
    -------
    str
        One table per data set, one row per representation, k and score that compares: mean over
        seeds with half the width of its 95 % interval, of both; then the second minus the first
        with its paired interval. Below stands what only one of them has.

    Raises
    ------
    AeclusterError
        If one of them has no scores, or they share no representation, split and k.
    """
    sides = _Side.read(first), _Side.read(second)
    names = [side.folder.name for side in sides]
    if names[0] == names[1]:
        names = [str(side.folder) for side in sides]
    tables = [table for pair in _datasets(sides) if (table := _table(sides, names, pair))]
    if not tables:
        raise AeclusterError(
            f"{first}, {second}: no representation with the same split and k in both"
        )
    return "\n\n".join([*tables, *_only_in_one(sides, names)])


def _table(sides: Sequence[_Side], names: Sequence[str], datasets: tuple[str, str]) -> str | None:
    """Return what both say of one data set, None if they share nothing."""
    first, second = (
        [row for row in side.rows if row["dataset"] == dataset]
        for side, dataset in zip(sides, datasets, strict=True)
    )
    keys = dict.fromkeys(map(_key, first))
    shared = [key for key in keys if key in set(map(_key, second))]
    if not shared:
        return None
    images, pixels = zip(*map(_Side.images_of, sides, datasets), strict=True)
    has_same_images, has_same_pixels = images[0] == images[1], pixels[0] == pixels[1]
    title = datasets[0] if datasets[0] == datasets[1] else f"{datasets[1]} against {datasets[0]}"
    if not has_same_images:
        title += "; the images are not the same, so that there are no differences"
    elif not has_same_pixels:
        title += "; the pixels are not the same, so that there are no scores in their space"
    rows = [["representation", "score", "k", *names, "difference", "95 % interval"]]
    for key in shared:
        rows += _lines(
            key,
            [row for row in first if _key(row) == key],
            [row for row in second if _key(row) == key],
            has_same_images=has_same_images,
            has_same_pixels=has_same_pixels,
        )
    return "\n".join([title, *aligned(rows, n_left=2)])


def _key(row: Row) -> tuple[str, str, str]:
    return competitor(row), row["split"], row["k"]


def _datasets(sides: Sequence[_Side]) -> Iterator[tuple[str, str]]:
    """Yield which data sets are compared: those of one name, or the only ones that there are."""
    first, second = ([*dict.fromkeys(row["dataset"] for row in side.rows)] for side in sides)
    if len(first) == len(second) == 1:
        yield first[0], second[0]
    else:
        yield from ((name, name) for name in first if name in second)


def _only_in_one(sides: Sequence[_Side], names: Sequence[str]) -> Iterator[str]:
    keys = [dict.fromkeys(_key(row) for row in side.rows) for side in sides]
    for name, here, there in zip(names, keys, keys[::-1], strict=True):
        alone = [f"{representation} with k={k} on {split}" for representation, split, k in here
                 if (representation, split, k) not in there]  # fmt: skip
        if alone:
            yield f"Only in {name}: {', '.join(alone)}."


def _lines(
    key: tuple[str, str, str],
    first: Sequence[Row],
    second: Sequence[Row],
    *,
    has_same_images: bool,
    has_same_pixels: bool,
) -> Iterator[list[str]]:
    found = _differences(first, second) if has_same_images else {}
    for name in SHOWN_OF_REPRESENTATIONS:
        score = score_named(name)
        if score is None or (score.space and not has_same_pixels):
            continue
        values = [[float(row[name]) for row in rows if row.get(name)] for rows in (first, second)]
        if not all(values):
            continue
        estimates = [estimate(of_one, score.minimum, score.maximum) for of_one in values]
        decimals = decimals_for(estimates)
        arrow = "↑" if score.greater_is_better else "↓"
        yield [
            key[0],
            f"{score.label} {arrow}",
            key[2],
            *(in_text(of_one, decimals) for of_one in estimates),
            *_difference(found.get(name), decimals),
        ]


def _differences(first: Sequence[Row], second: Sequence[Row]) -> dict[str, Estimate]:
    """Return the second minus the first over the seeds of both, by score."""
    # One name for the data set, which the two may call by names of their own.
    renamed = [
        {**row, "representation": name, "clusterer": "", "dataset": ""}
        for name, rows in ((_FIRST, first), (_SECOND, second))
        for row in rows
    ]
    return {found.score: found.estimate for found in differences(renamed, reference=_FIRST)}


def _difference(found: Estimate | None, decimals: int) -> tuple[str, str]:
    if found is None:
        return "", ""
    mean = f"{found.mean:+.{decimals}f}"
    if found.low is None or found.high is None:
        return mean, "one seed"
    return mean, f"{found.low:+.{decimals}f} to {found.high:+.{decimals}f}"
