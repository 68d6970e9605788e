import h5py
import pytest

from aecluster.workflow import resources

# MiB that records of runs on 2 cores say.
PEAKS = [
    (resources.kmeans((359, 1024), 10, 1), 218),
    (resources.kmeans((10_000, 1024), 10, 1), 313),
    (resources.kmeans((10_000, 1024), 300, 1), 297),
    (resources.kmeans((294_000, 1024), 10, 1), 206),
    (resources.evaluate([(359, 64), (359, 1024)], 10, 20_000), 222),
    (resources.evaluate([(10_000, 1024)], 10, 20_000), 365),
    (resources.evaluate([(10_000, 1024)], 300, 20_000), 371),
    (resources.evaluate([(294_000, 1024)], 10, 20_000), 134),
    (resources.transform((300_000, 1024), is_streamed=True), 138),
    (resources.train((1_797, 1024)), 1059),
    (resources.train((60_000, 1024)), 1146),
    (resources.train((300_000, 1024)), 1114),
    (resources.train_contrastive((2_048, 3072), 32, 512, 64), 2175),
    (resources.embed((60_000, 1024)), 773),
    (resources.embed((300_000, 1024)), 772),
    (resources.plot_clusters([(359, 1024)]), 274),
    (resources.plot_clusters([(10_000, 1024)]), 339),
]


@pytest.mark.parametrize(("asked", "peak"), PEAKS)
def test_what_is_asked_for_is_more_than_measured_with_a_quarter_to_spare(asked, peak):
    assert 1.25 * peak < asked


def test_memory_grows_only_by_what_is_kept_a_row_where_rows_are_streamed():
    million = 2**20
    grown = resources.kmeans((2 * million, 1024), 10, 1) - resources.kmeans((million, 1024), 10, 1)

    assert grown == 140


def test_store_that_is_not_there_yet_is_told_from_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        resources.shape_of(tmp_path / "store.h5")

    assert error.value.filename == str(tmp_path / "store.h5")

    h5py.File(tmp_path / "store.h5", "w").close()

    assert resources.shape_of(tmp_path / "store.h5") == (0, 0)
