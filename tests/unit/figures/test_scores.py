"""Scores against k."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from aecluster.figures.scores import Panel, draw_scores


def test_lines_have_means_and_bars_of_half_the_interval(tmp_path, drawn, texts):
    lines = {"pixels": [(5, 0.2, 0.05), (2, 0.1, None)], "pca": [(2, 0.3, 0.01), (5, 0.4, 0.02)]}

    draw_scores(tmp_path / "s.png", [Panel("NMI ↑", True, lines)], n_seeds=3)

    axes = drawn[0].axes[0]
    pixels, pca = axes.containers
    np.testing.assert_allclose(np.asarray(pixels.lines[0].get_ydata(), dtype=float), [0.1, 0.2])
    np.testing.assert_allclose(
        np.asarray(pixels.lines[0].get_xdata(), dtype=float), [2, 5], atol=0.3
    )
    np.testing.assert_allclose(np.asarray(pca.lines[0].get_ydata(), dtype=float), [0.3, 0.4])
    [bars] = pixels.lines[2]
    np.testing.assert_allclose(
        [np.asarray(segment, dtype=float)[:, 1] for segment in bars.get_segments()],
        [[0.1, 0.1], [0.15, 0.25]],
    )
    assert to_hex(pixels.lines[0].get_color()) != to_hex(pca.lines[0].get_color())
    assert "Scores by number of clusters (n = 3 seeds, bars: 95 % interval)" in texts


def test_infinite_means_are_left_out_and_own_spaces_say_so(tmp_path, drawn, texts):
    panel = Panel("Dunn ↑", False, {"pixels": [(2, float("inf"), None), (3, 0.5, None)]})

    draw_scores(tmp_path / "s.png", [panel], n_seeds=1)

    assert list(drawn[0].axes[0].containers[0].lines[0].get_ydata()) == [0.5]
    assert "Dunn ↑\nown space: lines do not compare" in texts


def test_no_panel_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^panels: found none, expected at least one$"):
        draw_scores(tmp_path / "s.png", [], n_seeds=1)
