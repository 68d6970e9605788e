"""From the record of a training to its pictures."""

import numpy as np
from PIL import Image

from aecluster.records.record import Point, Record, write_record
from aecluster.steps.plot_training import plot_training
from aecluster.store import write_reconstructions
from circumstances import RUN

LAYER = {
    "name": "code", "type": "Dense", "kernel": None, "activation": None, "output_shape": [10],
    "n_params": 650,
}  # fmt: skip


def write_training(path):
    record = Record(
        step="train", dataset="d", representation="ae", seed=0, params={}, code="c", inputs={},
        outputs={}, curves={"mse": [Point(step=1, time=0, value=0.5)]}, details={"layers": [LAYER]},
        run=RUN,
    )  # fmt: skip
    write_record(path, record)
    return path


def test_a_network_and_its_curves_are_drawn_from_the_record(tmp_path):
    record = write_training(tmp_path / "model.json")
    pictures = {name: tmp_path / f"{name}.png" for name in ("architecture", "curves")}

    plot_training(pictures, model_record=record)

    assert {path.name for path in tmp_path.glob("*.png")} == {"architecture.png", "curves.png"}


def test_what_an_autoencoder_rebuilds_is_drawn_where_it_is_asked_for(tmp_path):
    record = write_training(tmp_path / "model.json")
    images = np.zeros((3, 8, 8, 1), dtype=np.float32)
    write_reconstructions(tmp_path / "r.h5", images, images)

    plot_training(
        {"reconstructions": tmp_path / "reconstructions.png"},
        model_record=record,
        reconstructions=tmp_path / "r.h5",
    )

    assert Image.open(tmp_path / "reconstructions.png").width > 300
