import csv

import numpy as np
import pytest

from aecluster.errors import ConfigError
from aecluster.steps import gap
from aecluster.steps.gap import count_clusters, write_counted
from aecluster.store import Store

OPTIONS = {"init": "k-means++", "n_init": 3, "max_iter": 100, "tol": 0.0}


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(120, 3)) + 9 * (np.arange(120) % 3)[:, None]).astype(np.float32)
    path = tmp_path / "store.h5"
    with Store.create(path, dataset="d", representation="x", source_digest="0") as new:
        new.add_split("test", [X], n=120)
    return path


def test_clusters_of_a_store_are_counted_and_written(store, tmp_path):
    found = count_clusters(store, "test", k=[4, 3, 2], n_references=3, seed=0, **OPTIONS)
    write_counted(tmp_path / "gap.csv", found)

    with (tmp_path / "gap.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert found.metrics["k_by_gap"] == found.metrics["k_by_stability"] == 3
    assert [row["k"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["stability"] == "" for row in rows] == [True, False, False, False]
    assert float(rows[2]["gap"]) == found.gaps.gap[2]


def test_of_many_rows_every_so_many_are_taken(store, monkeypatch):
    monkeypatch.setattr(gap, "_MOST_ROWS", 50)

    assert count_clusters(store, "test", k=[2], n_references=1, seed=0, **OPTIONS).n == 40


def test_too_many_clusters_for_subsamples_are_told(store):
    with pytest.raises(
        ConfigError, match=r"clustering.k: found 95, expected less than 80 % of the"
    ):
        count_clusters(store, "test", k=[2, 95], n_references=1, seed=0, **OPTIONS)
