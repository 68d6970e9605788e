import keras
import numpy as np
import pytest

from aecluster.autoencoder import build_autoencoder, encode
from aecluster.autoencoder.variational import train_vae

OPTIONS = {"epochs": 4, "batch_size": 32, "learning_rate": 0.01, "seed": 3}


@pytest.fixture(scope="module")
def trained(blobs):
    return train_vae(blobs, blobs[:10], **OPTIONS)


def test_errors_fall_and_codes_tell_images_apart(trained, blobs):
    first, last = trained.history[0], trained.history[-1]

    assert last["loss"] < first["loss"]
    assert last["test_mse"] < first["test_mse"]
    assert last["divergence"] > 0
    assert encode(trained.model, blobs).var(axis=0).max() > 1e-3


def test_model_is_the_plain_autoencoder_without_the_variance(trained, tmp_path):
    expected = build_autoencoder(input_shape=trained.model.input_shape[1:])

    trained.model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert [layer.name for layer in loaded.layers] == [layer.name for layer in expected.layers]
    assert loaded.count_params() == expected.count_params()


def test_larger_weight_brings_the_codes_nearer_to_the_prior(trained, blobs):
    weighted = train_vae(blobs, beta=2.0, **OPTIONS)

    assert weighted.metrics["divergence"] < trained.metrics["divergence"]
    assert weighted.metrics["mse"] > trained.metrics["mse"]


def test_resumed_training_ends_as_an_unbroken_one(trained, blobs, tmp_path):
    path = tmp_path / "checkpoint"
    train_vae(blobs, blobs[:10], checkpoint=path, **OPTIONS | {"epochs": 2})
    epochs = []
    resumed = train_vae(
        blobs, blobs[:10], checkpoint=path, on_epoch=lambda e: epochs.append(e["epoch"]), **OPTIONS
    )

    assert epochs == [3, 4]
    for expected, actual in zip(
        trained.model.get_weights(), resumed.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_codes_that_overflow_are_one_line(blobs):
    with pytest.raises(ValueError, match="seed 3: all codes are the same or overflow after epoch"):
        train_vae(blobs, **OPTIONS | {"learning_rate": 1e30})
