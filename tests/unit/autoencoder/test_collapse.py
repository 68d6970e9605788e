"""A network that goes dark is prevented, noticed, started over, and at last refused."""

import logging

import keras
import numpy as np
import pytest

from aecluster.autoencoder import ARCHITECTURES, build_autoencoder, encode, train_autoencoder
from aecluster.autoencoder.trainer import Trainer

N_SEEDS = 20


@pytest.mark.parametrize("shape", [(8, 8, 1), (16, 8, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_uniform_image_passes_an_untrained_network_unchanged_away_from_its_edges(shape, seed):
    keras.utils.set_random_seed(seed)
    model = build_autoencoder(input_shape=shape)
    for layer in model.layers[1:]:
        if layer.weights:
            sums = layer.get_weights()[0].sum(axis=(0, 1, 2))

            np.testing.assert_allclose(np.ones(layer.filters), sums, rtol=1e-5)


def test_no_seed_starts_or_goes_dark_where_stock_weights_do(blobs):
    """The small version of benchmarks/collapse.py."""
    shape = blobs.shape[1:]
    trainer = Trainer(build_autoencoder(input_shape=shape), 0.01)
    first_state = [np.array(variable) for variable in trainer.optimizer.variables]

    def is_dark(weights):
        trainer.model.set_weights(weights)
        for variable, value in zip(trainer.optimizer.variables, first_state, strict=True):
            variable.assign(value)
        trainer.run_epoch(blobs, np.arange(len(blobs)), 8, "")
        return np.asarray(trainer.model(blobs / 255)).var(axis=0).max() < 1e-9

    n_dark = {"stock": 0, "ours": 0}
    for seed in range(N_SEEDS):
        keras.utils.set_random_seed(seed)
        stock = ARCHITECTURES["sparse"].builder(shape, 1e-5, "linear").get_weights()
        keras.utils.set_random_seed(seed)
        n_dark["stock"] += is_dark(stock)
        n_dark["ours"] += is_dark(build_autoencoder(input_shape=shape).get_weights())

    assert n_dark["stock"] > 0
    assert n_dark["ours"] == 0


def test_collapsed_training_starts_over_from_a_derived_seed(blobs, monkeypatch, caplog):
    models = []

    def build(*arguments):
        model = build_autoencoder(*arguments)
        if not models:
            kernel, bias = model.get_layer("decoder_conv_1").get_weights()
            model.get_layer("decoder_conv_1").set_weights([kernel, bias - 10])
        models.append(model)
        return model

    monkeypatch.setattr("aecluster.autoencoder.training.build_autoencoder", build)
    with caplog.at_level(logging.WARNING, "aecluster"):
        result = train_autoencoder(blobs, epochs=1, seed=5)

    assert (result.restarts, len(result.history)) == (1, 1)
    assert result.model is models[1]
    assert caplog.messages == [
        "seed 5 collapsed in epoch 1: every image has the same reconstruction"
    ]

    monkeypatch.undo()
    again = train_autoencoder(blobs, epochs=1, seed=result.seed)
    for one, other in zip(result.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_that_stays_collapsed_fails_in_one_line(blobs):
    with pytest.raises(
        ValueError, match=r"collapsed from 3 seeds derived from 0: .*l1=100.0"
    ) as error:
        train_autoencoder(blobs, epochs=30, batch_size=8, learning_rate=0.5, l1=100.0)

    assert "\n" not in str(error.value)


def test_healthy_training_counts_its_dead_code_units(blobs):
    result = train_autoencoder(blobs, epochs=1, seed=4)
    expected = np.mean(np.ptp(encode(result.model, blobs), axis=0) == 0)

    assert (result.restarts, result.seed) == (0, 4)
    assert result.history[0]["dead_code"] == expected < 1


def test_images_that_are_all_alike_are_no_collapse():
    result = train_autoencoder(np.full((16, 8, 8, 1), 100, np.uint8), epochs=1)

    assert result.restarts == 0
