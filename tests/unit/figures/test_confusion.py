"""Clusters against classes."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from aecluster.figures.confusion import draw_confusion
from aecluster.metrics import clustering_accuracy


def test_matched_classes_stand_framed_on_the_diagonal_and_sum_to_the_accuracy(
    tmp_path, drawn, texts
):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 200)
    labels = np.where(rng.random(200) < 0.7, (y + 1) % 3, rng.integers(0, 5, 200))

    draw_confusion(tmp_path / "c.png", labels, y, ["a", "b", "c"], representation="pca")

    axes = drawn[0].axes[0]
    cells = {text.get_position(): int(text.get_text()) for text in axes.texts}
    frames = [p for p in axes.patches if isinstance(p, Rectangle) and not p.get_fill()]
    corners = [(p.get_x() + 0.5, p.get_y() + 0.5) for p in frames]
    accuracy = clustering_accuracy(y, labels)
    assert corners == [(0, 0), (1, 1), (2, 2)]
    assert sum(cells[corner] for corner in corners) / 200 == pytest.approx(accuracy)
    assert sum(cells.values()) == 200
    assert len(cells) == 5 * 3
    assert any(f"accuracy {accuracy:.4f}" in text for text in texts)


def test_cell_counts_the_images_of_a_class_in_a_cluster(tmp_path, drawn):
    labels, y = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])

    draw_confusion(tmp_path / "c.png", labels, y, ["cat", "dog"], representation="pixels")

    axes = drawn[0].axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1: n = 1", "0: n = 3"]
    assert cells == {(0, 0): "1", (1, 0): "0", (0, 1): "1", (1, 1): "2"}


def test_fewer_clusters_than_classes_frame_one_class_each(tmp_path, drawn):
    labels, y = np.array([0, 0, 1, 1]), np.array([2, 2, 0, 1])

    draw_confusion(tmp_path / "c.png", labels, y, "abc", representation="pixels")

    frames = [p.get_xy() for p in drawn[0].axes[0].patches if not p.get_fill()]
    names = [label.get_text() for label in drawn[0].axes[0].get_xticklabels()]
    assert frames == [(-0.5, -0.5), (0.5, 0.5)]
    assert names in (["a", "c", "b"], ["b", "c", "a"])


def test_without_classes_the_sizes_of_the_clusters_are_drawn(tmp_path, drawn, texts):
    draw_confusion(tmp_path / "c.png", np.array([0, 1, 1]), None, (), representation="pixels")

    assert "Sizes of the clusters of pixels (n = 3)" in texts
    assert sorted(text.get_text() for text in drawn[0].axes[0].texts) == ["1", "2"]
    assert drawn[0].axes[0].patches[:] == []


def test_images_without_a_label_are_not_counted(tmp_path, drawn):
    labels, y = np.array([0, 0, 0, 1, 1]), np.array([1, -1, 0, 0, -1])

    draw_confusion(tmp_path / "c.png", labels, y, ["cat", "dog"], representation="pixels")

    cells = {text.get_position(): text.get_text() for text in drawn[0].axes[0].texts}
    assert cells == {(0, 0): "1", (1, 0): "0", (0, 1): "1", (1, 1): "1"}
