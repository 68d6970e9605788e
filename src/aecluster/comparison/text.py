"""Scores and tables in words and digits, for the terminal, Markdown, LaTeX and the report.

The console is read while Snakemake parses: nothing here may load NumPy.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aecluster.comparison.statistics import Estimate, Summary


def table_of(summaries: "Iterable[Summary]") -> "dict[str, dict[str, Estimate]]":
    """Return the estimates of one k by score and representation, in the order given."""
    table: dict[str, dict[str, Estimate]] = defaultdict(dict)
    for found in summaries:
        table[found.score][found.representation] = found.estimate
    return dict(table)


def decimals_for(estimates: "Iterable[Estimate]") -> int:
    """Return how many decimals show all of these: four below ten, one fewer per further digit.

    Examples
    --------
    >>> from aecluster.comparison.statistics import Estimate
    >>> decimals_for([Estimate(1, 0.25)]), decimals_for([Estimate(1, 0.25), Estimate(1, 312.0)])
    (4, 2)
    """
    largest = max((abs(e.mean) for e in estimates if math.isfinite(e.mean)), default=0)
    return max(0, 4 - math.floor(math.log10(max(largest, 1))))


def in_text(found: "Estimate", decimals: int, plus_minus: str = " ± ") -> str:
    """Return a mean with half the width of its interval, if there is one.

    An interval that the range of the score cuts is given by its ends.

    Examples
    --------
    >>> from aecluster.comparison.statistics import Estimate
    >>> in_text(Estimate(3, 0.5, 0.1, 0.4, 0.6), 2)
    '0.50 ± 0.10'
    >>> in_text(Estimate(1, 0.5), 2)
    '0.50'
    >>> in_text(Estimate(3, 0.9, 0.1, 0.7, 1.0), 2)
    '0.90 (0.70 to 1.00)'
    """
    text = f"{found.mean:.{decimals}f}"
    if found.low is None or found.high is None:
        return text
    if found.half_width is None:
        return f"{text} ({found.low:.{decimals}f} to {found.high:.{decimals}f})"
    return f"{text}{plus_minus}{found.half_width:.{decimals}f}"


def aligned(rows: Sequence[Sequence[str]], n_left: int = 1) -> list[str]:
    """Return one line per row, with cells as wide as their column.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of one length.
    n_left : int, default=1
        How many columns begin on the left; the numbers behind them end on the right.

    Examples
    --------
    >>> aligned([["name", "k"], ["pixels", "10"]])
    ['name     k', 'pixels  10']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = list(zip(row, widths, strict=True))
        left = (cell.ljust(width) for cell, width in cells[:n_left])
        right = (cell.rjust(width) for cell, width in cells[n_left:])
        lines.append("  ".join([*left, *right]))
    return lines
