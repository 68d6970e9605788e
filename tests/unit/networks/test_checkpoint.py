"""A training that is killed continues, and ends where an unbroken one does."""

import signal
import subprocess
import sys

import numpy as np
import pytest

from aecluster.autoencoder import train_autoencoder
from aecluster.networks.checkpoint import training_key

pytestmark = pytest.mark.slow

TRAIN = """
import os, signal, sys
import numpy as np
from aecluster.autoencoder import train_autoencoder

kill_after, epochs = int(sys.argv[1]), int(sys.argv[2])

def on_epoch(entry):
    if entry["epoch"] == kill_after:
        os.kill(os.getpid(), signal.SIGKILL)

result = train_autoencoder(
    np.load("images.npy"), epochs=epochs, batch_size=16, learning_rate=0.01, seed=3, threads=1,
    checkpoint="training.npz", on_epoch=on_epoch,
)
np.savez("weights.npz", *result.model.get_weights())
print([entry["epoch"] for entry in result.history])
"""


@pytest.fixture
def run(blobs, tmp_path):
    def start(kill_after, epochs):
        return subprocess.run(
            [sys.executable, "-c", TRAIN, str(kill_after), str(epochs)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    np.save(tmp_path / "images.npy", blobs)
    return start


def weights(folder):
    with np.load(folder / "weights.npz") as file:
        return [file[name] for name in file.files]


def test_killed_training_ends_with_the_weights_of_an_unbroken_one(run, tmp_path):
    assert run(0, 4).returncode == 0
    expected = weights(tmp_path)
    (tmp_path / "training.npz").unlink()
    (tmp_path / "weights.npz").unlink()

    killed = run(2, 4)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "weights.npz").exists()
    resumed = run(0, 4)

    assert (resumed.returncode, resumed.stdout) == (0, "[1, 2, 3, 4]\n")
    for one, other in zip(expected, weights(tmp_path), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def options(blobs, tmp_path):
    path = tmp_path / "training.npz"
    return {"train": blobs, "epochs": 2, "batch_size": 32, "checkpoint": path}


def epochs_run(**options):
    seen = []
    train_autoencoder(**options, on_epoch=lambda entry: seen.append(entry["epoch"]))
    return seen


def test_finished_checkpoint_is_continued_by_more_epochs_of_the_same_training(options, blobs):
    assert epochs_run(**options) == [1, 2]
    assert epochs_run(**options | {"epochs": 3}) == [3]
    assert epochs_run(**options | {"epochs": 1, "train": blobs[::-1]}) == [1]


def test_every_option_that_has_a_state_resumes_to_the_last_bit(options, blobs):
    options |= {"train": blobs[:112], "test": blobs[112:], "batch_size": 16, "seed": 3}
    options |= {"noise": 0.01, "patience": 1, "learning_rate": 0.02}
    one_go = train_autoencoder(**options | {"epochs": 9, "checkpoint": None})
    for epochs in (1, one_go.epoch, 9):
        stepwise = train_autoencoder(**options | {"epochs": epochs})

    assert 1 < one_go.epoch == stepwise.epoch < len(stepwise.history) < 9
    for one, other in zip(one_go.model.get_weights(), stepwise.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_cosine_schedule_of_more_epochs_trains_anew(options):
    cosine = options | {"schedule": "cosine"}

    assert epochs_run(**cosine) == [1, 2]
    assert epochs_run(**cosine) == []
    assert epochs_run(**cosine | {"epochs": 3}) == [1, 2, 3]


def test_key_changes_with_every_option_and_image(blobs):
    keys = {
        training_key(options, *images)
        for options in ({"l1": 1e-5}, {"l1": 1e-4}, {"l2": 1e-5})
        for images in ((blobs, None), (blobs, blobs), (blobs[::-1], None), (blobs / 255, None))
    }

    assert len(keys) == 12


def test_broken_checkpoint_is_no_checkpoint(options):
    options["checkpoint"].write_bytes(b"PK\x03\x04 cut")

    assert epochs_run(**options) == [1, 2]
    assert [path.name for path in options["checkpoint"].parent.iterdir()] == ["training.npz"]
