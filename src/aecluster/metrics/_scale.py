"""Scales at which squares neither overflow nor underflow: powers of two, which are exact."""

import math

import numpy as np

# Within it, squares, and sums of many of them, keep their digits.
_USUAL = 1e-100, 1e100


def exponent_to_one(largest: float, usual: tuple[float, float] = _USUAL) -> int:
    """Return the power of two that brings the largest magnitude to about 1, 0 if it is usual."""
    is_usual = largest == 0 or usual[0] < largest < usual[1]
    return 0 if is_usual else -math.frexp(largest)[1]


def scaled(values, exponent: int):
    """Return values times a power of two, the same ones for the power 0."""
    return np.ldexp(np.asarray(values, np.float64), exponent) if exponent else values
