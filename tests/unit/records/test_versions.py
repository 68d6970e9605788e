import platform

import numpy as np

from aecluster.records.record import Record
from aecluster.records.versions import in_lines, other_versions
from circumstances import RUN


def record(**versions):
    run = RUN.model_copy(update={"versions": versions})
    common = {"params": {}, "code": "c", "inputs": {}, "outputs": {}}
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
