"""Pictures are checked by the colours in the file and by the words written on them."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from aecluster import figures
from aecluster.figures import canvas
from aecluster.records.record import Point
from aecluster.store import Store

RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)


@pytest.fixture
def texts(monkeypatch):
    """All that was written on the figures drawn in this test."""
    written = []

    class Listening(canvas.FigureCanvasAgg):
        def draw(self):
            super().draw()
            written.extend(text.get_text() for text in self.figure.findobj(Text))

    monkeypatch.setattr(canvas, "FigureCanvasAgg", Listening)
    return written


@pytest.fixture
def pixels(tmp_path):
    """Thirty images: red, green and blue ones by turns, cats and dogs by turns."""
    images = np.zeros((30, 8, 8, 3), dtype=np.uint8)
    for first, colour in enumerate((RED, GREEN, BLUE)):
        images[first::3] = colour
    path = tmp_path / "store.h5"
    with Store.create(path, dataset="d", representation="pixels", source_digest="0") as new:
        y = np.arange(30) % 2
        new.add_split("test", [images], n=30, y=y, class_names=["cat", "dog"], scale=1 / 255)
    with Store(path) as store:
        yield store["test"]


def gray_split(tmp_path, images):
    path = tmp_path / "gray.h5"
    with Store.create(path, dataset="d", representation="pixels", source_digest="0") as new:
        new.add_split("test", [images], n=len(images), scale=1 / 255)
    return Store(path)["test"]


def layer(name, shape, n_params=0, kind="Conv2D", kernel=(5, 5), activation="relu"):
    return {
        "name": name,
        "type": kind,
        "kernel": kernel and list(kernel),
        "activation": activation,
        "output_shape": list(shape),
        "n_params": n_params,
    }


def colours(path):
    return np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)


def count(path, colour):
    return int((colours(path) == colour).all(axis=1).sum())


def test_architecture_tells_every_layer_and_the_sum_of_parameters(tmp_path, texts):
    layers = [
        layer("images", (32, 32, 1), kind="InputLayer", kernel=None, activation=None),
        layer("encoder_conv_1", (32, 32, 3), n_params=78),
        layer("code", (8, 8, 1), kind="MaxPooling2D", kernel=(4, 4), activation=None),
        layer("out", (1024,), n_params=66560, kind="Dense", kernel=None, activation="linear"),
    ]

    figures.draw_architecture(tmp_path / "a.png", layers, "Toy")

    assert "Toy: 66,638 parameters, a code of 64 values" in texts
    assert "conv 5x5, relu" in texts
    assert "max-pool 4x4" in texts
    assert "dense, linear" in texts
    assert "32 x 32 x 3" in texts
    assert "78 parameters" in texts


def test_normalisation_and_sums_count_but_have_no_column(tmp_path, texts):
    layers = [layer("a", (8, 8, 4)), layer("b", (8, 8, 4), n_params=16, kind="BatchNormalization")]

    figures.draw_architecture(tmp_path / "a.png", [*layers, layer("code", (8, 8, 4))], "Toy")

    assert "b" not in texts
    assert "Toy: 16 parameters, a code of 256 values" in texts


def test_code_layer_is_drawn_in_a_colour_of_its_own(tmp_path):
    plain = [layer("a", (8, 8, 1)), layer("b", (8, 8, 1))]
    with_code = [layer("a", (8, 8, 1)), layer("code", (8, 8, 1))]

    figures.draw_architecture(tmp_path / "plain.png", plain, "Toy")
    figures.draw_architecture(tmp_path / "code.png", with_code, "Toy")

    vermilion = tuple(bytes.fromhex(canvas.VERMILION[1:]))
    assert count(tmp_path / "plain.png", vermilion) == 0
    assert count(tmp_path / "code.png", vermilion) > 20_000


def test_blocks_are_scaled_by_the_size_of_the_feature_map(tmp_path):
    blue = tuple(bytes.fromhex(canvas.BLUE[1:]))
    areas = []
    for side in (16, 32):
        layers = [layer("code", (64, 64, 1)), layer("a", (side, side, 1))]
        figures.draw_architecture(tmp_path / "a.png", layers, "Toy")
        areas.append(count(tmp_path / "a.png", blue))

    assert areas[1] == pytest.approx(4 * areas[0], rel=0.1)


def test_layer_without_a_field_is_named(tmp_path):
    broken = layer("a", (8, 8, 1))
    del broken["kernel"]

    with pytest.raises(ValueError, match=r"^layers\[0\]: kernel missing, expected name, type"):
        figures.draw_architecture(tmp_path / "a.png", [broken], "Toy")
    with pytest.raises(ValueError, match=r"^layers: found none, expected at least one$"):
        figures.draw_architecture(tmp_path / "a.png", [], "Toy")
    assert list(tmp_path.iterdir()) == []


def test_reconstructions_carry_the_error_of_each_pair(tmp_path, texts):
    images = np.full((3, 8, 8, 1), 0.5)
    errors = np.array([0.1, 0.2, 0.7]).reshape(3, 1, 1, 1)  # the last one leaves [0, 1]

    figures.draw_reconstructions(tmp_path / "r.png", images, images + errors)

    assert {"0.0100", "0.0400", "0.4900"} <= set(texts)
    assert "Images and their reconstructions (n = 3, mean MSE 0.1800)" in texts


def test_image_stands_above_its_reconstruction(tmp_path):
    images = np.broadcast_to(np.array(RED) / 255, (4, 8, 8, 3))
    reconstructions = np.broadcast_to(np.array(BLUE) / 255, (4, 8, 8, 3))

    figures.draw_reconstructions(tmp_path / "r.png", images, reconstructions)

    picture = np.asarray(Image.open(tmp_path / "r.png"))
    rows_of_red = np.flatnonzero((picture == RED).all(axis=2).any(axis=1))
    rows_of_blue = np.flatnonzero((picture == BLUE).all(axis=2).any(axis=1))
    assert rows_of_red.max() < rows_of_blue.min()
    assert count(tmp_path / "r.png", RED) == count(tmp_path / "r.png", BLUE) == 4 * 96 * 96


def test_atoms_stand_in_rows(tmp_path, texts):
    atoms = np.broadcast_to(np.array(RED) / 255, (2, 5, 4, 4, 3)).copy()
    atoms[1] = np.array(BLUE) / 255

    figures.draw_atoms(tmp_path / "a.png", atoms, "Atoms")

    assert "Atoms" in texts
    assert count(tmp_path / "a.png", RED) == count(tmp_path / "a.png", BLUE) == 5 * 96 * 96
    with pytest.raises(ValueError, match=r"atoms: shape \(2, 4, 4, 3\), expected \(rows"):
        figures.draw_atoms(tmp_path / "a.png", atoms[:, 0], "Atoms")


def test_reconstructions_of_another_shape_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"shape \(2, 4, 4, 1\), expected .* \(2, 8, 8, 1\)"):
        figures.draw_reconstructions(
            tmp_path / "r.png", np.zeros((2, 8, 8, 1)), np.zeros((2, 4, 4, 1))
        )
    with pytest.raises(ValueError, match="with 1 or 3 channels"):
        figures.draw_reconstructions(tmp_path / "r.png", np.zeros((2, 64)), np.zeros((2, 64)))


def test_curves_are_labelled_with_their_final_values(tmp_path, texts):
    curves = {
        "test_mse": [Point(step=1, time=0, value=0.03), Point(step=2, time=1, value=0.0097)],
        "loss": [Point(step=1, time=0, value=0.031), Point(step=2, time=1, value=0.0105)],
    }

    figures.draw_curves(tmp_path / "c.png", curves)

    assert "Loss and reconstruction error (n = 2 epochs)" in texts
    assert "test MSE (final 0.0097)" in texts
    assert "loss: train MSE with penalty (final 0.0105)" in texts


def test_picture_of_no_epochs_says_that_the_network_is_untrained(tmp_path, texts):
    figures.draw_curves(tmp_path / "c.png", {})

    assert "the network is untrained" in texts


def test_curves_without_a_known_one_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"^curves: found speed, expected one of loss, mse, test_mse$"
    ):
        figures.draw_curves(tmp_path / "c.png", {"speed": [Point(step=1, time=0, value=1)]})


def test_row_of_a_cluster_holds_only_its_members(tmp_path, pixels, texts):
    labels = np.where(np.arange(30) % 3 == 1, 0, 1)  # green alone; red and blue together

    figures.draw_clusters(tmp_path / "c.png", pixels, labels, representation="pixels")

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
        figures.draw_clusters(tmp_path / name, pixels, labels, representation="pixels", seed=seed)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_of_many_clusters_the_largest_are_drawn_and_the_title_says_so(tmp_path, texts):
    labels = np.append(np.arange(45), np.arange(5, 45))  # clusters 0 to 4 have one member, not two
    pixels = gray_split(tmp_path, np.zeros((85, 4, 4, 1), dtype=np.uint8))

    figures.draw_clusters(tmp_path / "c.png", pixels, labels, representation="pca")

    captions = [text for text in texts if text.startswith("cluster ")]
    assert captions == [f"cluster {cluster}\nn = 2" for cluster in range(5, 45)]
    assert "Random images of the clusters of pca (the 40 largest of 45, n = 85)" in texts


def test_centroids_of_pixels_are_drawn_themselves(tmp_path, pixels, texts):
    centroids = np.broadcast_to(np.array(BLUE) / 255, (2, 8, 8, 3)).reshape(2, -1)

    figures.draw_centroids(
        tmp_path / "c.png", pixels, np.arange(30) % 2, centroids, representation="pixels"
    )

    assert count(tmp_path / "c.png", BLUE) == 2 * 96 * 96
    assert "Centroids of pixels\n(k = 2, n = 30)" in texts


def test_centroids_of_other_representations_are_mean_images(tmp_path, pixels, texts):
    labels = np.where(np.arange(30) % 3 == 1, 0, 1)

    figures.draw_centroids(
        tmp_path / "c.png", pixels, labels, np.zeros((3, 64)), representation="sparse_ae"
    )

    assert count(tmp_path / "c.png", GREEN) == 96 * 96
    assert count(tmp_path / "c.png", (125, 0, 125)) == 96 * 96
    assert "Mean images of the clusters of sparse_ae\n(k = 3, n = 30)" in texts
    assert "cluster 2\nn = 0" in texts


def test_mean_images_do_not_depend_on_the_blocks(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (50, 8, 8, 1), dtype=np.uint8)
    pixels, labels = gray_split(tmp_path, images), rng.integers(0, 3, 50)
    figures.draw_centroids(
        tmp_path / "a.png", pixels, labels, np.zeros((3, 2)), representation="pca"
    )
    monkeypatch.setattr("aecluster.figures.cluster_images._BLOCK_VALUES", 7 * 64)
    figures.draw_centroids(
        tmp_path / "b.png", pixels, labels, np.zeros((3, 2)), representation="pca"
    )

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_gray_pictures_are_written_in_gray(tmp_path):
    images = np.zeros((12, 8, 8, 1), dtype=np.uint8)

    figures.draw_clusters(
        tmp_path / "c.png", gray_split(tmp_path, images), np.zeros(12, int), representation="x"
    )

    assert Image.open(tmp_path / "c.png").mode == "L"


def test_labels_of_other_images_are_refused(tmp_path, pixels):
    message = r"^labels: found 29, expected one for each of the 30 images$"
    labels = np.zeros(29, dtype=np.int32)
    with pytest.raises(ValueError, match=message):
        figures.draw_clusters(tmp_path / "c.png", pixels, labels, representation="pixels")
    with pytest.raises(ValueError, match=message):
        figures.draw_centroids(
            tmp_path / "c.png", pixels, labels, np.zeros((1, 192)), representation="pixels"
        )


def test_centroids_of_another_size_are_refused(tmp_path, pixels):
    with pytest.raises(ValueError, match=r"centroids: shape \(2, 64\), expected \(k, 192\)"):
        figures.draw_centroids(
            tmp_path / "c.png",
            pixels,
            np.zeros(30, int),
            np.zeros((2, 64)),
            representation="pixels",
        )


def test_large_images_are_shrunk(tmp_path):
    images = np.zeros((2, 300, 200, 1))

    figures.draw_reconstructions(tmp_path / "r.png", images, images)

    assert Image.open(tmp_path / "r.png").height < 400


def test_drawing_needs_neither_tensorflow_nor_mlflow_nor_pyplot():
    code = (
        "import sys, aecluster.figures;"
        "print([m for m in ('tensorflow', 'mlflow', 'matplotlib.pyplot') if m in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert loaded.stdout == "[]\n"
