"""Random images of every cluster."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from aecluster.figures.centroids import draw_centroids
from aecluster.figures.clusters import draw_clusters
from pictures import BLUE, GREEN, RED, count


def test_row_of_a_cluster_holds_only_its_members(tmp_path, pixels, texts):
    labels = np.where(np.arange(30) % 3 == 1, 0, 1)  # green alone; red and blue together

    draw_clusters(tmp_path / "c.png", pixels, labels, representation="pixels")

    picture = np.asarray(Image.open(tmp_path / "c.png"))
    rows_of_green = np.flatnonzero((picture == GREEN).all(axis=2).any(axis=1))
    rows_of_others = np.flatnonzero(
        ((picture == RED).all(axis=2) | (picture == BLUE).all(axis=2)).any(axis=1)
    )
    assert rows_of_green.max() < rows_of_others.min()
    assert count(tmp_path / "c.png", GREEN) == 10 * 96 * 96
    assert "Random images of the clusters of pixels (k = 2, n = 30)" in texts
    assert "cluster 0\nn = 10\ncat 50%" in texts


def test_sample_depends_on_the_seed_alone(tmp_path, pixels):
    labels = np.zeros(30, dtype=np.int32)
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        draw_clusters(tmp_path / name, pixels, labels, representation="pixels", seed=seed)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_of_many_clusters_the_largest_are_drawn_and_the_title_says_so(tmp_path, texts, split_of):
    labels = np.append(np.arange(45), np.arange(5, 45))  # clusters 0 to 4 have one member, not two
    pixels = split_of(np.zeros((85, 4, 4, 1), dtype=np.uint8))

    draw_clusters(tmp_path / "c.png", pixels, labels, representation="pca")

    captions = [text for text in texts if text.startswith("cluster ")]
    assert captions == [f"cluster {cluster}\nn = 2" for cluster in range(5, 45)]
    assert "Random images of the clusters of pca (the 40 largest of 45, n = 85)" in texts


def test_gray_pictures_are_written_in_gray(tmp_path, split_of):
    images = np.zeros((12, 8, 8, 1), dtype=np.uint8)

    draw_clusters(tmp_path / "c.png", split_of(images), np.zeros(12, int), representation="x")

    assert Image.open(tmp_path / "c.png").mode == "L"


def test_labels_of_other_images_are_refused(tmp_path, pixels):
    message = r"^labels: found 29, expected one for each of the 30 images$"
    labels = np.zeros(29, dtype=np.int32)
    with pytest.raises(ValueError, match=message):
        draw_clusters(tmp_path / "c.png", pixels, labels, representation="pixels")
    with pytest.raises(ValueError, match=message):
        draw_centroids(
            tmp_path / "c.png", pixels, labels, np.zeros((1, 192)), representation="pixels"
        )


def test_share_of_a_class_is_of_the_members_that_have_a_label(tmp_path, texts, split_of):
    pixels = replace(
        split_of(np.zeros((6, 4, 4, 1), dtype=np.uint8)),
        y=np.array([0, 0, 1, -1, -1, -1]),
        class_names=("cat", "dog"),
    )

    draw_clusters(tmp_path / "c.png", pixels, np.array([0, 0, 0, 0, 1, 1]), representation="pixels")

    assert "cluster 0\nn = 4\ncat 67%" in texts
    assert "cluster 1\nn = 2" in texts
