import dataclasses
import json
import time
import zipfile

import numpy as np
import pytest

from aecluster.autoencoder import (
    ARCHITECTURES,
    build_autoencoder,
    build_encoder,
    describe,
    load_model,
    reconstruct,
    save_model,
)
from aecluster.contrastive.network import build_encoder as contrastive_encoder
from aecluster.networks.backend import keras
from jobs import run_beside_tensorflow


def test_sparse_is_the_described_autoencoder():
    layers = describe(build_autoencoder("sparse"))

    assert sum(layer["n_params"] for layer in layers) == 334
    assert [
        (layer["type"], layer["kernel"], layer["activation"], layer["output_shape"])
        for layer in layers[1:]
    ] == [
        ("Conv2D", [5, 5], "relu", [32, 32, 3]),
        ("MaxPooling2D", [2, 2], None, [16, 16, 3]),
        ("Conv2D", [5, 5], "relu", [16, 16, 1]),
        ("MaxPooling2D", [2, 2], None, [8, 8, 1]),
        ("Conv2D", [5, 5], "relu", [8, 8, 1]),
        ("UpSampling2D", [2, 2], None, [16, 16, 1]),
        ("Conv2D", [5, 5], "relu", [16, 16, 3]),
        ("UpSampling2D", [2, 2], None, [32, 32, 3]),
        ("Conv2D", [5, 5], "linear", [32, 32, 1]),
    ]


def test_description_survives_json():
    layers = describe(build_autoencoder())

    assert layers == json.loads(json.dumps(layers))


def test_penalty_is_l1_of_hidden_activations_divided_by_the_batch_size():
    images = np.random.default_rng(0).random((4, 8, 8, 1), dtype=np.float32)
    model = build_autoencoder(input_shape=(8, 8, 1), l1=0.5)
    activations = images
    expected = 0.0
    for layer in model.layers[1:]:
        activations = layer(activations)
        if layer.weights and layer.name != "reconstruction":
            expected += 0.5 * np.abs(activations).sum() / 4

    model(images)

    np.testing.assert_allclose(expected, sum(float(loss) for loss in model.losses), rtol=1e-5)


def test_encoder_gives_the_code_flattened_row_by_row():
    images = np.random.default_rng(0).random((3, 16, 8, 1), dtype=np.float32)
    model = build_autoencoder(input_shape=(16, 8, 1))
    activations = images
    for layer in model.layers[1:5]:
        activations = layer(activations)

    code = build_encoder(model)(images)

    assert code.shape == (3, 8)
    np.testing.assert_array_equal(np.reshape(activations, (3, 8)), code)


@pytest.mark.slow
def test_saved_model_gives_the_same_outputs_where_only_keras_is_imported(tmp_path):
    images = np.random.default_rng(0).random((5, 8, 8, 1), dtype=np.float32)
    model = build_autoencoder(input_shape=(8, 8, 1))
    save_model(model, tmp_path / "model.keras")
    np.save(tmp_path / "images.npy", images)
    code = (
        "import sys, keras, numpy as np\n"
        "model = keras.models.load_model('model.keras')\n"
        "np.save('outputs.npy', model(np.load('images.npy')))\n"
        "assert not any(name.startswith('aecluster') for name in sys.modules)\n"
    )

    run_beside_tensorflow(code, tmp_path).check_returncode()

    np.testing.assert_array_equal(
        np.load(tmp_path / "outputs.npy"), reconstruct(load_model(tmp_path / "model.keras"), images)
    )


def test_equal_models_are_equal_files(tmp_path):
    model = build_autoencoder(input_shape=(8, 8, 1))
    copy = build_autoencoder(input_shape=(8, 8, 1))
    copy.set_weights(model.get_weights())
    save_model(model, tmp_path / "a.keras")
    time.sleep(1.1)  # Keras writes the second
    save_model(copy, tmp_path / "b.keras")

    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_saved_model_has_nothing_that_older_versions_refuse(tmp_path):
    model = build_autoencoder("conv", (8, 8, 1))
    save_model(model, tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        config = archive.read("config.json").decode()

    # Of the initializers of Keras 3.15, which 3.14 cannot make with it.
    assert "GlorotUniform" in config
    assert "input_axes" not in config
    images = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
    np.testing.assert_array_equal(
        reconstruct(load_model(tmp_path / "model.keras"), images), reconstruct(model, images)
    )


def test_layers_have_their_channels_last_whatever_is_the_default():
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        models = [
            build_autoencoder("sparse", (16, 16, 3)),
            build_autoencoder("conv", (16, 16, 3)),
            build_encoder(build_autoencoder("conv", (16, 16, 3))),
            contrastive_encoder((16, 16, 3), 4),
        ]
    finally:
        keras.config.set_image_data_format(before)

    assert [model.output_shape for model in models] == [
        (None, 16, 16, 3), (None, 16, 16, 3), (None, 32), (None, 16),
    ]  # fmt: skip
    formats = [getattr(layer, "data_format", None) for model in models for layer in model.layers]
    assert set(formats) == {"channels_last", None}


def test_architecture_that_rebuilds_another_shape_is_refused(monkeypatch):
    def wrong(input_shape, l1, output_activation):
        images = keras.Input(input_shape)
        return keras.Model(images, keras.layers.MaxPooling2D(2)(images))

    entry = dataclasses.replace(ARCHITECTURES["sparse"], builder=wrong)
    monkeypatch.setitem(ARCHITECTURES, "wrong", entry)

    with pytest.raises(
        ValueError,
        match=r"'wrong': found reconstructions of shape \(4, 4, 1\), expected those of the images",
    ):
        build_autoencoder("wrong", (8, 8, 1))


def test_interrupted_save_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_text("the model of before")
    model = build_autoencoder(input_shape=(8, 8, 1))

    def write_half(temporary):
        temporary.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(model, "save", write_half)
    with pytest.raises(OSError, match="disk full"):
        save_model(model, path)

    assert [path] == list(tmp_path.iterdir())
    assert path.read_text() == "the model of before"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"architecture": "dense"}, r"architecture 'dense': expected one of \['conv', 'sparse'\]"),
        (
            {"input_shape": (30, 32, 1)},
            r"input_shape \(30, 32, 1\): the sides of architecture 'sparse' must divide by 4; "
            "resize or crop the images",
        ),
        ({"input_shape": (32, 32)}, r"input_shape \(32, 32\): expected \(height, width, channels"),
        ({"l1": -1.0}, r"l1=-1.0: expected a penalty of 0 or more"),
        ({"output_activation": "tanh"}, "output_activation 'tanh': expected linear, relu or"),
    ],
)
def test_wrong_argument_is_an_error_of_one_line(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        build_autoencoder(**arguments)

    assert "\n" not in str(error.value)


def test_model_file_must_end_in_keras(tmp_path):
    with pytest.raises(ValueError, match=r"model.h5: a model's file name must end in .keras"):
        save_model(build_autoencoder(), tmp_path / "model.h5")


def test_missing_and_broken_model_files_are_told_apart(tmp_path):
    (tmp_path / "broken.keras").write_text("no archive")

    with pytest.raises(ValueError, match=r"missing\.keras: no such file; run the training again"):
        load_model(tmp_path / "missing.keras")
    with pytest.raises(ValueError, match=r"broken\.keras: no whole Keras model"):
        load_model(tmp_path / "broken.keras")
