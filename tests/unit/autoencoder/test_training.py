import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

from aecluster.autoencoder import build_autoencoder, encode, reconstruct, train_autoencoder
from jobs import run_beside_tensorflow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result(blobs):
    return train_autoencoder(
        blobs[:112], blobs[112:], epochs=3, batch_size=16, learning_rate=0.01, seed=1
    )


def test_training_brings_the_error_down(result):
    first, *_, last = result.history

    assert last["mse"] < first["mse"] / 2
    assert last["test_mse"] < first["test_mse"]


def test_history_has_the_error_beside_the_loss(result):
    assert [entry["epoch"] for entry in result.history] == [1, 2, 3]
    assert all(0 < entry["mse"] < entry["loss"] for entry in result.history)
    assert all(entry["wall_s"] > 0 for entry in result.history)
    assert sorted(entry["time"] for entry in result.history) == [
        entry["time"] for entry in result.history
    ]


def test_test_error_is_that_of_the_reconstructions(result, blobs):
    expected = np.mean((reconstruct(result.model, blobs[112:]) - blobs[112:] / 255) ** 2)

    np.testing.assert_allclose(expected, result.history[-1]["test_mse"], rtol=1e-5)


def test_same_seed_gives_identical_weights_and_another_seed_does_not(blobs, train_by_stock_kernels):
    def weights(seed):
        result = train_by_stock_kernels(blobs, epochs=1, batch_size=48, seed=seed)
        return result.model.get_weights()

    first, again, other = weights(3), weights(3), weights(4)

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_images_scaled_beforehand_train_alike(blobs, train_by_stock_kernels):
    def codes(images):
        options = {"epochs": 3, "batch_size": 16, "learning_rate": 0.01, "seed": 1}
        result = train_by_stock_kernels(images[:112], images[112:], **options)
        return encode(result.model, blobs)

    np.testing.assert_allclose(
        codes(blobs), codes((blobs / 255).astype(np.float32)), rtol=1e-2, atol=1e-3
    )


def test_test_images_do_not_change_the_training(blobs, train_by_stock_kernels):
    options = {"epochs": 3, "batch_size": 16, "learning_rate": 0.01, "seed": 1}
    beside = train_by_stock_kernels(blobs[:112], blobs[112:], **options)
    alone = train_by_stock_kernels(blobs[:112], **options)

    assert alone.history[-1]["test_mse"] is None
    for with_test, without in zip(
        beside.model.get_weights(), alone.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(with_test, without)


def test_patience_ends_training_with_the_weights_of_the_best_epoch(blobs, train_by_stock_kernels):
    options = {"batch_size": 16, "learning_rate": 0.02, "seed": 3, "epochs": 12}
    result = train_by_stock_kernels(blobs[:112], blobs[112:], patience=1, **options)

    errors = [entry["test_mse"] for entry in result.history]
    of_model = np.mean((reconstruct(result.model, blobs[112:]) - blobs[112:] / 255) ** 2)
    assert result.metrics["epoch"] == 1 + np.argmin(errors) == len(errors) - 1 < 11
    np.testing.assert_allclose(of_model, min(errors), rtol=1e-5)
    assert result.metrics["test_mse"] == min(errors)
    assert result.metrics["epoch"] == result.metrics["epoch"]


def test_cosine_schedule_comes_to_rest(blobs, train_by_stock_kernels):
    def last_gain(schedule):
        options = {"batch_size": 16, "learning_rate": 0.01, "seed": 1, "epochs": 6}
        options["schedule"] = schedule
        history = train_by_stock_kernels(blobs[:112], blobs[112:], **options).history
        return history[4]["test_mse"] - history[5]["test_mse"]

    assert 0 < last_gain("cosine") < 0.2 * last_gain("constant")


def test_noise_makes_the_task_harder_and_is_seeded(blobs, train_by_stock_kernels):
    def trained(noise):
        options = {"epochs": 3, "batch_size": 16, "learning_rate": 0.01, "seed": 1}
        return train_by_stock_kernels(blobs, noise=noise, **options)

    noisy, again, clean = trained(0.5), trained(0.5), trained(0.0)

    assert noisy.history[-1]["mse"] > 1.2 * clean.history[-1]["mse"]
    for one, other in zip(noisy.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_epochs_leave_the_first_weights(blobs):
    result = train_autoencoder(blobs, epochs=0, seed=3)
    keras.utils.set_random_seed(3)
    expected = build_autoencoder(input_shape=blobs.shape[1:]).get_weights()

    assert (result.history, result.metrics["epoch"], result.metrics) == (
        [],
        0,
        {"epoch": 0, "restarts": 0},
    )
    for one, other in zip(expected, result.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_wide_architecture_learns_colours_in_either_precision(blobs):
    images = np.concatenate([blobs, blobs // 2, 255 - blobs], axis=-1)

    def trained(precision):
        options = {"architecture": "conv", "batch_size": 16, "epochs": 4, "learning_rate": 0.003}
        return train_autoencoder(images, precision=precision, **options)

    full, half = trained("float32"), trained("bfloat16")

    assert full.history[-1]["mse"] < full.history[0]["mse"] / 3
    assert half.history[-1]["mse"] == pytest.approx(full.history[-1]["mse"], rel=0.05)
    assert half.history[-1]["mse"] != full.history[-1]["mse"]
    assert half.model(images[:2] / 255).dtype == tf.float32
    assert {layer.compute_dtype for layer in half.model.layers} == {"float32"}


def test_every_epoch_is_logged_and_handed_on(blobs, train_by_stock_kernels, caplog):
    seen = []
    with caplog.at_level(logging.INFO, "aecluster"):
        result = train_by_stock_kernels(blobs, epochs=2, on_epoch=seen.append)

    assert result.history == seen
    assert [record.getMessage()[:15] for record in caplog.records] == [
        "epoch 1/2: loss",
        "epoch 2/2: loss",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": -1}, "epochs=-1: expected at least 0"),
        ({"noise": float("nan")}, "noise=nan: expected at least 0"),
        ({"schedule": "step"}, "schedule 'step': expected constant or cosine"),
        ({"precision": "float16"}, "precision 'float16': expected float32 or bfloat16"),
        ({"patience": 2}, "patience=2: expected test images, whose error it watches"),
        ({"batch_size": 0}, "batch_size=0: expected at least 1"),
        ({"learning_rate": 0.0}, "learning_rate=0.0: expected a positive number"),
        ({"train": np.zeros((4, 64), np.uint8)}, r"train: found shape \(4, 64\), expected \(n, h"),
        ({"train": np.zeros((4, 8, 8, 1), int)}, "train: found dtype int64, expected uint8 or"),
        (
            {"test": np.zeros((4, 4, 8, 1), np.uint8)},
            r"test: found images of shape \(4, 8, 1\), expected those of train, \(8, 8, 1\)",
        ),
        ({"train": np.zeros((4, 6, 8, 1), np.uint8)}, "the sides of architecture 'sparse' must"),
        ({"threads": 0}, "threads=0: expected at least 1"),
    ],
)
def test_wrong_argument_is_an_error_of_one_line(arguments, message, blobs):
    with pytest.raises(ValueError, match=message) as error:
        train_autoencoder(**{"train": blobs, **arguments})

    assert "\n" not in str(error.value)


def test_threads_are_given_to_tensorflow_once(tmp_path):
    code = (
        "from aecluster.autoencoder import configure_threads\n"
        "import tensorflow as tf\n"
        "configure_threads(1)\n"
        "tf.ones(2) + 1\n"
        "configure_threads(1)\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads())\n"
        "configure_threads(2)\n"
    )

    process = run_beside_tensorflow(code, tmp_path)

    assert process.stdout == "1\n"
    assert "threads=2: TensorFlow has already started with 1 threads" in process.stderr
