"""Direct convolution against Keras' own kernels, from the same weights and images."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aecluster.autoencoder import build_autoencoder, load_model, save_model
from aecluster.autoencoder.direct import correlate, gather_phases, kernel_gradient, spread_phases
from aecluster.autoencoder.fast import fast_loss
from aecluster.autoencoder.trainer import Trainer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(tf.config.list_physical_devices("GPU")), reason="a GPU takes Keras' own kernels"
    ),
]


def chain(input_shape, *layers):
    inputs = x = keras.Input(input_shape)
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x)


def stock_loss_and_gradients(model, images, noise=0.0):
    variables = [variable.value for variable in model.trainable_variables]
    with tf.GradientTape() as tape:
        mse = tf.reduce_mean(tf.square(model(images + noise, training=True) - images))
        loss = mse + tf.add_n(model.losses or [tf.constant(0.0)])
    return [loss, mse, *tape.gradient(loss, variables)]


def fast_loss_and_gradients(model, images, weights=None, noise=None):
    weights = tf.fill([len(images)], 1 / len(images)) if weights is None else weights
    variables = [variable.value for variable in model.trainable_variables]
    with tf.GradientTape() as tape:
        loss, mse = fast_loss(model)(images, weights, tf.constant(True), noise)
    return [loss, mse, *tape.gradient(loss, variables)]


def assert_equal_to_rounding(expected, actual):
    for one, other in zip(expected, actual, strict=True):
        scale = float(tf.reduce_max(tf.abs(one))) + 1e-6
        np.testing.assert_allclose(one / scale, other / scale, rtol=0, atol=2e-5)


def random_images(n, shape, seed=0):
    return tf.constant(np.random.default_rng(seed).random((n, *shape), dtype=np.float32))


@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    channels=st.integers(1, 3),
    hidden=st.integers(1, 3),
    blocks=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    factor=st.sampled_from([1, 2, 3]),
    activation=st.sampled_from(["linear", "relu", "sigmoid"]),
    use_bias=st.booleans(),
    l1=st.sampled_from([0.0, 0.01]),
    n=st.integers(1, 5),
    seed=st.integers(0, 99),
)
@example((5, 5), 1, 3, (2, 2), 2, "relu", True, 0.01, 4, 0)
@settings(max_examples=40)
def test_loss_and_gradients_equal_those_of_stock_layers(
    kernel, channels, hidden, blocks, factor, activation, use_bias, l1, n, seed
):
    keras.utils.set_random_seed(seed)
    regularizer = keras.regularizers.L1(l1) if l1 else None
    shape = (blocks[0] * factor, blocks[1] * factor, channels)
    around = [keras.layers.MaxPooling2D(factor)] if factor > 1 else []
    behind = [keras.layers.UpSampling2D(factor)] if factor > 1 else []
    options = {"padding": "same", "use_bias": use_bias, "activity_regularizer": regularizer}
    model = chain(
        shape,
        keras.layers.Conv2D(hidden, kernel, activation=activation, **options),
        *around,
        *behind,
        keras.layers.Conv2D(channels, kernel, activation="linear", **options),
    )
    images = random_images(n, shape, seed)

    actual = fast_loss_and_gradients(model, images)

    assert_equal_to_rounding(stock_loss_and_gradients(model, images), actual)


@given(
    kernel=st.tuples(st.integers(2, 6), st.integers(2, 6)),
    layout=st.sampled_from([("same", 1), ("same", 2), ("valid", 1)]),
    channels=st.integers(1, 4),
    hidden=st.integers(1, 5),
    dtype=st.sampled_from(["float32", "float32", "mixed_bfloat16"]),
    seed=st.integers(0, 99),
)
@example((3, 4), ("valid", 1), 2, 3, "float32", 0)
@example((5, 5), ("same", 1), 4, 4, "float32", 0)
@example((5, 5), ("same", 1), 4, 5, "float32", 0)
@settings(max_examples=30)
def test_any_convolution_is_either_equal_or_left_to_the_stock_kernels(
    kernel, layout, channels, hidden, dtype, seed
):
    keras.utils.set_random_seed(seed)
    padding, stride = layout
    options = {"padding": padding, "strides": stride, "activation": "relu", "dtype": dtype}
    # What halves the sides is followed by what doubles them.
    sides = [2 * (size - 1) for size in kernel] if padding == "valid" else [6, 8]
    double = [keras.layers.UpSampling2D(2)] if layout != ("same", 1) else []
    model = chain(
        (*sides, channels),
        keras.layers.Conv2D(hidden, kernel, **options),
        *double,
        keras.layers.Conv2D(channels, 3, padding="same"),
    )
    images = random_images(3, (*sides, channels), seed)
    is_accepted = Trainer(model, 0.01).is_fast

    few_terms = kernel[0] * kernel[1] * max(channels, hidden) <= 100
    assert is_accepted == (stride == 1 and dtype == "float32" and few_terms)
    if is_accepted:
        expected = stock_loss_and_gradients(model, images)
        assert_equal_to_rounding(expected, fast_loss_and_gradients(model, images))


def test_kernel_gradient_is_that_of_automatic_differentiation():
    x, kernel = tf.random.normal((2, 6, 5, 4)), tf.random.normal((3, 2, 3, 2))
    g = tf.random.normal((3, 4, 4, 4))
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        y = correlate(x, kernel)
    expected = tape.gradient(y, kernel, output_gradients=g)

    np.testing.assert_allclose(expected, kernel_gradient(x, g), rtol=1e-4, atol=1e-5)


def test_phases_are_gathered_and_spread_without_loss():
    x = tf.random.normal((2, 6, 4, 3))

    np.testing.assert_array_equal(x, spread_phases(gather_phases(x, 2), 2))
    np.testing.assert_array_equal(x[0, 1::2, 0::2], gather_phases(x, 2)[4])


def test_gradient_of_tied_maxima_goes_where_the_stock_kernel_sends_it():
    model = chain(
        (6, 4, 1),
        keras.layers.Conv2D(1, 3, padding="same"),
        keras.layers.MaxPooling2D(2),
        keras.layers.UpSampling2D(2),
        keras.layers.Conv2D(1, 3, padding="same"),
    )
    model.layers[1].set_weights([np.zeros((3, 3, 1, 1)), np.ones(1)])
    images = random_images(3, (6, 4, 1))

    assert_equal_to_rounding(
        stock_loss_and_gradients(model, images), fast_loss_and_gradients(model, images)
    )


@pytest.mark.parametrize("output_activation", ["linear", "relu", "sigmoid"])
def test_sparse_autoencoder_compiled_by_xla_has_the_stock_gradients(output_activation):
    keras.utils.set_random_seed(1)
    model = build_autoencoder(input_shape=(8, 12, 3), output_activation=output_activation)
    images = random_images(6, (8, 12, 3))

    @tf.function(jit_compile=True, autograph=False)
    def compiled(always):
        variables = [variable.value for variable in model.trainable_variables]
        with tf.GradientTape() as tape:
            loss, mse = fast_loss(model)(images, tf.fill([6], 1 / 6), always)
        return [loss, mse, *tape.gradient(loss, variables)]

    assert_equal_to_rounding(stock_loss_and_gradients(model, images), compiled(tf.constant(True)))


def test_image_of_weight_zero_does_not_count():
    model = build_autoencoder(input_shape=(8, 8, 1))
    images = random_images(5, (8, 8, 1))
    weights = tf.constant([1 / 3, 1 / 3, 1 / 3, 0.0, 0.0])

    assert_equal_to_rounding(
        stock_loss_and_gradients(model, images[:3]),
        fast_loss_and_gradients(model, images, weights),
    )


def test_noise_is_seen_by_the_model_and_not_by_the_error():
    model = build_autoencoder(input_shape=(8, 8, 1))
    images, noise = random_images(5, (8, 8, 1)), random_images(5, (8, 8, 1), seed=1)

    assert_equal_to_rounding(
        stock_loss_and_gradients(model, images, noise),
        fast_loss_and_gradients(model, images, noise=noise),
    )


CONV = keras.layers.Conv2D


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ((8, 8, 1), lambda: [CONV(1, 3, strides=2)]),
        ((8, 8, 1), lambda: [CONV(1, 3, dilation_rate=2, padding="same")]),
        ((8, 8, 1), lambda: [CONV(64, 5, padding="same"), CONV(1, 5, padding="same")]),
        ((8, 8, 2), lambda: [CONV(2, 3, groups=2, padding="same")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same", activation="tanh")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same", dtype="mixed_bfloat16")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same", kernel_regularizer="l2")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same", activity_regularizer="l2")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same"), keras.layers.Dropout(0.5)]),
        ((128, 8, 1), lambda: [CONV(1, 3, padding="same")]),
        ((8, 8, 1), lambda: [keras.layers.MaxPooling2D(2), CONV(1, 3, padding="same")]),
        ((8, 8, 1), lambda: [CONV(1, 3, padding="same"), keras.layers.UpSampling2D(2)]),
    ],
)
def test_what_is_not_accepted_trains_with_stock_kernels(shape, layers):
    model = chain(shape, *layers())

    assert fast_loss(model) is None
    assert not Trainer(model, 0.01).is_fast


def test_bfloat16_trains_with_stock_kernels():
    assert not Trainer(build_autoencoder(), 0.01, precision="bfloat16").is_fast


@pytest.mark.parametrize("n", [32, 37, 5])
def test_steps_of_both_kinds_lead_to_the_same_weights(blobs, n):
    def trained(fast):
        keras.utils.set_random_seed(2)
        trainer = Trainer(build_autoencoder(input_shape=(8, 8, 1)), 0.01, fast=fast)
        sums = trainer.run_epoch(blobs, np.arange(n), 8, "")
        return trainer, sums

    (fast, fast_sums), (stock, stock_sums) = trained(True), trained(False)

    assert (fast.is_fast, stock.is_fast) == (True, False)
    np.testing.assert_allclose(stock_sums, fast_sums, rtol=1e-4)
    for one, other in zip(stock.model.get_weights(), fast.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)


def test_a_wide_model_trains(blobs):
    model = chain(
        (8, 8, 1), CONV(32, 5, padding="same", activation="relu"), CONV(1, 5, padding="same")
    )
    trainer = Trainer(model, 0.001)
    errors = [trainer.run_epoch(blobs, np.arange(160), 16, "")[1] for _ in range(3)]

    assert errors[-1] < errors[0] / 2


def test_model_trained_fast_is_one_of_stock_layers(blobs, tmp_path):
    trainer = Trainer(build_autoencoder(input_shape=(8, 8, 1)), 0.01)
    trainer.run_epoch(blobs, np.arange(160), 16, "")
    save_model(trainer.model, tmp_path / "model.keras")

    loaded = load_model(tmp_path / "model.keras")

    assert {type(layer).__module__.split(".")[0] for layer in loaded.layers} == {"keras"}
    assert trainer.is_fast
    np.testing.assert_array_equal(trainer.model(blobs / 255), loaded(blobs / 255))
