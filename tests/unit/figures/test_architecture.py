"""The picture of a network."""

import pytest

from aecluster.figures.architecture import draw_architecture
from aecluster.figures.canvas import BLUE, VERMILION
from pictures import count


def layer(name, shape, n_params=0, kind="Conv2D", kernel=(5, 5), activation="relu"):
    return {
        "name": name,
        "type": kind,
        "kernel": kernel and list(kernel),
        "activation": activation,
        "output_shape": list(shape),
        "n_params": n_params,
    }


def test_architecture_tells_every_layer_and_the_sum_of_parameters(tmp_path, texts):
    layers = [
        layer("images", (32, 32, 1), kind="InputLayer", kernel=None, activation=None),
        layer("encoder_conv_1", (32, 32, 3), n_params=78),
        layer("code", (8, 8, 1), kind="MaxPooling2D", kernel=(4, 4), activation=None),
        layer("out", (1024,), n_params=66560, kind="Dense", kernel=None, activation="linear"),
    ]

    draw_architecture(tmp_path / "a.png", layers, representation="Toy")

    assert "Toy: 66,638 parameters, a code of 64 values" in texts
    assert "conv 5x5, relu" in texts
    assert "max-pool 4x4" in texts
    assert "dense, linear" in texts
    assert "32 x 32 x 3" in texts
    assert "78 parameters" in texts


def test_normalisation_and_sums_count_but_have_no_column(tmp_path, texts):
    layers = [layer("a", (8, 8, 4)), layer("b", (8, 8, 4), n_params=16, kind="BatchNormalization")]

    draw_architecture(tmp_path / "a.png", [*layers, layer("code", (8, 8, 4))], representation="Toy")

    assert "b" not in texts
    assert "Toy: 16 parameters, a code of 256 values" in texts


def test_code_layer_is_drawn_in_a_colour_of_its_own(tmp_path):
    plain = [layer("a", (8, 8, 1)), layer("b", (8, 8, 1))]
    with_code = [layer("a", (8, 8, 1)), layer("code", (8, 8, 1))]

    draw_architecture(tmp_path / "plain.png", plain, representation="Toy")
    draw_architecture(tmp_path / "code.png", with_code, representation="Toy")

    vermilion = tuple(bytes.fromhex(VERMILION[1:]))
    assert count(tmp_path / "plain.png", vermilion) == 0
    assert count(tmp_path / "code.png", vermilion) > 20_000


def test_blocks_are_scaled_by_the_size_of_the_feature_map(tmp_path):
    blue = tuple(bytes.fromhex(BLUE[1:]))
    areas = []
    for side in (16, 32):
        layers = [layer("code", (64, 64, 1)), layer("a", (side, side, 1))]
        draw_architecture(tmp_path / "a.png", layers, representation="Toy")
        areas.append(count(tmp_path / "a.png", blue))

    assert areas[1] == pytest.approx(4 * areas[0], rel=0.1)


def test_layer_without_a_field_is_named(tmp_path):
    broken = layer("a", (8, 8, 1))
    del broken["kernel"]

    with pytest.raises(ValueError, match=r"^layers\[0\]: kernel missing, expected name, type"):
        draw_architecture(tmp_path / "a.png", [broken], representation="Toy")
    with pytest.raises(ValueError, match=r"^layers: found none, expected at least one$"):
        draw_architecture(tmp_path / "a.png", [], representation="Toy")
    assert list(tmp_path.iterdir()) == []
