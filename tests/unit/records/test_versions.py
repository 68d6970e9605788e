import platform

import numpy as np

from aecluster.records.record import Record
from aecluster.records.versions import in_lines, other_versions, side_by_side
from circumstances import RUN


def record(code="c", **versions):
    run = RUN.model_copy(update={"versions": versions})
    common = {"params": {}, "code": code, "inputs": {}, "outputs": {}}
    return Record(step="kmeans", dataset="toy", run=run, **common)


def test_versions_that_are_here_are_no_matter():
    here = record(python=platform.python_version(), numpy=np.__version__, aecluster="0.0.1")

    assert other_versions(here) == []
    assert in_lines([here, here]) == []


def test_other_versions_are_named_with_the_number_of_their_results():
    old, older = record(numpy="1.0"), record(numpy="1.0", nothing="2.0")

    assert other_versions(older) == [f"numpy 1.0 -> {np.__version__}", "nothing 2.0 -> none"]
    assert in_lines([old, older, record(numpy=np.__version__)]) == [
        f"2 results are kept that another version made: numpy 1.0 -> {np.__version__}; "
        "`rerun_on_new_versions: true` makes them anew",
        "1 result is kept that another version made: nothing 2.0 -> none; "
        "`rerun_on_new_versions: true` makes them anew",
    ]


def test_what_results_were_made_by_is_said_where_it_is_not_one_and_the_same():
    old, new = record(numpy="1.0", h5py="3.0"), record(numpy="2.0", h5py="3.0", aecluster="2")

    assert side_by_side([new, new]) == []
    assert side_by_side([new, old, new]) == ["numpy 1.0 (1), 2.0 (2)"]
    assert side_by_side([record("a"), record("b")]) == ["2 states of the source code of kmeans"]
