"""Proven bounds of what floating-point numbers lose in the products that distances are made of."""

from __future__ import annotations

import numpy as np

# Half as many terms round half as much at most, and so far parts take no more time than the whole.
MAX_TERMS = 512


def rounding(n_features: int, dtype: np.dtype) -> float:
    """Bound the relative error of a product of two vectors, of which the inputs are rounded too.

    Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.1.
    """
    relative = (n_features + 16) * float(np.finfo(dtype).eps) / 2
    return relative / (1 - relative) if relative < 1 else np.inf


def rounding_in_parts(n_features: int, dtype: np.dtype) -> float:
    """Bound the same where a product is the sum of products of at most `MAX_TERMS` features."""
    n_parts = -(-n_features // MAX_TERMS)
    return rounding(min(n_features, MAX_TERMS) + n_parts, dtype)


def underflow(n_features: int, dtype: np.dtype) -> float:
    """Bound what is lost of a product of two vectors by numbers too small for the dtype."""
    return (n_features + 16) * float(np.finfo(dtype).tiny)


def equal_within(n_features: int) -> float:
    """Bound the relative difference of float64 squared distances that are equal but for rounding.

    Each is a sum of squares, off by no more than half of this.
    """
    return (n_features + 16) * 2.0**-52
