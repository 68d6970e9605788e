"""A network that goes dark is noticed, started over, and at last refused."""

import logging

import keras
import numpy as np
import pytest

from aecluster.autoencoder import build_autoencoder, encode
from aecluster.autoencoder.trainer import Trainer

pytestmark = pytest.mark.slow

N_SEEDS = 20


def test_seed_that_goes_dark_ends_in_a_network_that_tells_images_apart(
    blobs, train_by_stock_kernels
):
    options = {"batch_size": 8, "learning_rate": 0.01}
    model = build_autoencoder(input_shape=blobs.shape[1:])
    trainer = Trainer(model, options["learning_rate"], fast=False)
    first_state = [np.array(variable) for variable in trainer.optimizer.variables]

    def variance(model):
        return np.asarray(model(blobs / 255)).var(axis=0).max()

    def goes_dark(seed):
        keras.utils.set_random_seed(seed)
        weights = build_autoencoder(input_shape=blobs.shape[1:]).get_weights()
        trainer.model.set_weights(weights)
        for variable, value in zip(trainer.optimizer.variables, first_state, strict=True):
            variable.assign(value)
        order = np.random.default_rng([seed, 1]).permutation(len(blobs))
        trainer.run_epoch(blobs, order, options["batch_size"], "")
        return variance(trainer.model) < 1e-9

    seed = next(seed for seed in range(N_SEEDS) if goes_dark(seed))
    result = train_by_stock_kernels(blobs, epochs=1, seed=seed, **options)

    assert result.metrics["restarts"] >= 1
    assert variance(result.model) > 1e-6


def test_collapsed_training_starts_over_from_a_derived_seed(
    blobs, monkeypatch, caplog, train_by_stock_kernels
):
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
        result = train_by_stock_kernels(blobs, epochs=1, seed=5)

    assert (result.metrics["restarts"], len(result.history)) == (1, 1)
    assert result.model is models[1]
    said = [record.message for record in caplog.records if record.name.startswith("aecluster")]
    assert said == ["seed 5 collapsed in epoch 1: every image has the same reconstruction"]

    monkeypatch.undo()
    again = train_by_stock_kernels(blobs, epochs=1, seed=result.seed)
    for one, other in zip(result.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_collapse_is_noticed_before_the_first_epoch_ends(
    blobs, monkeypatch, train_by_stock_kernels
):
    many = np.concatenate([blobs] * 50)
    options = {"batch_size": 8, "learning_rate": 0.5, "l1": 100.0}
    seen = []
    run_epoch = Trainer.run_epoch

    def count(self, images, order, batch_size, title, on_chunk):
        def on_counted_chunk(chunk):
            seen.append(chunk)
            on_chunk(chunk)

        return run_epoch(self, images, order, batch_size, title, on_counted_chunk)

    monkeypatch.setattr(Trainer, "run_epoch", count)
    with pytest.raises(ValueError, match="collapsed from 3 seeds"):
        train_by_stock_kernels(many, epochs=1, **options)

    assert seen == [1] * 3


def test_training_that_stays_collapsed_fails_in_one_line(blobs, train_by_stock_kernels):
    with pytest.raises(
        ValueError, match=r"collapsed from 3 seeds derived from 0: .*l1=100.0"
    ) as error:
        train_by_stock_kernels(blobs, epochs=30, batch_size=8, learning_rate=0.5, l1=100.0)

    assert "\n" not in str(error.value)


def test_healthy_training_counts_its_dead_code_units(blobs, train_by_stock_kernels):
    result = train_by_stock_kernels(blobs, epochs=1, seed=4)
    expected = np.mean(np.ptp(encode(result.model, blobs), axis=0) == 0)

    assert (result.metrics["restarts"], result.seed) == (0, 4)
    assert result.history[0]["dead_code"] == expected < 1


def test_images_that_are_all_alike_are_no_collapse(train_by_stock_kernels):
    result = train_by_stock_kernels(np.full((16, 8, 8, 1), 100, np.uint8), epochs=1)

    assert result.metrics["restarts"] == 0
