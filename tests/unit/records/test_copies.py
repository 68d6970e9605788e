"""Copies of records, as clients that synchronize folders and careful people make them."""

import shutil

import pytest

from aecluster.records.copies import records_and_copies
from aecluster.records.lineage import lineage_in
from aecluster.records.record import Record, write_record
from aecluster.records.verification import verify
from circumstances import RUN

NAMES = ("pixels/store", "pixels/test/k10-s0", "pixels/test/k10-s0.scores", "pca/s0/store")


@pytest.fixture
def results(tmp_path):
    """The records of two representations and of a table."""
    common = {"params": {}, "code": "c", "inputs": {}, "outputs": {}, "run": RUN}
    for name in NAMES:
        path = tmp_path / "results" / "toy" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        # As `preprocess` does, whose pixels are those of no representation.
        of = None if name == "pixels/store" else name.partition("/")[0]
        write_record(path, Record(step="s", dataset="toy", representation=of, **common))
    table = tmp_path / "results" / "demo" / "scores.json"
    table.parent.mkdir()
    write_record(table, Record(step="collect_scores", **common))
    (table.parent / "tracked.json").write_text("{}")
    return tmp_path / "results"


@pytest.mark.parametrize(
    "name",
    [
        "k10-s0 (conflicted copy 2026-11-30).json",
        "k10-s0.sync-conflict-20261130-120000-ABCDEFG.json",
        "k10-s0.scores-LAPTOP.json",
        "k10-s0 2.json",
        "Copy of k10-s0.json",
    ],
)
def test_copy_of_a_record_is_none(results, name):
    copy = results / "toy" / "pixels" / "test" / name
    shutil.copy(results / "toy" / "pixels" / "test" / "k10-s0.json", copy)

    records, copies = records_and_copies(results)

    assert (len(records), copies) == (len(NAMES) + 1, [copy])
    assert len(lineage_in(results).entries) == len(NAMES)
    assert verify(results)[1] == [f"{copy}: a copy under another name, which no step reads"]


def test_copy_of_a_folder_has_no_records(results):
    shutil.copytree(results / "toy" / "pixels", results / "toy" / "pixels-old")
    shutil.copytree(results / "toy", results / "toy (another)")

    records, copies = records_and_copies(results)

    assert {path.parts[-3:-1] for path in copies} >= {("toy", "pixels-old")}
    assert len(records) == len(NAMES) + 1
    assert len(lineage_in(results).entries) == len(NAMES)
