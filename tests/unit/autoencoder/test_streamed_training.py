import h5py
import numpy as np
import pytest

from aecluster.autoencoder import train_autoencoder
from aecluster.store.streaming import StreamedRows


@pytest.mark.slow
def test_training_streams_its_images_and_goes_on_from_a_checkpoint(blobs, tmp_path):
    with h5py.File(tmp_path / "images.h5", "w") as file:
        file["X"] = blobs
    with h5py.File(tmp_path / "images.h5") as file:
        images = StreamedRows(file["X"])
        whole = train_autoencoder(images, images, epochs=2, batch_size=16)
        for epochs in (1, 2):
            resumed = train_autoencoder(
                images, images, epochs=epochs, batch_size=16, checkpoint=tmp_path / "c"
            )

    losses = [entry["loss"] for entry in whole.history]
    assert losses[1] < losses[0]
    assert losses == [entry["loss"] for entry in resumed.history]
    for expected, actual in zip(
        whole.model.get_weights(), resumed.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(expected, actual)
