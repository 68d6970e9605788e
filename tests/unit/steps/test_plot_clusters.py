"""From the files of a clustering to its pictures."""

import numpy as np
from PIL import Image

from aecluster.figures.registry import pictures_of
from aecluster.steps.plot_clusters import plot_clusters
from aecluster.store import Store, write_clustering, write_silhouettes


def store(path, images, y=None, names=()):
    with Store.create(path, dataset="d", representation=path.stem, source_digest="0") as new:
        scale = 1 / 255 if images.dtype == np.uint8 else None
        new.add_split("test", [images], n=len(images), y=y, class_names=names, scale=scale)
    return path


def test_all_pictures_of_a_clustering_are_drawn_from_its_files(tmp_path):
    rng = np.random.default_rng(0)
    pixels = store(
        tmp_path / "pixels.h5",
        rng.integers(0, 255, (30, 4, 4, 1), dtype=np.uint8),
        np.arange(30) % 2,
        ["cat", "dog"],
    )
    points = store(tmp_path / "pca.h5", rng.normal(size=(30, 3)).astype(np.float32))
    write_clustering(tmp_path / "c.h5", np.arange(30) % 3, np.zeros((3, 3)))
    write_silhouettes(tmp_path / "s.h5", rng.uniform(-1, 1, 30))
    names = [picture.name for picture in pictures_of("clustering")]
    pictures = {name: tmp_path / f"{name}.png" for name in names}

    plot_clusters(
        {**pictures, "record": tmp_path / "figures.json"}, "test", pixels=pixels, store=points,
        clustering=tmp_path / "c.h5", silhouettes=tmp_path / "s.h5", map_kind="pca",
    )  # fmt: skip

    assert len(pictures) == 6
    assert all(Image.open(path).width > 300 for path in pictures.values())
