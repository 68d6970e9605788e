"""Files that are passed over, counted by why, so that none is left out unsaid."""

from collections import Counter

# So many reasons are told one by one.
_MOST_TOLD = 12


class PassedOver:
    """Counts of files that are passed over.

    Examples
    --------
    >>> passed = PassedOver()
    >>> for name in ("cat/@eaDir/1.jpg", "cat/@eaDir/2.jpg"):
    ...     passed.add("in folders @eaDir", name)
    >>> passed.lines()
    ['passed over: 2 files in folders @eaDir, such as cat/@eaDir/1.jpg']
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, why: str, name: str, n: int = 1) -> None:
        """Count `n` files that are passed over for one reason, and remember the first name.

        Parameters
        ----------
        why : str
            What such files have in common; follows "files".
        name : str
            Relative name of one of them.
        n : int, default=1
        """
        self._counts[why] += n
        # The first by name: folders are read in no certain order.
        self._examples[why] = min(name, self._examples.get(why, name))

    def lines(self) -> list[str]:
        """Return one line per reason, those with the most files first."""
        order = sorted(self._counts, key=lambda why: (-self._counts[why], why))
        lines = [
            f"passed over: {_files(self._counts[why])} {why}, such as {self._examples[why]}"
            for why in order[:_MOST_TOLD]
        ]
        rest = order[_MOST_TOLD:]
        if rest:
            n = sum(self._counts[why] for why in rest)
            lines.append(f"passed over: {_files(n)} of {len(rest)} further kinds")
        return lines


def _files(n: int) -> str:
    return f"{n:,} file" if n == 1 else f"{n:,} files"
