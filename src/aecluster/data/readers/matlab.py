"""Arrays of numbers in a MATLAB file of version 5, read as they come out of it.

SciPy's reader, which takes whole arrays into memory, was seen to end the process on damaged files;
here every size is checked against what is there. A file is a head and elements::

    128 bytes                 text; bytes 124 to 127: version, and "IM" (little-endian) or "MI"
    type  size  content       15: another element, deflated; 14: an array
    size << 16 | type  ....   an element of at most 4 bytes

An array is the elements flags, dimensions, name and values, each padded to 8 bytes; the values
come column by column.

References
----------
The MathWorks, MAT-File Format, "Level 5 MAT-File Format".
"""

import io
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from aecluster.errors import DataError

_HEAD_BYTES = 128
_ORDERS = {b"IM": "<", b"MI": ">"}
_VERSION = 0x0100
_DEFLATED, _ARRAY = 15, 14
_FLAGS, _DIMENSIONS, _NAME = 6, 5, 1
_NUMBERS = {
    **{1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"},
    **{12: "i8", 13: "u8"},
}
# Classes of arrays; below are cells, structs, text.
_CLASSES = {
    **{6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4"},
    **{14: "i8", 15: "u8"},
}
_CELL, _CHARACTERS = 1, 4
_ENCODINGS = {4: "utf-16", 16: "utf-8", 17: "utf-16"}
# More than any data set has classes.
_MAX_CELLS = 2**16
_LOGICAL, _COMPLEX = 0x200, 0x800

# Flags, dimensions and names are shorter by far.
_MAX_HEAD_BYTES = 1024

_READ_BYTES = 2**16


@dataclass(frozen=True)
class MatlabArray:
    """An array in an open file.

    Attributes
    ----------
    shape : tuple of int
    dtype : numpy.dtype
        Of the values as they are stored, which may be narrower than the array's type; void if they
        are no numbers.
    meant : numpy.dtype
        Of the array: MATLAB keeps floats that are small integers as such.
    values : binary file
        Positioned at the first value.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    meant: np.dtype
    values: BinaryIO

    def check_end(self) -> None:
        """Raise an error if what was deflated is cut behind the values, where its checksum is."""
        inflated = getattr(self.values, "raw", None)
        if isinstance(inflated, _Inflated):
            self.values.read(1)
            if not inflated.is_whole:
                raise DataError("cut short")


def find_array(file: BinaryIO, name: str) -> MatlabArray:
    """Return the array of a name.

    Parameters
    ----------
    file : binary file
        A MATLAB file of version 5, as MATLAB's `save` makes with `-v6` or `-v7`; seekable.
    name : str

    Raises
    ------
    DataError
        If the file is none, is damaged before the array, or has no array of that name.
    """
    for found, array in matlab_arrays(file):
        if found == name:
            return array
    raise DataError(f"no array {name}")


def is_matlab(head: bytes) -> bool:
    """Return whether a file that begins with these 128 bytes is one of version 5."""
    order = _ORDERS.get(head[126:_HEAD_BYTES])
    return order is not None and struct.unpack_from(f"{order}H", head, 124)[0] == _VERSION


def matlab_arrays(file: BinaryIO) -> Iterator[tuple[str, MatlabArray]]:
    """Yield the name of each array and the array, whose values are read before the next is asked.

    Parameters
    ----------
    file : binary file
        As `find_array` takes it.

    Raises
    ------
    DataError
        If the file is none, or is damaged where it has come to.
    """
    for elements in _arrays(file):
        name, array = elements.array()
        yield name.decode(errors="replace"), array


def cell_texts(file: BinaryIO, name: str) -> list[str]:
    """Return the texts of a cell, which is an array of arrays of characters.

    Parameters
    ----------
    file : binary file
        As `find_array` takes it.
    name : str

    Raises
    ------
    DataError
        If the file is none, is damaged before the cell, or has no cell of texts of that name.
    """
    for elements in _arrays(file):
        flags, shape, found = elements.head()
        if found == name.encode():
            if flags & 0xFF != _CELL or not 0 <= math.prod(shape) <= _MAX_CELLS:
                break
            return [elements.text() for _ in range(math.prod(shape))]
    raise DataError(f"no cell {name}")


def _arrays(file: BinaryIO) -> Iterator["_Elements"]:
    """Yield the elements of each array in turn."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not is_matlab(head):
        raise DataError("no MATLAB file of version 5")
    order = _ORDERS[head[126:]]
    start = _HEAD_BYTES
    while True:
        file.seek(start)
        if not file.read(1):
            return
        file.seek(start)
        kind, size = _Elements(file, order).tag()
        start = file.tell() + size
        stream = file
        if kind == _DEFLATED:
            stream = io.BufferedReader(_Inflated(file, size), _READ_BYTES)
            kind, _ = _Elements(stream, order).tag()
        if kind == _ARRAY:
            yield _Elements(stream, order)


@dataclass(frozen=True)
class _Elements:
    """The elements that follow in a stream."""

    stream: BinaryIO
    order: str

    def array(self) -> tuple[bytes, MatlabArray]:
        """Read the parts of an array up to its values."""
        flags, shape, name = self.head()
        kind, size = self.tag()
        dtype = np.dtype(self.order + _NUMBERS.get(kind, "V1"))
        is_whole = min(shape, default=-1) >= 0 and size == dtype.itemsize * math.prod(shape)
        if not is_whole or flags & _COMPLEX or flags & 0xFF not in _CLASSES:
            dtype, shape = np.dtype("V1"), (size,)
        meant = np.dtype(bool) if flags & _LOGICAL else np.dtype(_CLASSES.get(flags & 0xFF, "V1"))
        return name, MatlabArray(shape, dtype, meant, self.stream)

    def head(self) -> tuple[int, tuple[int, ...], bytes]:
        """Read the flags, the shape and the name of an array."""
        (flags,) = struct.unpack(f"{self.order}I", self._content(_FLAGS)[:4])
        dimensions = self._content(_DIMENSIONS)
        shape = struct.unpack(f"{self.order}{len(dimensions) // 4}i", dimensions)
        return flags, shape, self._content(_NAME)

    def text(self) -> str:
        """Read an array of characters within a cell."""
        kind, size = self.tag()
        if kind != _ARRAY:
            raise DataError(f"damaged: an element of type {kind} in a cell")
        if not size:
            return ""
        flags, _, _ = self.head()
        if flags & 0xFF != _CHARACTERS:
            raise DataError(f"a cell with arrays of class {flags & 0xFF}, expected texts")
        kind, content = self._element()
        encoding = _ENCODINGS.get(kind, "latin-1")
        if encoding == "utf-16":
            encoding = "utf-16-le" if self.order == "<" else "utf-16-be"
        return content.decode(encoding, errors="replace")

    def tag(self) -> tuple[int, int]:
        """Return the type and size of the next element; its content follows."""
        word = self._number()
        if word >> 16:
            return word & 0xFFFF, min(word >> 16, 4)
        return word, self._number()

    def _content(self, expected: int) -> bytes:
        kind, content = self._element()
        if kind != expected:
            raise DataError(f"damaged: an element of type {kind}, expected {expected}")
        return content

    def _element(self) -> tuple[int, bytes]:
        word = self._number()
        kind, size, padded = word & 0xFFFF, word >> 16, 4
        if not size:
            size = self._number()
            padded = -(-size // 8) * 8
        if size > min(padded, _MAX_HEAD_BYTES):
            raise DataError(f"damaged: an element of type {kind} and {size:,} bytes")
        return kind, self._read(padded)[:size]

    def _number(self) -> int:
        return struct.unpack(f"{self.order}I", self._read(4))[0]

    def _read(self, n: int) -> bytes:
        content = self.stream.read(n)
        if len(content) < n:
            raise DataError("cut short")
        return content


class _Inflated(io.RawIOBase):
    """A deflated part of a file, as it comes out."""

    def __init__(self, file: BinaryIO, size: int):
        self._file, self._n_left = file, size
        self._inflater = zlib.decompressobj()

    def readable(self) -> bool:
        return True

    @property
    def is_whole(self) -> bool:
        """Whether all has come out, and its checksum is right."""
        return self._inflater.eof

    def readinto(self, buffer: memoryview) -> int:
        content = b""
        while not content and not self._inflater.eof:
            deflated = self._inflater.unconsumed_tail
            if not deflated:
                deflated = self._file.read(min(_READ_BYTES, self._n_left))
                self._n_left -= len(deflated)
                if not deflated:
                    break
            content = self._inflater.decompress(deflated, len(buffer))
        buffer[: len(content)] = content
        return len(content)
