"""Which values of a source become black and white: numbers of any type as 8 bits.

The key `dataset.scale` says it::

    dtype            what the type of the numbers says, where it says anything
    range            the lowest and the highest value of all images
    max:4095         0 and 4095
    between:-1,1     -1 and 1
"""

from dataclasses import dataclass, field, replace

import numpy as np

from aecluster.data.choices import scale_limits
from aecluster.errors import DataError

# What images of fewer levels than this have in common with a black sheet.
_FEW_LEVELS = 64


@dataclass
class Range:
    """The lowest and the highest value of what has been seen so far; none at first."""

    low: float = np.inf
    high: float = -np.inf

    def add(self, values: np.ndarray) -> None:
        """See more values; NaN is passed over, since scaling refuses it."""
        if values.size:
            self.low = min(self.low, values.min().item())
            self.high = max(self.high, values.max().item())

    @property
    def is_empty(self) -> bool:
        """Whether no value has been seen."""
        return self.low > self.high


@dataclass(frozen=True)
class Span:
    """Which values become black and white.

    Attributes
    ----------
    limits : tuple of float or None
        They; None means what the type of the values says.
    seen : Range or None
        What notes the values instead of scaling them, where they are looked through first.
    """

    limits: tuple[float, float] | None = None
    seen: Range | None = field(default=None, compare=False)

    @property
    def is_plain(self) -> bool:
        """Whether 8 bits stay as they are."""
        return self.limits is None and self.seen is None


def span_of(scale: str) -> Span:
    """Return what `dataset.scale` says; for `range` one that notes the values.

    Raises
    ------
    DataError
        If it is none that is known, or white is not above black.

    Examples
    --------
    >>> span_of("max:4095").limits
    (0.0, 4095.0)
    """
    if scale == "range":
        return Span(seen=Range())
    try:
        return Span(scale_limits(scale))
    except ValueError as error:
        raise DataError(f"scale: found {scale!r}, {error}") from None


def measured(span: Span) -> Span:
    """Return the span of the values that `span` has seen; constant ones become black."""
    seen = span.seen
    if seen is None or seen.is_empty:
        return replace(span, seen=None)
    return Span((seen.low, seen.high if seen.high > seen.low else seen.low + 1))


BY_TYPE = Span()


def eight_bits(values: np.ndarray, where: str, span: Span = BY_TYPE) -> np.ndarray:
    """Return values of any kind as 8 bits, rounded.

    Parameters
    ----------
    values : ndarray
        Without limits: uint8, bool, uint16, other integers in 0..255, or floats in 0..1.
    where : str
        What the values are called in an error.
    span : Span, default=BY_TYPE
        Which of them become 0 and 255.

    Returns
    -------
    ndarray of the same shape, uint8
        Zeros where `span` only notes the values.

    Raises
    ------
    DataError
        If a value is out of range.
    """
    if span.seen is not None:
        span.seen.add(values)
        return np.zeros(values.shape, np.uint8)
    if span.limits is not None:
        return _stretched(values, where, *span.limits)
    if values.dtype == np.uint8 or values.size == 0:
        return values.astype(np.uint8, copy=False)
    if values.dtype == np.bool_:
        return values * np.uint8(255)
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    is_integer = values.dtype.kind in "iu"
    largest = 255 if is_integer else 1
    # Written so that a NaN is out of range too.
    if not (values.min() >= 0 and values.max() <= largest):
        raise DataError(
            f"{where}: {values.dtype} values from {values.min():g} to {values.max():g}, "
            f"expected {values.dtype} in 0..{largest}, or dataset.scale: {_readings(values)}"
        )
    return values.astype(np.uint8) if is_integer else np.rint(values * 255.0).astype(np.uint8)


def _readings(values: np.ndarray) -> str:
    """Return the scales under which values that the type does not explain may have been meant."""
    low, high = values.min(), values.max()
    if low >= 0:
        usual = [f"max:{top}" for top in (255, 1023, 4095, 16383, 65535) if high <= top][:1]
    else:
        usual = ["between:-1,1"] if low >= -1 and high <= 1 else []
    return " or ".join([*usual, "range"])


def _stretched(values: np.ndarray, where: str, low: float, high: float) -> np.ndarray:
    if values.size and not (values.min() >= low and values.max() <= high):
        raise DataError(
            f"{where}: {values.dtype} values from {values.min():g} to {values.max():g}, expected "
            f"{low:g} to {high:g}, as dataset.scale says"
        )
    # Halves are rounded up, as they are for 16 bits.
    stretched = (values.astype(np.float64) - low) * 255 / (high - low)
    return np.floor(stretched + 0.5).astype(np.uint8)


def unused_range(low: int, high: int) -> str | None:
    """Return a warning where 8-bit images use few of their levels, else None.

    Parameters
    ----------
    low, high : int
        The lowest and the highest value of all images.

    Examples
    --------
    >>> unused_range(0, 16)
    'values 0 to 16 of 0 to 255: most levels are unused; dataset.scale: range uses all'
    >>> unused_range(0, 255)
    """
    if high - low >= _FEW_LEVELS:
        return None
    return (
        f"values {low} to {high} of 0 to 255: most levels are unused; dataset.scale: range uses all"
    )
