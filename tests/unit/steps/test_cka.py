import numpy as np
import pytest

from aecluster.errors import DataError
from aecluster.steps.cka import compare_spaces, read_similarities
from aecluster.store import Store


def write_store(path, n_test):
    rows = np.random.default_rng(0).normal(size=(n_test, 3)).astype(np.float32)
    with Store.create(path, dataset="toy", representation="own", source_digest="d") as store:
        store.add_split("train", [rows], n=n_test)
        store.add_split("test", [rows], n=n_test)
    return path


def test_fewer_than_four_test_images_are_one_line_with_the_store(tmp_path):
    enough, few = (write_store(tmp_path / f"{n}.h5", n) for n in (4, 3))
    compare_spaces(tmp_path / "cka.csv", [enough])

    assert read_similarities(tmp_path / "cka.csv") == {"toy": {("own", "own"): pytest.approx(1)}}
    with pytest.raises(DataError) as error:
        compare_spaces(tmp_path / "none.csv", [few])
    assert str(error.value) == (
        f"{few}: found 3 test images, expected at least 4 to say how alike two spaces are, for "
        "`evaluation.probe`"
    )
    assert not (tmp_path / "none.csv").exists()
