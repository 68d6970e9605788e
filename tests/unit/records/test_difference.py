"""Two records, one change at a time."""

import pytest

from aecluster.records.difference import difference
from aecluster.records.record import File, Record, Run


def make(**changes) -> Record:
    run = {
        "started": 0, "finished": 1, "wall_s": 1, "peak_mem_mb": 100, "threads": 2,
        "machine": "x86_64 A",
        "versions": {"numpy": "2.1"}, "git_commit": None, "git_dirty": None, "command": None,
    } | changes.pop("run", {})  # fmt: skip
    fields = {
        "step": "kmeans",
        "dataset": "toy",
        "k": 10,
        "params": {"k": 10, "tol": 0.0},
        "code": "c0",
        "inputs": {"store.h5": File(bytes=1, sha256="00")},
        "outputs": {"k10.h5": File(bytes=2, sha256="11")},
        "metrics": {"inertia": 1.5},
    }
    return Record(**fields | changes, run=Run(**run))


def test_a_record_does_not_differ_from_itself():
    assert difference(make(), make()) == []


def test_times_memory_commit_and_command_are_no_difference():
    other = {"started": 5, "wall_s": 9, "peak_mem_mb": 1, "git_commit": "ab", "command": "x"}

    assert difference(make(metrics={"wall_s": 1}), make(run=other, metrics={"wall_s": 2})) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"params": {"k": 10, "tol": 0.1}}, "params.tol: 0.0 -> 0.1"),
        ({"params": {"k": 10}}, "params.tol: 0.0 -> nothing"),
        ({"code": "c1"}, "code: another fingerprint"),
        ({"k": 11}, "k: 10 -> 11"),
        (
            {"inputs": {"store.h5": File(bytes=1, sha256="01")}},
            "inputs: store.h5 has other content",
        ),
        ({"inputs": {}}, "inputs: store.h5 is only in the first"),
        ({"run": {"versions": {"numpy": "2.2"}}}, "versions.numpy: 2.1 -> 2.2"),
        ({"run": {"threads": 1}}, "threads: 2 -> 1"),
        ({"run": {"machine": "x86_64 B"}}, "machine: x86_64 A -> x86_64 B"),
    ],
)
def test_cause_is_named_and_that_nothing_came_of_it(change, line):
    assert difference(make(), make(**change)) == [line, "outputs are the same for all that"]


def test_effect_without_a_cause_is_called_unrepeatable():
    other = make(outputs={"k10.h5": File(bytes=2, sha256="12")}, metrics={"inertia": 1.25})

    assert difference(make(), other) == [
        "outputs: k10.h5 has other content",
        "metrics.inertia: 1.5 -> 1.25",
        "nothing that the step depends on differs: it is not repeatable",
    ]


def test_what_differs_inside_a_parameter_is_named():
    a, b = (make(params={"state": {"n": 2, "digest": digest}}) for digest in "ab")

    assert difference(a, b)[0] == "params.state.digest: a -> b"


def test_causes_come_before_effects():
    other = make(code="c1", metrics={"inertia": 2.0})

    assert difference(make(), other) == ["code: another fingerprint", "metrics.inertia: 1.5 -> 2.0"]
