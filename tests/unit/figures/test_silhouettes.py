"""The silhouettes of all points, by cluster."""

import numpy as np
import pytest

from aecluster.figures.silhouettes import draw_silhouettes


def test_every_silhouette_is_drawn_in_the_blade_of_its_cluster(tmp_path, drawn):
    silhouettes = np.array([0.5, -0.25, 0.1, 0.3], dtype=np.float32)

    draw_silhouettes(tmp_path / "s.png", silhouettes, np.array([1, 0, 0, 1]), representation="pca")

    blades = [patch.get_data() for patch in drawn[0].axes[0].patches]
    np.testing.assert_allclose(blades[0].values, [-0.25, 0.1])
    np.testing.assert_allclose(blades[1].values, [0.3, 0.5])
    assert blades[0].edges[-1] < blades[1].edges[0]


def test_silhouettes_carry_size_mean_and_share_below_zero_and_the_space(tmp_path, texts):
    draw_silhouettes(
        tmp_path / "s.png", np.array([0.5, -0.25, 0.1]), np.array([1, 0, 0]), representation="pca"
    )

    assert "0: n = 2, mean -0.075, 50% < 0" in texts
    assert "mean 0.1167" in texts
    assert "silhouette, distances in the space of pca" in texts
    assert "Silhouettes by cluster of pca (k = 2, n = 3)" in texts


def test_of_a_sample_the_known_silhouettes_are_drawn_and_said_to_be_sampled(tmp_path, drawn, texts):
    silhouettes = np.array([0.5, np.nan, 0.1, np.nan], dtype=np.float32)

    draw_silhouettes(tmp_path / "s.png", silhouettes, np.array([1, 0, 0, 1]), representation="pca")

    assert [patch.get_data().values.tolist() for patch in drawn[0].axes[0].patches] == [
        pytest.approx([0.1]), [0.5],
    ]  # fmt: skip
    assert "Silhouettes by cluster of pca (k = 2, n = 4, 2 sampled)" in texts


def test_silhouettes_of_other_points_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^silhouettes: found 2, expected one for each of the 3"):
        draw_silhouettes(tmp_path / "s.png", np.zeros(2), np.zeros(3, int), representation="pca")
