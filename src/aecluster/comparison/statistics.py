"""What the scores of several seeds say: means, intervals, paired differences, stability.

Everything is computed from the rows of a table of scores as `scores.read_scores` returns them.
Which columns are scores, and in which direction they are better, is what `METRICS` and `PROBES`
say: a column is named after an entry, or `<metric>_in_<representation>` where a clustering was
scored in another space than the one in which it was made.

Intervals are over seeds. They hold the chance of training and of the start of K-Means, not that of
which images are in the data set.
"""

import functools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from aecluster.comparison.competitors import CHOSEN, competitor
from aecluster.metrics import METRICS, adjusted_rand_index
from aecluster.probes.registry import PROBES

LEVEL = 0.95

Row = Mapping[str, str]

_IN = "_in_"


@dataclass(frozen=True)
class Score:
    """What is known of a score by its name.

    Attributes
    ----------
    name : str
        Column of the table of scores, or `stability`.
    label, description, reference : str
        For people, see `aecluster.metrics.Metric`.
    minimum, maximum : float
        Range, ends included.
    greater_is_better : bool
        Direction.
    kind : {"internal", "external", "partition", "probe", "geometry"}
        Whether it needs the points, or known classes, or only the labels; or is of a representation
        itself, see `aecluster.probes.registry.Probe`.
    space : str or None
        Representation in which distances were taken, if the name says so.
    is_comparable : bool
        Whether the score of one representation compares with that of another: it looks at labels
        only, or distances were taken in one space for all.
    """

    name: str
    label: str
    description: str
    reference: str
    minimum: float
    maximum: float
    greater_is_better: bool
    kind: Literal["internal", "external", "partition", "probe", "geometry"]
    space: str | None
    is_comparable: bool

    @property
    def is_of_clusters(self) -> bool:
        """Whether it is of a clustering, so that it depends on k."""
        return self.kind not in ("probe", "geometry")


STABILITY = Score(
    name="stability",
    label="stability",
    description="Adjusted Rand index of two clusterings that differ in the seed only, mean over "
    "all pairs: 1 if the seed changes nothing.",
    reference="von Luxburg (2010), Foundations and Trends in Machine Learning 2, 235-274",
    minimum=-0.5,
    maximum=1.0,
    greater_is_better=True,
    kind="partition",
    space=None,
    is_comparable=True,
)


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds and how sure it is.

    Attributes
    ----------
    n_seeds : int
        Number of values.
    mean : float
    sd : float or None
        Standard deviation of one value (n - 1 in the denominator); None of a single value.
    low, high : float or None
        Ends of the interval that holds the mean of all seeds in 95 % of the cases, by Student's t,
        within the range of the score; None of a single value.
    """

    n_seeds: int
    mean: float
    sd: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval; None without one, or where the score's range cuts it."""
        if self.low is None or self.high is None:
            return None
        below, above = self.mean - self.low, self.high - self.mean
        return above if math.isclose(below, above, rel_tol=1e-6, abs_tol=1e-12) else None


@dataclass(frozen=True)
class Summary:
    """One score of a competitor and k, over seeds; see `aecluster.comparison.competitors`."""

    dataset: str
    representation: str
    split: str
    k: int
    score: str
    estimate: Estimate


@dataclass(frozen=True)
class Difference:
    """One score of a competitor minus that of the reference, over the seeds of both."""

    dataset: str
    representation: str
    reference: str
    split: str
    k: int
    score: str
    estimate: Estimate


def score_named(name: str) -> Score | None:
    """Return what is known of a score; None if no metric has this name.

    Examples
    --------
    >>> score_named("silhouette").is_comparable, score_named("nmi").is_comparable
    (False, True)
    >>> score_named("silhouette_in_pixels").label
    'silhouette in pixels'
    >>> score_named("n_iter") is None
    True
    """
    if name == STABILITY.name:
        return STABILITY
    metric, _, space = name.partition(_IN)
    known = METRICS.get(metric) or (None if space else PROBES.get(metric))
    if known is None:
        return None
    return Score(
        name=name,
        label=f"{known.label} in {space}" if space else known.label,
        description=known.description,
        reference=known.reference,
        minimum=known.minimum,
        maximum=known.maximum,
        greater_is_better=known.greater_is_better,
        kind=known.kind,
        space=space or None,
        is_comparable=bool(space) or known.kind not in ("internal", "geometry"),
    )


def estimate(
    values: Iterable[float], minimum: float = -math.inf, maximum: float = math.inf
) -> Estimate:
    """Return mean, standard deviation and 95 % interval by Student's t.

    Parameters
    ----------
    values : iterable of float
        One per seed, at least one. If one is infinite, so is the mean, and there is no interval.
    minimum, maximum : float, optional
        Range of the values, which the interval does not leave.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If there is no value.

    Examples
    --------
    >>> found = estimate([1.0, 2.0, 3.0])
    >>> found.mean, found.sd, round(found.low, 4), round(found.high, 4)
    (2.0, 1.0, -0.4841, 4.4841)
    >>> estimate([1.0])
    Estimate(n_seeds=1, mean=1.0, sd=None, low=None, high=None)
    """
    found = np.fromiter(values, dtype=np.float64)
    if len(found) == 0:
        raise ValueError("values: found none, expected at least one")
    mean = float(found.mean())
    if len(found) == 1 or not math.isfinite(mean):
        return Estimate(len(found), mean)
    sd = float(found.std(ddof=1))
    half_width = _t_quantile(len(found) - 1) * sd / math.sqrt(len(found))
    low, high = max(mean - half_width, minimum), min(mean + half_width, maximum)
    return Estimate(len(found), mean, sd, low, high)


def summarize(
    rows: Iterable[Row], stabilities: Mapping[tuple[str, str, str, int], float] | None = None
) -> list[Summary]:
    """Return every score of every representation and k, over seeds.

    Parameters
    ----------
    rows : iterable of mapping of str to str
        As from `scores.read_scores`; an empty text means that there is no score.
    stabilities : mapping, optional
        What `stability` gave by (dataset, representation, split, k).

    Returns
    -------
    list of Summary
        In the order of the rows, then of the columns; `stability` last.
    """
    groups: dict[tuple[str, str, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[group_of(row)].append(row)
    summaries = []
    for key, members in groups.items():
        for name in _scores_in(members):
            values = [value for row in members if (value := _value(row, name)) is not None]
            if values:
                known = score_named(name)
                found = estimate(values, known.minimum, known.maximum)
                summaries.append(Summary(*key, name, found))
        if key in (stabilities or {}):
            found = Estimate(len(members), stabilities[key])
            summaries.append(Summary(*key, STABILITY.name, found))
    return summaries


def differences(rows: Iterable[Row], reference: str = "pixels") -> list[Difference]:
    """Return how the scores of each representation differ from the reference's, seed by seed.

    A seed's difficulty is the same for both, so that it falls out of the difference: the interval
    is narrower than the two intervals of the means suggest. Scores that do not compare between
    representations (see `Score.is_comparable`) are left out.

    Parameters
    ----------
    rows : iterable of mapping of str to str
        As for `summarize`.
    reference : str, default="pixels"
        Name of a representation. If the rows have none of it, there are no differences.

    Returns
    -------
    list of Difference
        Representation minus reference, over the seeds that both have.
    """
    by_seed: dict[tuple[str, str, int], dict[str, dict[str, Row]]]
    by_seed = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        dataset, representation, split, k = group_of(row)
        by_seed[dataset, split, k][representation][row["seed"]] = row
    found = []
    for (dataset, split, k), representations in by_seed.items():
        base = representations.get(reference, {})
        for name, members in representations.items():
            if name == reference:
                continue
            pairs = [(members[seed], base[seed]) for seed in members if seed in base]
            subject = (dataset, name, reference, split, k)
            found += [Difference(*subject, *pair) for pair in _paired(pairs)]
    return found


def best_k(summaries: Iterable[Summary]) -> dict[tuple[str, str, str, str], int]:
    """Return the k with the best mean of each score, the smallest of equals.

    Parameters
    ----------
    summaries : iterable of Summary

    Returns
    -------
    dict
        k by (dataset, representation, split, score), where there is more than one k; without
        scores that do not depend on it.
    """
    by_score: dict[tuple[str, str, str, str], list[Summary]] = defaultdict(list)
    for found in summaries:
        key = (found.dataset, found.representation, found.split, found.score)
        if score_named(found.score).is_of_clusters and found.k != CHOSEN:
            by_score[key].append(found)
    return {
        key: _best(sorted(members, key=lambda found: found.k), key[-1]).k
        for key, members in by_score.items()
        if len(members) > 1
    }


def variants_of(rows: Iterable[Row], dataset: str, split: str, k: int) -> list[Row]:
    """Return the rows of one data set, split and k."""
    return [
        row for row in rows if (row["dataset"], row["split"], int(row["k"])) == (dataset, split, k)
    ]


def best_of(rows: Sequence[Row], score: str) -> str | None:
    """Return the representation that is better than every other one by a score, if one is.

    Parameters
    ----------
    rows : sequence of mapping of str to str
        Variants of one data set, split and k, as for `summarize`.
    score : str

    Returns
    -------
    str or None
        None where the score does not compare between representations, and where the 95 % interval
        of the paired difference to another one holds 0; so always of a single seed. What leaves
        images in no cluster competes by the scores against the classes only.
    """
    known = score_named(score)
    if known is None or not known.is_comparable:
        return None
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        if (value := _comparable_value(row, score)) is not None:
            values[competitor(row)][row["seed"]] = value
    sign = 1 if known.greater_is_better else -1
    leader = max(values, key=lambda name: sign * np.mean([*values[name].values()]), default=None)
    others = [members for name, members in values.items() if name != leader]
    if not others:
        return None
    for members in others:
        shared = values[leader].keys() & members.keys()
        lead = [sign * (values[leader][seed] - members[seed]) for seed in shared]
        low = estimate(lead).low if lead else None
        if low is None or low <= 0:
            return None
    return leader


def stability(clusterings: Sequence[np.ndarray]) -> float | None:
    """Return the mean adjusted Rand index of all pairs of clusterings of the same points.

    Parameters
    ----------
    clusterings : sequence of ndarray of shape (n,), int
        Labels by seed.

    Returns
    -------
    float or None
        1 if all are the same, about 0 if they share nothing; None of fewer than two.

    References
    ----------
    von Luxburg (2010), Clustering stability: an overview.

    Examples
    --------
    >>> stability([np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])])
    1.0
    """
    pairs = [adjusted_rand_index(a, b) for a, b in combinations(clusterings, 2)]
    return float(np.mean(pairs)) if pairs else None


def group_of(row: Row) -> tuple[str, str, str, int]:
    """Return what the rows of all seeds share: data set, competitor, split and k."""
    return row["dataset"], competitor(row), row["split"], int(row["k"])


def _scores_in(rows: Sequence[Row]) -> list[str]:
    columns: dict[str, Any] = dict.fromkeys(column for row in rows for column in row)
    return [column for column in columns if score_named(column) is not None]


def _value(row: Row, name: str) -> float | None:
    return float(row[name]) if row.get(name) else None


def _comparable_value(row: Row, name: str) -> float | None:
    """Return a score that compares with that of other rows.

    Distances in one space for all are of all images, unless some are in no cluster.
    """
    has_noise = int(row.get("n_noise") or 0) > 0
    return None if has_noise and score_named(name).space else _value(row, name)


def _paired(pairs: Sequence[tuple[Row, Row]]) -> list[tuple[str, Estimate]]:
    found = []
    for name in _scores_in([row for row, _ in pairs]):
        both = [
            (_comparable_value(row, name), _comparable_value(base, name)) for row, base in pairs
        ]
        values = [a - b for a, b in both if a is not None and b is not None]
        known = score_named(name)
        if values and known.is_comparable:
            width = known.maximum - known.minimum
            found.append((name, estimate(values, -width, width)))
    return found


def _best(members: Sequence[Summary], score: str) -> Summary:
    choose: Callable[..., Summary] = max if score_named(score).greater_is_better else min
    return choose(members, key=lambda found: found.estimate.mean)


@functools.cache
def _t_quantile(degrees: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, degrees))
