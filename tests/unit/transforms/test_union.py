import numpy as np

from aecluster.store import Store


def test_union_puts_values_side_by_side_image_by_image(make, tmp_path, pixels, images):
    make(pixels, tmp_path / "pca.h5", "pca", n_components=3)
    make([pixels, tmp_path / "pca.h5"], tmp_path / "both.h5", "union")

    with Store(tmp_path / "both.h5") as both, Store(tmp_path / "pca.h5") as pca:
        for split, rows in (("train", images[:40]), ("test", images[40:])):
            made = both[split].matrix()
            np.testing.assert_allclose(made[:, :16], rows.reshape(-1, 16) / 255, atol=1e-6)
            np.testing.assert_array_equal(made[:, 16:], pca[split].matrix())
        np.testing.assert_array_equal(both["train"].y, np.arange(40) % 3)


def test_union_of_many_rows_keeps_their_order(make, tmp_path):
    rows = np.arange(2500, dtype=np.float32)[:, None]
    for name, sign in (("a", 1), ("b", -1)):
        with Store.create(
            tmp_path / name, dataset="t", representation=name, source_digest="d"
        ) as s:
            s.add_split("train", [sign * rows], n=2500)
    make([tmp_path / "a", tmp_path / "b"], tmp_path / "c", "union")

    with Store(tmp_path / "c") as store:
        np.testing.assert_array_equal(store["train"].matrix(), np.hstack([rows, -rows]))
