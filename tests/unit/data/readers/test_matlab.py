import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.io import savemat

from aecluster.data.readers.matlab import find_array
from aecluster.errors import DataError

ARRAYS = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.uint32, np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=4, max_side=5),
)


def saved(arrays, **options):
    file = io.BytesIO()
    savemat(file, arrays, **options)
    return file


def read(file, name):
    array = find_array(file, name)
    content = array.values.read(array.dtype.itemsize * int(np.prod(array.shape)))
    return np.frombuffer(content, array.dtype).reshape(array.shape, order="F")


@given(ARRAYS, ARRAYS, st.booleans())
def test_arrays_are_those_that_scipy_writes(first, second, is_compressed):
    file = saved({"first": first, "second": second}, do_compression=is_compressed)

    for name, expected in (("second", second), ("first", first)):
        actual = read(file, name)
        assert actual.dtype == expected.dtype
        assert actual.tobytes() == expected.tobytes()
        assert actual.shape == expected.shape


def test_other_kinds_of_values_are_passed_over():
    others = {"text": "abc", "cell": np.array([1, "a"], object), "struct": {"a": 1}}

    assert read(saved(others | {"y": np.ones((2, 1))}), "y").tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "no MATLAB file of version 5"),
        (b"\x89HDF\r\n\x1a\n" + bytes(200), "no MATLAB file of version 5"),
        (saved({"y": np.ones((3, 1))}, format="4").getvalue(), "no MATLAB file of version 5"),
        (saved({"x": np.ones((3, 1))}).getvalue(), "no array y"),
        (saved({"y": np.ones((3, 1))}).getvalue()[:150], "cut short"),
        (saved({"y": np.ones((3, 1))}, do_compression=True).getvalue()[:140], "cut short"),
    ],
)
def test_other_files_are_refused(content, expected):
    with pytest.raises(DataError) as error:
        find_array(io.BytesIO(content), "y")

    assert str(error.value) == expected
