"""A contrastive training learns, repeats itself to the bit, and looks at labels for scores only."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from aecluster.autoencoder import encode, save_model
from aecluster.contrastive import build_encoder, train_contrastive
from aecluster.contrastive.network import with_head

pytestmark = pytest.mark.slow

OPTIONS = {"batch_size": 64, "width": 8, "learning_rate": 3e-3}


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8, 1) * 15.9).astype(np.uint8).repeat(2, 1).repeat(2, 2)
    return images[:1000], images[1000:], labels[:1000], labels[1000:]


@pytest.fixture(scope="module")
def result(digits):
    train, test, train_labels, test_labels = digits
    return train_contrastive(
        train, test, labels=(train_labels, test_labels), epochs=6, precision="float32", **OPTIONS
    )


def weights_of(model):
    return [np.asarray(weight) for weight in model.get_weights()]


def assert_same(one, other):
    assert len(one) == len(other)
    for weight, again in zip(one, other, strict=True):
        np.testing.assert_array_equal(weight, again)


def test_training_tells_images_apart_and_brings_classes_together(result):
    first, *_, last = result.history

    assert [entry["epoch"] for entry in result.history] == [1, 2, 3, 4, 5, 6]
    assert last["loss"] < first["loss"] < np.log(2 * 64 - 1)
    assert last["uniformity"] < first["uniformity"] < 0
    assert 0 < last["alignment"] < 1
    assert last["test_knn_accuracy"] > 0.75


def test_shuffled_labels_change_the_score_and_no_weight(result, digits):
    train, test, *labels = digits
    rng = np.random.default_rng(0)

    shuffled = train_contrastive(
        train,
        test,
        labels=tuple(rng.permutation(given) for given in labels),
        epochs=6,
        precision="float32",
        **OPTIONS,
    )

    assert_same(weights_of(result.model), weights_of(shuffled.model))
    assert shuffled.history[-1]["test_knn_accuracy"] < 0.25
    assert [entry["loss"] for entry in shuffled.history] == [
        entry["loss"] for entry in result.history
    ]


def test_saved_encoder_is_plain_keras(result, digits, tmp_path):
    save_model(result.model, tmp_path / "model.keras")
    images = digits[1][:50]

    loaded = keras.models.load_model(tmp_path / "model.keras")

    assert {type(layer).__module__.partition(".")[0] for layer in loaded.layers} == {"keras"}
    codes = np.asarray(loaded(images.astype(np.float32) / 255))
    assert codes.shape == (50, 32)
    np.testing.assert_allclose(encode(result.model, images), codes, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_interrupted_training_ends_with_the_weights_of_an_unbroken_one(precision, digits, tmp_path):
    options = {"train": digits[0][:96], "epochs": 3, "batch_size": 32, "width": 4, "seed": 3}

    def interrupt(entry):
        if entry["epoch"] == 2:
            raise KeyboardInterrupt

    def train(**more):
        return train_contrastive(**options, precision=precision, **more)

    seen = []
    kept = tmp_path / "training.npz"
    with pytest.raises(KeyboardInterrupt):
        train(checkpoint=kept, on_epoch=interrupt)
    resumed = train(checkpoint=kept, on_epoch=lambda entry: seen.append(entry["epoch"]))

    assert seen == [3]
    assert_same(weights_of(train().model), weights_of(resumed.model))


def test_fused_network_computes_and_learns_what_stock_layers_do(digits):
    images = (digits[0][:64] / 255).astype(np.float32)
    stock, fused = (build_encoder((16, 16, 1), 4, fused=fused) for fused in (False, True))
    fused.set_weights(stock.get_weights())

    training = [np.asarray(model(images, training=True)) for model in (stock, fused)]
    using = [np.asarray(model(images, training=False)) for model in (stock, fused)]

    np.testing.assert_allclose(*training, rtol=1e-2, atol=1e-4)
    np.testing.assert_allclose(*using, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("shape", [(16, 16, 1), (17, 23, 3), (96, 96, 3)])
def test_network_has_seven_convolutions_and_takes_every_side_from_16_on(shape):
    encoder = build_encoder(shape, 64)

    kernels = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in kernels] == [64, 64, 64, 128, 128, 256, 256]
    assert encoder.output_shape == (None, 256)
    assert with_head(encoder).output_shape == (None, 128)


def test_collapsed_training_fails_in_one_line(digits):
    alike = np.repeat(digits[0][:1], 64, axis=0)

    with pytest.raises(ValueError, match="collapsed in epoch 1: every image has the same") as error:
        train_contrastive(alike, epochs=1, **OPTIONS)

    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "epochs=0: expected at least 1"),
        ({"batch_size": 1}, "batch_size=1: expected at least 2"),
        ({"temperature": 0.0}, "temperature=0.0: expected a positive number"),
        ({"precision": "float16"}, "precision 'float16': expected one of auto, float32, bfloat16"),
        ({"train": np.zeros((4, 8, 8, 1), np.uint8)}, "sides of at least 16; resize the images"),
        ({"train": np.zeros((1, 16, 16, 1), np.uint8)}, "train: found 1 image, expected at least"),
        ({"test": np.zeros((4, 8, 8, 1), np.uint8)}, r"test: found images of shape \(8, 8, 1\), "),
    ],
)
def test_wrong_argument_of_a_contrastive_training_is_an_error_of_one_line(
    arguments, message, digits
):
    with pytest.raises(ValueError, match=message):
        train_contrastive(**{"train": digits[0], **arguments})
