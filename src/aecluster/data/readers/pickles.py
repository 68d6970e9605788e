"""What a pickle holds, read without unpickling.

Unpickling can run anything that a file asks for. Here the standard library's `pickletools` takes a
pickle apart into its instructions, and those that make plain values are followed: numbers, text,
lists, dicts and tuples. A call of one of the few names that an array needs is noted, not done; any
other name, and any other instruction, is an error. Long strings stay in the file: only their place
is noted, so that memory does not grow with them.
"""

import os
import pickletools
from dataclasses import dataclass
from typing import Any, BinaryIO

from aecluster.errors import DataError

# All that a batch of CIFAR writes out is shorter, but for its pixels.
_LONG_STRING = 256

_NAMES = {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"}

_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}
_SHORT_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT"}
_GETS = {"GET", "BINGET", "LONG_BINGET"}

_MARK = object()


@dataclass(frozen=True)
class LongString:
    """A string that was left where it is.

    Attributes
    ----------
    start, size : int
        Its place in the pickle, in bytes.
    """

    start: int
    size: int

    def __len__(self) -> int:
        return self.size

    def decode(self, *_: str) -> "LongString":
        """Return itself: `pickletools` decodes the strings that it has read."""
        return self


@dataclass
class Call:
    """A call that a pickle asks for; it is not done.

    Attributes
    ----------
    name : str
        Module and name, with a space between.
    arguments : tuple
    state : object
        What the result is to be set to.
    """

    name: str
    arguments: tuple
    state: Any = None


def read_pickle(file: BinaryIO) -> Any:
    """Return what a pickle holds; strings of bytes become text of the same character codes.

    Parameters
    ----------
    file : binary file
        Positioned at the pickle, and seekable.

    Returns
    -------
    object
        Plain values, `Call` for each array and type, `LongString` for each string of 256 bytes or
        more, which must not be text.

    Raises
    ------
    DataError
        If the pickle is damaged, or asks for anything else.

    Examples
    --------
    >>> import io, pickle
    >>> read_pickle(io.BytesIO(pickle.dumps({"labels": [1, 2]}, protocol=2)))
    {'labels': [1, 2]}
    """
    try:
        return _followed(_Source(file))
    except (DataError, OSError):
        raise
    except Exception as error:  # crafted instructions lead to errors of many kinds
        raise DataError(" ".join(str(error).split()) or type(error).__name__) from None


def _followed(source: "_Source") -> Any:
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    for opcode, argument, _ in pickletools.genops(source):
        name = opcode.name
        if name in _VALUES:
            stack.append(argument)
        elif name in _PUTS:
            memo[argument] = stack[-1]
        elif name in _GETS:
            stack.append(memo[argument])
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name in _SHORT_TUPLES:
            stack[-_SHORT_TUPLES[name] :] = [tuple(stack[-_SHORT_TUPLES[name] :])]
        elif name == "STOP":
            return stack.pop()
        elif name != "PROTO":
            _follow(name, argument, stack)
    raise DataError("no end")


def _follow(name: str, argument: Any, stack: list[Any]) -> None:
    match name:
        case "MARK":
            stack.append(_MARK)
        case "TUPLE":
            stack.append(tuple(_popped_to_mark(stack)))
        case "LIST":
            stack.append(_popped_to_mark(stack))
        case "DICT":
            stack.append(_paired(_popped_to_mark(stack)))
        case "APPEND":
            value = stack.pop()
            stack[-1].append(value)
        case "APPENDS":
            values = _popped_to_mark(stack)
            stack[-1].extend(values)
        case "SETITEM":
            value, key = stack.pop(), stack.pop()
            stack[-1][key] = value
        case "SETITEMS":
            items = _paired(_popped_to_mark(stack))
            stack[-1].update(items)
        case "GLOBAL":
            if argument not in _NAMES:
                wanted = argument.replace(" ", ".")
                raise DataError(f"asks for {wanted}, which no batch needs")
            stack.append(Call(argument, ()))
        case "REDUCE":
            arguments, function = stack.pop(), stack.pop()
            stack.append(Call(function.name, tuple(arguments)))
        case "BUILD":
            state = stack.pop()
            stack[-1].state = state
        case _:
            raise DataError(f"uses {name}, which no batch needs")


def _popped_to_mark(stack: list[Any]) -> list[Any]:
    values = []
    while (value := stack.pop()) is not _MARK:
        values.append(value)
    return values[::-1]


def _paired(values: list[Any]) -> dict[Any, Any]:
    return dict(zip(values[::2], values[1::2], strict=True))


class _Source:
    """A file as `pickletools` reads it, in which long strings are passed over."""

    def __init__(self, file: BinaryIO):
        self.tell, self.readline = file.tell, file.readline
        self._file = file
        start = file.tell()
        self._end = file.seek(0, os.SEEK_END)
        file.seek(start)

    def read(self, n: int) -> bytes | LongString:
        if n < _LONG_STRING:
            return self._file.read(n)
        start = self._file.tell()
        size = min(n, self._end - start)
        self._file.seek(size, os.SEEK_CUR)
        return LongString(start, size)
