"""What the keys `scale` and `axes` of a data set may be.

They are checked while the workflow is parsed, so nothing here imports more than the standard
library.
"""

import re

_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_SCALE = re.compile(rf"max:({_NUMBER})|between:({_NUMBER}),({_NUMBER})")

_AXES = ({*"nhw"}, {*"nhwc"})


def scale_limits(scale: str) -> tuple[float, float] | None:
    """Return which values become black and white, where `scale` names them.

    Returns
    -------
    tuple of float or None
        None for `dtype` and `range`, which name none.

    Raises
    ------
    ValueError
        If `scale` is neither of those that are known.

    Examples
    --------
    >>> scale_limits("max:4095"), scale_limits("between:-1,1"), scale_limits("dtype")
    ((0.0, 4095.0), (-1.0, 1.0), None)
    """
    if scale in ("dtype", "range"):
        return None
    found = _SCALE.fullmatch(scale)
    if not found:
        raise ValueError("expected dtype, range, max:4095 or between:-1,1, with any numbers")
    low, high = (0.0, float(found[1])) if found[1] else (float(found[2]), float(found[3]))
    if not low < high:
        raise ValueError("expected a value of white above that of black")
    return low, high


def check_axes(axes: str | None) -> str | None:
    """Return the axes, such as `nhwc`.

    Raises
    ------
    ValueError
        If they are not n, h, w and perhaps c, in any order.
    """
    if axes is not None and not (len(axes) == len({*axes}) and {*axes} in _AXES):
        raise ValueError(
            "expected n (images), h (height), w (width) and c (channels, if there are any), each "
            "once and in any order, as nhwc or hwn"
        )
    return axes
