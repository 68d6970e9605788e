"""Images above what an autoencoder makes of them."""

import numpy as np
import pytest
from PIL import Image

from aecluster.figures.reconstructions import draw_reconstructions
from pictures import BLUE, RED, count


def test_reconstructions_carry_the_error_of_each_pair(tmp_path, texts):
    images = np.full((3, 8, 8, 1), 0.5)
    errors = np.array([0.1, 0.2, 0.7]).reshape(3, 1, 1, 1)  # the last one leaves [0, 1]

    draw_reconstructions(tmp_path / "r.png", images, images + errors)

    assert {"0.0100", "0.0400", "0.4900"} <= set(texts)
    assert "Images and their reconstructions (n = 3, mean MSE 0.1800)" in texts


def test_image_stands_above_its_reconstruction(tmp_path):
    images = np.broadcast_to(np.array(RED) / 255, (4, 8, 8, 3))
    reconstructions = np.broadcast_to(np.array(BLUE) / 255, (4, 8, 8, 3))

    draw_reconstructions(tmp_path / "r.png", images, reconstructions)

    picture = np.asarray(Image.open(tmp_path / "r.png"))
    rows_of_red = np.flatnonzero((picture == RED).all(axis=2).any(axis=1))
    rows_of_blue = np.flatnonzero((picture == BLUE).all(axis=2).any(axis=1))
    assert rows_of_red.max() < rows_of_blue.min()
    assert count(tmp_path / "r.png", RED) == count(tmp_path / "r.png", BLUE) == 4 * 96 * 96


def test_reconstructions_of_another_shape_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"shape \(2, 4, 4, 1\), expected .* \(2, 8, 8, 1\)"):
        draw_reconstructions(tmp_path / "r.png", np.zeros((2, 8, 8, 1)), np.zeros((2, 4, 4, 1)))
    with pytest.raises(ValueError, match="with 1 or 3 channels"):
        draw_reconstructions(tmp_path / "r.png", np.zeros((2, 64)), np.zeros((2, 64)))


def test_large_images_are_shrunk(tmp_path):
    images = np.zeros((2, 300, 200, 1))

    draw_reconstructions(tmp_path / "r.png", images, images)

    assert Image.open(tmp_path / "r.png").height < 400
