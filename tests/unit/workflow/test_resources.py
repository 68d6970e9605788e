import h5py
import pytest

from aecluster.config import METHODS
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
    (resources.train_wide((2_048, 3072), 32, 512, 64), 2175),
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


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].stage != "read"])
def test_every_method_has_its_memory_and_no_more_for_more_rows_where_they_are_streamed(method):
    keys = METHODS[method].defaults | {"method": method}
    few, many = (resources.representation((n, 3072), 32, keys) for n in (10_000, 1_000_000))

    rows_mb = 4 * 990_000 * 3072 / 2**20
    assert few <= many
    is_held = METHODS[method].stage == "transform" and not METHODS[method].is_streamed
    assert (many - few > rows_mb) == is_held


def test_wide_network_asks_for_what_its_batches_and_images_take():
    keys = METHODS["contrastive"].defaults | {"method": "contrastive"}
    asked = resources.representation((50_000, 3072), 32, keys)

    assert resources.representation((50_000, 3072), 32, keys | {"batch_size": 1024}) > 1.5 * asked
    assert resources.representation((50_000, 3072), 32, keys | {"width": 128}) > 1.5 * asked
    assert resources.representation((50_000, 3072), 64, keys) > 2 * asked


def test_store_that_is_not_there_yet_is_told_from_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        resources.shape_of(tmp_path / "store.h5")

    assert error.value.filename == str(tmp_path / "store.h5")

    h5py.File(tmp_path / "store.h5", "w").close()

    assert resources.shape_of(tmp_path / "store.h5") == (0, 0)
