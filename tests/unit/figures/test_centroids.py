"""The centres of clusters as images."""

import numpy as np
import pytest

from aecluster.figures.centroids import draw_centroids
from pictures import BLUE, GREEN, count


def test_centroids_of_pixels_are_drawn_themselves(tmp_path, pixels, texts):
    centroids = np.broadcast_to(np.array(BLUE) / 255, (2, 8, 8, 3)).reshape(2, -1)

    draw_centroids(
        tmp_path / "c.png", pixels, np.arange(30) % 2, centroids, representation="pixels"
    )

    assert count(tmp_path / "c.png", BLUE) == 2 * 96 * 96
    assert "Centroids of pixels\n(k = 2, n = 30)" in texts


def test_centroids_of_other_representations_are_mean_images(tmp_path, pixels, texts):
    labels = np.where(np.arange(30) % 3 == 1, 0, 1)

    draw_centroids(
        tmp_path / "c.png", pixels, labels, np.zeros((3, 64)), representation="sparse_ae"
    )

    assert count(tmp_path / "c.png", GREEN) == 96 * 96
    assert count(tmp_path / "c.png", (125, 0, 125)) == 96 * 96
    assert "Mean images of the clusters of sparse_ae\n(k = 3, n = 30)" in texts
    assert "cluster 2\nn = 0" in texts


def test_mean_images_do_not_depend_on_the_blocks(tmp_path, monkeypatch, split_of):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (50, 8, 8, 1), dtype=np.uint8)
    pixels, labels = split_of(images), rng.integers(0, 3, 50)
    draw_centroids(tmp_path / "a.png", pixels, labels, np.zeros((3, 2)), representation="pca")
    monkeypatch.setattr("aecluster.figures.centroids._BLOCK_VALUES", 7 * 64)
    draw_centroids(tmp_path / "b.png", pixels, labels, np.zeros((3, 2)), representation="pca")

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_centroids_of_another_size_are_refused(tmp_path, pixels):
    with pytest.raises(ValueError, match=r"centroids: shape \(2, 64\), expected \(k, 192\)"):
        draw_centroids(
            tmp_path / "c.png",
            pixels,
            np.zeros(30, int),
            np.zeros((2, 64)),
            representation="pixels",
        )
