import h5py
import numpy as np
import pytest

from aecluster.store import Store
from aecluster.store.streaming import StreamedRows, shuffled


@pytest.fixture(params=[1, 31, 4097, 10_000])
def rows(request, tmp_path):
    """An array, and the same streamed from a file."""
    X = np.random.default_rng(0).integers(256, size=(request.param, 2, 3), dtype=np.uint8)
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        file.create_dataset("X", data=X, chunks=(min(100, len(X)), 2, 3))
    with h5py.File(tmp_path / "rows.h5") as file:
        yield X, StreamedRows(file["X"])


def test_streamed_rows_are_indexed_as_an_array_is(rows):
    X, streamed = rows
    numbers = np.random.default_rng(1).integers(len(X), size=50)

    assert (len(X), X.shape, X.dtype, X.size) == (
        len(streamed), streamed.shape, streamed.dtype, streamed.size,
    )  # fmt: skip
    np.testing.assert_array_equal(X[numbers], streamed[numbers])
    np.testing.assert_array_equal(X[5:20], streamed[5:20])


def test_streamed_rows_are_shuffled_each_once_by_the_seed(rows):
    _, streamed = rows
    orders = [shuffled(streamed, np.random.default_rng(seed)) for seed in (0, 0, 1)]

    np.testing.assert_array_equal(np.sort(orders[0]), np.arange(len(streamed)))
    np.testing.assert_array_equal(orders[0], orders[1])
    assert len(streamed) == 1 or (orders[0] != orders[2]).any()


def test_a_batch_comes_from_all_over_the_rows():
    class Long(StreamedRows):
        def __init__(self):
            self.shape = (100_000,)

    order = shuffled(Long(), np.random.default_rng(0))

    for batch in (order[:32], order[50_000:50_032]):
        assert len(np.unique(batch // 1000)) > 15


def test_large_splits_are_streamed_and_thinned(tmp_path, monkeypatch):
    X = np.arange(3000, dtype=np.uint8).reshape(1000, 3)
    with Store.create(tmp_path / "s.h5", dataset="t", representation="p", source_digest="d") as new:
        new.add_split("train", [X], n=1000)
    with Store(tmp_path / "s.h5") as opened:
        split = opened["train"]

        assert isinstance(split.images(), np.ndarray)
        assert len(split.matrix_of(split.thinned())) == 1000

        monkeypatch.setattr("aecluster.store.store.MOST_IN_MEMORY", 2000)

        assert isinstance(split.images(), StreamedRows)
        np.testing.assert_array_equal(split.matrix_of(split.thinned()), X[::6])
