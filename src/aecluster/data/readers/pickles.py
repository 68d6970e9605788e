"""What a pickle holds, read without unpickling.

Unpickling can run anything that a file asks for. Here a pickle is taken apart into its instructions
by the standard library's `pickletools`, and those that make plain values are followed: numbers,
text, lists, dicts and tuples. A call of one of the few names that an array needs is noted, not
done; any other name, and any other instruction, is an error. Long strings stay in the file: only
their place is noted, so that memory does not grow with them.
"""

import os
import pickletools
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from aecluster.errors import DataError

# All that a batch of CIFAR writes out is shorter, but for its pixels.
_LONG_STRING = 256

# numpy 2 calls its modules otherwise; Python 3 writes bytes as encoded text up to protocol 2.
ENCODE = "_codecs encode"
_NAMES = {
    *("numpy ndarray", "numpy dtype", ENCODE),
    *(f"numpy.{core}.multiarray _reconstruct" for core in ("core", "_core")),
    *(f"numpy.{core}.numeric _frombuffer" for core in ("core", "_core")),
}

_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE"),
    *("SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("SHORT_BINUNICODE", "BINUNICODE8"),
}
# Instructions with a string that may be long, by the format of its length.
_STRINGS = {
    **{"BINSTRING": "<i", "BINBYTES": "<I", "BINBYTES8": "<Q", "BYTEARRAY8": "<Q"},
    **{"BINUNICODE": "<I", "BINUNICODE8": "<Q"},
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}
_SHORT_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT"}
_GETS = {"GET", "BINGET", "LONG_BINGET"}
# Which say nothing about what the pickle holds.
_PASSED_OVER = {"PROTO", "FRAME"}

_MARK = object()


@dataclass(frozen=True)
class LongString:
    """A string that was left where it is.

    Attributes
    ----------
    start, size : int
        Its place in the file, in bytes.
    is_text : bool
        Whether these bytes are text in UTF-8.
    """

    start: int
    size: int
    is_text: bool


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
        more; protocol 0 has none of these, since the lengths of its strings are not known.

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
        return _followed(file)
    except (DataError, OSError):
        raise
    except Exception as error:  # crafted instructions lead to errors of many kinds
        raise DataError(" ".join(str(error).split()) or type(error).__name__) from None


def _followed(file: BinaryIO) -> Any:
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    while True:
        name, argument = _instruction(file)
        if name in _VALUES:
            stack.append(argument)
        elif name in _PUTS:
            memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
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
        elif name not in _PASSED_OVER:
            _follow(name, argument, stack)


def _instruction(file: BinaryIO) -> tuple[str, Any]:
    """Return the name of the next instruction and what it is given."""
    code = file.read(1)
    if not code:
        raise DataError("no end")
    opcode = pickletools.code2op.get(code.decode("latin-1"))
    if opcode is None or opcode.name == "LONG4":  # a number of any length, read as a whole
        raise DataError(f"uses {opcode.name if opcode else code}, which no batch needs")
    if opcode.name not in _STRINGS:
        argument = None if opcode.arg is None else opcode.arg.reader(file)
        return opcode.name, _text(argument)
    form = _STRINGS[opcode.name]
    (size,) = struct.unpack(form, file.read(struct.calcsize(form)))
    is_text = "UNICODE" in opcode.name
    if not 0 <= size < _LONG_STRING:
        start = file.tell()
        if not 0 <= size <= file.seek(0, os.SEEK_END) - start:
            raise DataError(f"cut short, expected a string of {size:,} bytes")
        file.seek(start + size)
        return opcode.name, LongString(start, size, is_text)
    content = file.read(size)
    if len(content) < size:
        raise DataError(f"cut short, expected a string of {size:,} bytes")
    return opcode.name, content.decode("utf-8", "surrogatepass") if is_text else _text(content)


def _text(value: Any) -> Any:
    """Return bytes as text of the same character codes, other values as they are."""
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else value


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
            stack.append(_named(argument))
        case "STACK_GLOBAL":
            inner, module = stack.pop(), stack.pop()
            stack.append(_named(f"{module} {inner}"))
        case "REDUCE":
            arguments, function = stack.pop(), stack.pop()
            match function.name, arguments:
                case (str(), (str(short), "latin1")) if function.name == ENCODE:
                    stack.append(short)
                case _:
                    stack.append(Call(function.name, tuple(arguments)))
        case "BUILD":
            state = stack.pop()
            stack[-1].state = state
        case _:
            raise DataError(f"uses {name}, which no batch needs")


def _named(name: str) -> Call:
    if name not in _NAMES:
        raise DataError(f"asks for {name.replace(' ', '.')}, which no batch needs")
    return Call(name, ())


def _popped_to_mark(stack: list[Any]) -> list[Any]:
    values = []
    while (value := stack.pop()) is not _MARK:
        values.append(value)
    return values[::-1]


def _paired(values: list[Any]) -> dict[Any, Any]:
    return dict(zip(values[::2], values[1::2], strict=True))
