import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aecluster.data.readers.pickles import Call, LongString, read_pickle
from aecluster.errors import DataError
from cifar_files import python2_pickle

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda values: (
        st.lists(values, max_size=4)
        | st.tuples(values, values)
        | st.dictionaries(st.text(max_size=5), values, max_size=4)
    ),
    max_leaves=20,
)


def read(content):
    return read_pickle(io.BytesIO(content))


@given(PLAIN, st.integers(0, 5))
def test_plain_values_are_those_of_pickle(value, protocol):
    assert read(pickle.dumps(value, protocol)) == value


def test_values_that_occur_twice_are_one():
    shared = ["x"]

    first, second = read(pickle.dumps([shared, shared], 2))

    assert first is second


def test_long_strings_stay_in_the_file():
    content = python2_pickle(b"x" * 300)

    found = read(content)

    assert isinstance(found, LongString)
    assert content[found.start :][: found.size] == b"x" * 300


def test_reading_begins_where_the_file_is():
    file = io.BytesIO(b"before" + python2_pickle([b"y" * 300]))
    file.seek(6)

    (found,) = read_pickle(file)

    file.seek(found.start)
    assert file.read(found.size) == b"y" * 300


def test_calls_are_noted_and_not_done():
    content = b"\x80\x02cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R."

    assert read(content) == Call("numpy dtype", ("u1", 0, 1))


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [print, np.float64, ValueError("x"), 1j, {1}])
def test_whatever_needs_a_name_or_more_than_plain_values_is_refused(value, protocol):
    with pytest.raises(DataError, match="which no batch needs"):
        read(pickle.dumps(value, protocol))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    try:
        read(content)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017


@given(st.lists(st.sampled_from(b"(]}0123.)KXtlduas\x80\x85\x86\x87qhRbcNJ\x02\x01"), max_size=40))
def test_any_instructions_are_followed_or_refused(instructions):
    try:
        read(bytes(instructions))
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ["os system", "builtins eval", "_codecs decode", "numpy load"])
def test_names_beside_those_of_arrays_are_refused_in_every_protocol(protocol, name):
    module, inner = name.split()
    by_line = f"c{module}\n{inner}\n".encode()
    by_stack = pickle.dumps((module, inner), protocol)[:-1].replace(b"\x86", b"\x93")
    content = by_stack + b"." if protocol >= 4 else by_line + b"."

    with pytest.raises(DataError, match="which no batch needs"):
        read(content)
