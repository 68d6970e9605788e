"""Tables for the terminal."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], n_left: int = 1) -> list[str]:
    """Return a line a row, with cells as wide as their column.

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
