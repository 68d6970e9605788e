"""The images nearest to every centroid."""

import numpy as np
import pytest
from PIL import Image

from aecluster.figures.nearest import draw_nearest


@pytest.fixture
def graded(split_of):
    """Images whose gray is their number, and points on a line: image i stands at i."""
    images = np.arange(30, dtype=np.uint8).repeat(16).reshape(30, 4, 4, 1)
    points = np.arange(30, dtype=np.float32)[:, None]
    return split_of(images), split_of(points)


def test_nearest_images_come_first_row_by_row(tmp_path, graded):
    labels = (np.arange(30) >= 15).astype(int)
    centroids = np.array([[14.0], [20.2]], dtype=np.float32)

    draw_nearest(tmp_path / "n.png", *graded, labels, centroids, representation="line")

    picture = np.asarray(Image.open(tmp_path / "n.png").convert("L")).astype(int)
    rows = [row[row < 30] for row in picture if (row < 30).sum() > 200]
    seen = [list(dict.fromkeys(row.tolist())) for row in rows]
    assert list(range(14, 4, -1)) in seen
    assert [20, 21, 19, 22, 18, 23, 17, 24, 16, 25] in seen


def test_points_of_another_space_are_refused(tmp_path, graded):
    labels, centroids = np.zeros(30, int), np.zeros((1, 2))

    with pytest.raises(ValueError, match=r"^points: found 30 of 1 values, expected 30 of 2"):
        draw_nearest(tmp_path / "n.png", *graded, labels, centroids, representation="line")
