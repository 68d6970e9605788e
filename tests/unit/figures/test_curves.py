"""The curves of trainings, by what was measured in them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from aecluster.figures.canvas import PALETTE
from aecluster.figures.curves import draw_curves
from aecluster.records.record import Point


def curve(*values, first=1):
    return [Point(step=first + i, time=i, value=value) for i, value in enumerate(values)]


def panels(figure):
    """The axis of each panel, and what its lines are called, without their values."""
    return [
        (axes.get_ylabel(), [line.get_label().partition(" (")[0] for line in axes.lines])
        for axes in figure.axes
    ]


ERROR = "mean squared error (brightness 0 to 1)"
DIVERGENCE = "KL divergence (nats per image)"


def test_curves_are_labelled_with_their_final_values(tmp_path, texts):
    curves = {
        "mse": curve(0.03, 0.0101),
        "test_mse": curve(0.03, 0.0097),
        "loss": curve(0.031, 0.0105),
    }

    draw_curves(tmp_path / "c.png", curves)

    assert "Training (n = 2 epochs)" in texts
    assert "train MSE (final 0.0101)" in texts
    assert "test MSE (final 0.0097)" in texts
    assert "loss: train MSE with penalty (final 0.0105)" in texts


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        pytest.param(
            ["loss", "mse", "test_mse", "dead_code", "wall_s"],
            [
                (ERROR, ["train MSE", "test MSE", "loss: train MSE with penalty"]),
                ("share that is the same for all images", ["dead values of the code"]),
            ],
            id="autoencoder",
        ),
        pytest.param(
            ["loss", "mse", "divergence"],
            [
                (ERROR, ["train MSE", "loss: train MSE with penalty"]),
                (DIVERGENCE, ["divergence"]),
            ],
            id="vae",
        ),
        pytest.param(
            ["divergence", "mse", "moved"],
            [
                (ERROR, ["train MSE"]),
                (DIVERGENCE, ["divergence"]),
                ("share of images that changed their cluster", ["moved"]),
            ],
            id="dec",
        ),
        pytest.param(
            ["loss", "alignment", "uniformity", "test_knn_accuracy"],
            [
                ("cross-entropy of finding the other view", ["loss"]),
                ("mean squared distance of two views", ["alignment"]),
                ("log of the mean potential of all pairs", ["uniformity"]),
                ("share of test images", ["accuracy of 20 neighbours"]),
            ],
            id="contrastive",
        ),
    ],
)
def test_every_curve_of_a_method_is_in_one_panel_with_its_own_axis(
    tmp_path, drawn, measured, expected
):
    draw_curves(tmp_path / "c.png", dict.fromkeys(measured, curve(0.5, 0.25)))

    assert panels(drawn[0]) == expected
    lines = [line for axes in drawn[0].axes for line in axes.lines]
    assert all(list(line.get_ydata()) == [0.5, 0.25] for line in lines)
    assert {to_hex(line.get_color()) for line in lines} <= set(PALETTE)


def test_panels_share_their_epochs(tmp_path, drawn):
    """DEC measures how many images move from the first epoch after the pretraining on."""
    curves = {"mse": curve(0.5, 0.4, 0.3, 0.2), "moved": curve(0.2, 0.1, first=3)}

    draw_curves(tmp_path / "c.png", curves)

    error, moved = drawn[0].axes
    np.testing.assert_array_equal(moved.lines[0].get_xdata(), [3, 4])
    assert error.get_xlim() == moved.get_xlim()


def test_picture_of_no_epochs_says_that_the_network_is_untrained(tmp_path, texts):
    draw_curves(tmp_path / "c.png", {})

    assert "the network is untrained" in texts


def test_curves_without_a_known_one_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"^curves: found speed, expected one of mse, test_mse, loss, divergence"
    ):
        draw_curves(tmp_path / "c.png", {"speed": curve(1)})
