"""What people compare first, and which variant comes first.

Terminal, Markdown and MLflow take both from here. While Snakemake parses it reads this module:
nothing here may load NumPy.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

Variant = TypeVar("Variant")

# Scores of labels against the classes.
AGAINST_CLASSES = ("nmi", "ari", "accuracy")
# What every table of variants begins with; the other scores are there too.
SHOWN = ("silhouette", "dunn", *AGAINST_CLASSES)
# The same in a table of representations: only what compares between them, the most quoted first.
SHOWN_OF_REPRESENTATIONS = (
    *AGAINST_CLASSES,
    "silhouette_in_pixels",
    "davies_bouldin_in_pixels",
    "stability",
)
# The first of these that there is decides. NMI leads, since silhouettes of two spaces do not
# compare. All of them are better the greater they are.
_DECIDING = ("nmi", "silhouette", "silhouette_in_pixels", "stability")


def deciding_score(names: Collection[str]) -> str:
    """Return the score that says which variant is best.

    Parameters
    ----------
    names : collection of str
        The scores that there are.

    Returns
    -------
    str
        NMI where classes are known, else a silhouette.

    Examples
    --------
    >>> deciding_score(["silhouette", "dunn", "nmi"]), deciding_score(["silhouette", "dunn"])
    ('nmi', 'silhouette')
    """
    return next((name for name in _DECIDING if name in names), "silhouette")


def best_first(
    variants: Iterable[Variant], scores_of: Callable[[Variant], Mapping[str, float]]
) -> list[Variant]:
    """Return variants by falling NMI, or by falling silhouette where no classes are known.

    Parameters
    ----------
    variants : iterable
        Of any type.
    scores_of : callable
        Function of a variant that returns its scores by name.

    Returns
    -------
    list
        Variants without NMI stand behind those with it, and last those without any such score;
        equals stay in the order given.

    Examples
    --------
    >>> best_first([{"nmi": 0.1}, {"nmi": 0.3}], lambda scores: scores)
    [{'nmi': 0.3}, {'nmi': 0.1}]
    """

    def rank(variant: Variant) -> tuple[int, float]:
        scores = scores_of(variant)
        name = deciding_score(scores)
        return _DECIDING.index(name), -scores.get(name, -math.inf)

    return sorted(variants, key=rank)
