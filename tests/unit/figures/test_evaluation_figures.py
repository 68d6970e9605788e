"""Pictures of clusterings against classes, spaces and k: what is drawn is read back."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image
from sklearn.decomposition import PCA

from aecluster import figures
from aecluster.comparison.curves import panels_of
from aecluster.comparison.statistics import Estimate, Summary
from aecluster.figures import Panel, canvas
from aecluster.metrics import clustering_accuracy
from aecluster.steps.plot_clusters import draw_clustering
from aecluster.store import Store, write_clustering, write_silhouettes


@pytest.fixture
def drawn(monkeypatch):
    """The figures drawn in this test."""
    kept = []

    class Keeping(canvas.FigureCanvasAgg):
        def draw(self):
            super().draw()
            kept.append(self.figure)

    monkeypatch.setattr(canvas, "FigureCanvasAgg", Keeping)
    return kept


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def store(path, images, y=None, names=()):
    with Store.create(path, dataset="d", representation=path.stem, source_digest="0") as new:
        scale = 1 / 255 if images.dtype == np.uint8 else None
        new.add_split("test", [images], n=len(images), y=y, class_names=names, scale=scale)
    return path


# --- silhouettes ---


def test_every_silhouette_is_drawn_in_the_blade_of_its_cluster(tmp_path, drawn):
    silhouettes = np.array([0.5, -0.25, 0.1, 0.3], dtype=np.float32)

    figures.draw_silhouettes(
        tmp_path / "s.png", silhouettes, np.array([1, 0, 0, 1]), representation="pca"
    )

    blades = [patch.get_data() for patch in drawn[0].axes[0].patches]
    np.testing.assert_allclose(blades[0].values, [-0.25, 0.1])
    np.testing.assert_allclose(blades[1].values, [0.3, 0.5])
    assert blades[0].edges[-1] < blades[1].edges[0]


def test_silhouettes_carry_size_mean_and_share_below_zero_and_the_space(tmp_path, drawn):
    figures.draw_silhouettes(
        tmp_path / "s.png", np.array([0.5, -0.25, 0.1]), np.array([1, 0, 0]), representation="pca"
    )

    written = texts(drawn[0])
    assert "0: n = 2, mean -0.075, 50% < 0" in written
    assert "mean 0.1167" in written
    assert "silhouette, distances in the space of pca" in written
    assert "Silhouettes by cluster of pca (k = 2, n = 3)" in written


def test_of_a_sample_the_known_silhouettes_are_drawn_and_said_to_be_sampled(tmp_path, drawn):
    silhouettes = np.array([0.5, np.nan, 0.1, np.nan], dtype=np.float32)

    figures.draw_silhouettes(
        tmp_path / "s.png", silhouettes, np.array([1, 0, 0, 1]), representation="pca"
    )

    assert [patch.get_data().values.tolist() for patch in drawn[0].axes[0].patches] == [
        pytest.approx([0.1]), [0.5],
    ]  # fmt: skip
    assert "Silhouettes by cluster of pca (k = 2, n = 4, 2 sampled)" in texts(drawn[0])


def test_silhouettes_of_other_points_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^silhouettes: found 2, expected one for each of the 3"):
        figures.draw_silhouettes(
            tmp_path / "s.png", np.zeros(2), np.zeros(3, int), representation="pca"
        )


# --- clusters and classes ---


def test_matched_classes_stand_framed_on_the_diagonal_and_sum_to_the_accuracy(tmp_path, drawn):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 200)
    labels = np.where(rng.random(200) < 0.7, (y + 1) % 3, rng.integers(0, 5, 200))

    figures.draw_confusion(tmp_path / "c.png", labels, y, ["a", "b", "c"], representation="pca")

    axes = drawn[0].axes[0]
    cells = {text.get_position(): int(text.get_text()) for text in axes.texts}
    frames = [p for p in axes.patches if isinstance(p, Rectangle) and not p.get_fill()]
    corners = [(p.get_x() + 0.5, p.get_y() + 0.5) for p in frames]
    accuracy = clustering_accuracy(y, labels)
    assert corners == [(0, 0), (1, 1), (2, 2)]
    assert sum(cells[corner] for corner in corners) / 200 == pytest.approx(accuracy)
    assert sum(cells.values()) == 200
    assert len(cells) == 5 * 3
    assert any(f"accuracy {accuracy:.4f}" in text for text in texts(drawn[0]))


def test_cell_counts_the_images_of_a_class_in_a_cluster(tmp_path, drawn):
    labels, y = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])

    figures.draw_confusion(tmp_path / "c.png", labels, y, ["cat", "dog"], representation="pixels")

    axes = drawn[0].axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1: n = 1", "0: n = 3"]
    assert cells == {(0, 0): "1", (1, 0): "0", (0, 1): "1", (1, 1): "2"}


def test_fewer_clusters_than_classes_frame_one_class_each(tmp_path, drawn):
    labels, y = np.array([0, 0, 1, 1]), np.array([2, 2, 0, 1])

    figures.draw_confusion(tmp_path / "c.png", labels, y, "abc", representation="pixels")

    frames = [p.get_xy() for p in drawn[0].axes[0].patches if not p.get_fill()]
    names = [label.get_text() for label in drawn[0].axes[0].get_xticklabels()]
    assert frames == [(-0.5, -0.5), (0.5, 0.5)]
    assert names in (["a", "c", "b"], ["b", "c", "a"])


def test_without_classes_the_sizes_of_the_clusters_are_drawn(tmp_path, drawn):
    figures.draw_confusion(
        tmp_path / "c.png", np.array([0, 1, 1]), None, (), representation="pixels"
    )

    assert "Sizes of the clusters of pixels (n = 3)" in texts(drawn[0])
    assert sorted(text.get_text() for text in drawn[0].axes[0].texts) == ["1", "2"]
    assert drawn[0].axes[0].patches[:] == []


# --- map ---


def test_map_has_the_principal_components_by_cluster_and_by_class(tmp_path, drawn):
    rng = np.random.default_rng(0)
    X, labels, y = rng.normal(size=(40, 5)), rng.integers(0, 3, 40), rng.integers(0, 2, 40)

    figures.draw_map(tmp_path / "m.png", X, labels, y, ["cat", "dog"], representation="pca")

    expected = PCA(2).fit_transform(X)
    for axes, values, names in zip(
        drawn[0].axes, (labels, y), (["0", "1", "2"], ["cat", "dog"]), strict=True
    ):
        assert [c.get_label() for c in axes.collections] == names
        for value, collection in enumerate(axes.collections):
            np.testing.assert_allclose(
                np.abs(collection.get_offsets()), np.abs(expected[values == value]), atol=1e-9
            )
    share = PCA(2).fit(X).explained_variance_ratio_[0]
    assert f"component 1 ({share:.1%} of the variance)" in texts(drawn[0])


def test_map_of_many_points_draws_a_sample_and_says_so(tmp_path, drawn):
    X = np.random.default_rng(0).normal(size=(3500, 3))

    figures.draw_map(tmp_path / "m.png", X, np.zeros(3500, int), None, (), representation="pca")

    assert len(drawn[0].axes) == 1
    assert len(drawn[0].axes[0].collections[0].get_offsets()) == 3000
    assert "Principal components of pca (n = 3,500, 3,000 of them drawn)" in texts(drawn[0])


@pytest.mark.slow
@pytest.mark.xdist_group("umap")  # which compiles for half a minute in each process
def test_map_by_neighbours_keeps_groups_together_and_is_repeatable(tmp_path, drawn):
    rng = np.random.default_rng(0)
    labels = np.arange(60) // 20
    X = rng.normal(size=(60, 5)) + 30 * labels[:, None]

    for name in ("a", "b"):
        figures.draw_map(
            tmp_path / f"{name}.png", X, labels, None, (), representation="pca", kind="tsne"
        )

    groups = [np.asarray(c.get_offsets()) for c in drawn[0].axes[0].collections]
    middles = np.array([group.mean(axis=0) for group in groups])
    for number, group in enumerate(groups):
        distances = np.linalg.norm(group[:, None] - middles, axis=2)
        assert (distances.argmin(axis=1) == number).all()
    assert "t-SNE of pca (n = 60)" in texts(drawn[0])
    assert "t-SNE 1" in texts(drawn[0])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_map_of_other_labels_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^y: found 3, expected one for each of 4 points$"):
        figures.draw_map(
            tmp_path / "m.png", np.eye(4), np.zeros(4, int), np.zeros(3), (), representation="pca"
        )


# --- nearest images ---


@pytest.fixture
def graded(tmp_path):
    """Images whose gray is their number, and points on a line: image i stands at i."""
    images = np.arange(30, dtype=np.uint8).repeat(16).reshape(30, 4, 4, 1)
    points = np.arange(30, dtype=np.float32)[:, None]
    return store(tmp_path / "pixels.h5", images), store(tmp_path / "line.h5", points)


def test_nearest_images_come_first_row_by_row(tmp_path, graded):
    labels = (np.arange(30) >= 15).astype(int)
    with Store(graded[0]) as pixels, Store(graded[1]) as points:
        figures.draw_nearest(
            tmp_path / "n.png",
            pixels["test"],
            points["test"],
            labels,
            np.array([[14.0], [20.2]], dtype=np.float32),
            representation="line",
        )

    picture = np.asarray(Image.open(tmp_path / "n.png").convert("L")).astype(int)
    rows = [row[row < 30] for row in picture if (row < 30).sum() > 200]
    seen = [list(dict.fromkeys(row.tolist())) for row in rows]
    assert list(range(14, 2, -1)) in seen
    assert [20, 21, 19, 22, 18, 23, 17, 24, 16, 25, 15, 26] in seen


def test_points_of_another_space_are_refused(tmp_path, graded):
    with (
        Store(graded[0]) as pixels,
        Store(graded[1]) as points,
        pytest.raises(ValueError, match=r"^points: found 30 of 1 values, expected 30 of 2"),
    ):
        figures.draw_nearest(
            tmp_path / "n.png",
            pixels["test"],
            points["test"],
            np.zeros(30, int),
            np.zeros((1, 2)),
            representation="line",
        )


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
    kinds = ("clusters", "centroids", "nearest", "silhouettes", "confusion", "map")
    pictures = {kind: tmp_path / f"{kind}.png" for kind in kinds}

    draw_clustering(
        pictures, "test", pixels=pixels, store=points,
        clustering=tmp_path / "c.h5", silhouettes=tmp_path / "s.h5",
    )  # fmt: skip

    assert all(Image.open(path).width > 300 for path in pictures.values())


# --- scores against k ---


def test_lines_have_means_and_bars_of_half_the_interval(tmp_path, drawn):
    lines = {"pixels": [(5, 0.2, 0.05), (2, 0.1, None)], "pca": [(2, 0.3, 0.01), (5, 0.4, 0.02)]}

    figures.draw_scores(tmp_path / "s.png", [Panel("NMI ↑", True, lines)], n_seeds=3)

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
    assert "Scores by number of clusters (n = 3 seeds, bars: 95 % interval)" in texts(drawn[0])


def test_infinite_means_are_left_out_and_own_spaces_say_so(tmp_path, drawn):
    panel = Panel("Dunn ↑", False, {"pixels": [(2, float("inf"), None), (3, 0.5, None)]})

    figures.draw_scores(tmp_path / "s.png", [panel], n_seeds=1)

    assert list(drawn[0].axes[0].containers[0].lines[0].get_ydata()) == [0.5]
    assert "Dunn ↑\nown space: lines do not compare" in texts(drawn[0])


def test_no_panel_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^panels: found none, expected at least one$"):
        figures.draw_scores(tmp_path / "s.png", [], n_seeds=1)


def test_panels_that_compare_come_first_with_their_direction():
    estimate = Estimate(3, 0.5, 0.1, 0.4, 0.6)
    names = ["silhouette", "davies_bouldin_in_pixels", "nmi"]

    panels = panels_of([Summary("d", "pca", "test", 2, name, estimate) for name in names])

    assert [(panel.title, panel.is_comparable) for panel in panels] == [
        ("NMI ↑", True),
        ("Davies-Bouldin in pixels ↓", True),
        ("silhouette ↑", False),
    ]
    assert panels[0].lines == {"pca": [(2, 0.5, pytest.approx(0.1))]}


def test_panels_are_those_of_one_data_set_each():
    estimates = {"a": Estimate(1, 0.5), "b": Estimate(1, 0.7)}

    panels = panels_of(
        [Summary(name, "pca", "test", 2, "nmi", found) for name, found in estimates.items()]
    )

    assert [(panel.title, panel.lines) for panel in panels] == [
        ("a: NMI ↑", {"pca": [(2, 0.5, None)]}),
        ("b: NMI ↑", {"pca": [(2, 0.7, None)]}),
    ]
