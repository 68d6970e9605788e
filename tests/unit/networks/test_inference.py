import h5py
import numpy as np
import pytest

from aecluster.autoencoder import build_autoencoder, build_encoder, encode, reconstruct


@pytest.fixture(scope="module")
def model():
    return build_autoencoder(input_shape=(8, 8, 1))


def test_code_is_the_same_from_the_autoencoder_and_from_its_encoder(model, blobs):
    expected = build_encoder(model)(blobs / np.float32(255))

    assert np.float32 == encode(model, blobs).dtype
    np.testing.assert_allclose(expected, encode(model, blobs), rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(encode(model, blobs), encode(build_encoder(model), blobs))


@pytest.mark.parametrize("apply", [encode, reconstruct])
def test_result_does_not_depend_on_dtype_blocks_or_where_images_are_kept(
    apply, model, blobs, tmp_path
):
    expected = apply(model, blobs)
    with h5py.File(tmp_path / "images.h5", "w") as file:
        file["X"] = blobs
        from_file = apply(model, file["X"])

    np.testing.assert_array_equal(expected, from_file)
    np.testing.assert_allclose(expected, apply(model, blobs / 255), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(expected, apply(model, blobs, batch_size=7), rtol=1e-5, atol=1e-7)


def test_images_of_another_shape_are_refused(model):
    with pytest.raises(ValueError, match=r"X: found images of shape \(8, 4, 1\), but model"):
        encode(model, np.zeros((2, 8, 4, 1), np.uint8))
