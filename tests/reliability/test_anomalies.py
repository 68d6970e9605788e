"""A sample of the calls that may fail in a step; `faults_table.py` lets every one of them fail."""

import shutil

import pytest

from anomalies import tried

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler"),
]


@pytest.mark.parametrize(
    ("step", "kind", "ns"),
    [("kmeans", "write", [1, 4, 6]), ("kmeans", "rename", [1, 2]), ("track", "write", [2, 10])],
)
def test_call_that_fails_leaves_no_record_and_the_same_bytes_when_run_again(step, kind, ns):
    attempts = tried(step, kind, ns)

    assert [attempt["n"] for attempt in attempts if attempt["hit"]] == ns
    assert [attempt for attempt in attempts if not attempt["same"]] == []
    assert [attempt["done"] for attempt in attempts] == [False] * len(ns)
    assert [attempt for attempt in attempts if "Traceback" in attempt["said"]] == []
