import csv

import numpy as np
import pytest

from aecluster.steps.points import COLUMNS, write_points
from aecluster.store import Split, Store, write_clustering

X = np.array([[0, 0], [3, 4], [10, 0], [10, 1], [0, 1]], np.float32)
LABELS = np.array([0, 0, 1, 1, 0])
CENTROIDS = np.array([[0, 0], [10, 0]], np.float32)
SILHOUETTES = np.array([0.5, 1 / 3, np.nan, -0.25, 1])


def write_store(path, y=None):
    with Store.create(path, dataset="d", representation="r", source_digest="0") as new:
        for name, rows in (("train", slice(0, 3)), ("test", slice(3, 5))):
            labels = None if y is None else y[rows]
            new.add_split(name, [X[rows]], n=len(X[rows]), y=labels, class_names=["a,b", "c"])
    return path


@pytest.fixture
def table(tmp_path):
    def table(split, rows=slice(None), y=None):
        store = write_store(tmp_path / "store.h5", y)
        write_clustering(tmp_path / "c.h5", LABELS[rows], CENTROIDS)
        path = tmp_path / "c.csv"
        write_points(path, store, tmp_path / "c.h5", split, SILHOUETTES[rows])
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    return table


def test_each_image_has_a_row_with_what_is_known_of_it(table):
    head, *rows = table("test", slice(3, 5), y=np.array([0, 0, 0, 1, 0]))

    assert tuple(head) == COLUMNS
    assert rows == [
        ["test", "0", "", "c", "1", "1", "-0.25"],
        ["test", "1", "", "a,b", "0", "1", "1"],
    ]


def test_rows_of_both_splits_are_numbered_by_split(table):
    _, *rows = table("all")

    assert [row[:2] for row in rows] == [
        ["train", "0"], ["train", "1"], ["train", "2"], ["test", "0"], ["test", "1"],
    ]  # fmt: skip
    assert [row[2:] for row in rows] == [
        ["", "", "0", "0", "0.5"],
        ["", "", "0", "5", "0.333333"],
        ["", "", "1", "0", ""],
        ["", "", "1", "1", "-0.25"],
        ["", "", "0", "1", "1"],
    ]


def test_names_are_those_of_the_source(table, monkeypatch):
    named = property(lambda split: [f"cat/{row} ü.png" for row in range(len(split))])
    monkeypatch.setattr(Split, "names", named, raising=False)

    _, *rows = table("all")

    assert [row[2] for row in rows] == [f"cat/{row} ü.png" for row in (0, 1, 2, 0, 1)]


def test_image_without_a_label_has_no_class(table):
    _, *rows = table("test", slice(3, 5), y=np.array([0, 0, 0, -1, 0]))

    assert [row[3] for row in rows] == ["", "a,b"]
