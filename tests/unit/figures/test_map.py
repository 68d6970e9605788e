"""The space in two dimensions."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecluster.figures.map import draw_map


def test_map_has_the_principal_components_by_cluster_and_by_class(tmp_path, drawn, texts, split_of):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 5)).astype(np.float32)
    labels, y = rng.integers(0, 3, 40), rng.integers(0, 2, 40)

    draw_map(tmp_path / "m.png", split_of(X), labels, y, ["cat", "dog"], representation="pca")

    expected = PCA(2).fit_transform(X)
    for axes, values, names in zip(
        drawn[0].axes, (labels, y), (["0", "1", "2"], ["cat", "dog"]), strict=True
    ):
        assert [c.get_label() for c in axes.collections] == names
        for value, collection in enumerate(axes.collections):
            np.testing.assert_allclose(
                np.abs(collection.get_offsets()), np.abs(expected[values == value]), atol=1e-5
            )
    share = PCA(2).fit(X).explained_variance_ratio_[0]
    assert f"component 1 ({share:.1%} of the variance)" in texts


def test_map_of_many_points_draws_a_sample_and_says_so(tmp_path, drawn, texts, split_of):
    points = split_of(np.random.default_rng(0).normal(size=(3500, 3)).astype(np.float32))

    draw_map(tmp_path / "m.png", points, np.zeros(3500, int), None, (), representation="pca")

    assert len(drawn[0].axes) == 1
    assert len(drawn[0].axes[0].collections[0].get_offsets()) == 3000
    assert "Principal components of pca (n = 3,500, 3,000 of them drawn)" in texts


@pytest.mark.slow
def test_map_by_neighbours_keeps_groups_together_and_is_repeatable(
    tmp_path, drawn, texts, split_of
):
    rng = np.random.default_rng(0)
    labels = np.arange(60) // 20
    X = rng.normal(size=(60, 5)) + 30 * labels[:, None]
    points = split_of(X.astype(np.float32))

    for name in ("a", "b"):
        draw_map(
            tmp_path / f"{name}.png",
            points,
            labels,
            None,
            (),
            representation="pca",
            map_kind="tsne",
        )

    groups = [np.asarray(c.get_offsets()) for c in drawn[0].axes[0].collections]
    middles = np.array([group.mean(axis=0) for group in groups])
    for number, group in enumerate(groups):
        distances = np.linalg.norm(group[:, None] - middles, axis=2)
        assert (distances.argmin(axis=1) == number).all()
    assert "t-SNE of pca (n = 60)" in texts
    assert "t-SNE 1" in texts
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_map_of_other_labels_is_refused(tmp_path, split_of):
    points = split_of(np.eye(4, dtype=np.float32))
    with pytest.raises(ValueError, match=r"^y: found 3, expected one for each of 4 points$"):
        draw_map(
            tmp_path / "m.png", points, np.zeros(4, int), np.zeros(3), (), representation="pca"
        )


def test_map_of_a_split_too_large_for_memory_is_of_evenly_spread_rows(
    tmp_path, drawn, texts, split_of, monkeypatch
):
    monkeypatch.setattr("aecluster.store.store.MOST_IN_MEMORY", 4 * 3 * 20)
    X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    labels = np.arange(40) % 2

    draw_map(tmp_path / "m.png", split_of(X), labels, None, (), representation="pca")

    [even] = drawn[0].axes[0].collections
    np.testing.assert_allclose(
        np.abs(even.get_offsets()), np.abs(PCA(2).fit_transform(X[::2])), atol=1e-5
    )
    assert "Principal components of pca (n = 40, 20 of them drawn)" in texts


def test_points_without_a_label_are_drawn_as_such(tmp_path, drawn, split_of):
    points, y = split_of(np.eye(4, dtype=np.float32)), np.array([0, 1, -1, 0])

    draw_map(tmp_path / "m.png", points, np.zeros(4, int), y, ["a", "b"], representation="pca")

    names = [collection.get_label() for collection in drawn[0].axes[1].collections]
    assert names == ["a", "b", "no label"]
