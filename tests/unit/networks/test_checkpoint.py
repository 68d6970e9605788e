"""A training that is killed continues, and ends where an unbroken one does."""

import signal

import keras
import numpy as np
import pytest
import tensorflow as tf

from aecluster.networks.checkpoint import training_key
from jobs import run_beside_tensorflow

pytestmark = pytest.mark.slow

TRAIN = """
import os, signal
import keras
import numpy as np
from aecluster.autoencoder.deep_clustering import train_idec

kill_after = int(os.environ["KILL_AFTER"])
seen = []

def on_epoch(entry):
    seen.append(entry["epoch"])
    if entry["epoch"] == kill_after:
        os.kill(os.getpid(), signal.SIGKILL)

def train(**more):
    return train_idec(
        np.load("images.npy"), architecture="sparse", epochs=3, batch_size=16, learning_rate=0.01,
        n_clusters=3, cluster_epochs=3, seed=3, threads=1, **more,
    )

resumed = train(checkpoint="training.npz", on_epoch=on_epoch)
unbroken = train()
print(seen, [entry["epoch"] for entry in resumed.history], resumed.metrics == unbroken.metrics)
for name, result in (("resumed", resumed), ("unbroken", unbroken)):
    np.savez(f"{name}.npz", *result.model.get_weights())
"""


def weights(path):
    with np.load(path) as file:
        return [file[name] for name in file.files]


def test_training_killed_in_either_part_ends_with_the_weights_of_an_unbroken_one(blobs, tmp_path):
    np.save(tmp_path / "images.npy", blobs)

    def run(kill_after):
        return run_beside_tensorflow(TRAIN, tmp_path, KILL_AFTER=str(kill_after))

    in_pretraining, in_clustering, resumed = run(2), run(5), run(0)

    assert in_pretraining.returncode == in_clustering.returncode == -signal.SIGKILL
    assert (resumed.returncode, resumed.stdout) == (0, "[6] [1, 2, 3, 4, 5, 6] True\n")
    for one, other in zip(
        weights(tmp_path / "unbroken.npz"), weights(tmp_path / "resumed.npz"), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def options(blobs, tmp_path):
    path = tmp_path / "training.npz"
    return {"train": blobs, "epochs": 2, "batch_size": 32, "checkpoint": path}


@pytest.fixture
def epochs_run(train_by_stock_kernels):
    def run(**options):
        seen = []
        train_by_stock_kernels(**options, on_epoch=lambda entry: seen.append(entry["epoch"]))
        return seen

    return run


def test_finished_checkpoint_is_continued_by_more_epochs_of_the_same_training(
    options, epochs_run, blobs
):
    assert epochs_run(**options) == [1, 2]
    assert epochs_run(**options | {"epochs": 3}) == [3]
    assert epochs_run(**options | {"epochs": 1, "train": blobs[::-1]}) == [1]


def test_every_option_that_has_a_state_resumes_to_the_last_bit(
    options, blobs, train_by_stock_kernels
):
    options |= {"train": blobs[:112], "test": blobs[112:], "batch_size": 16, "seed": 3}
    options |= {"noise": 0.01, "patience": 1, "learning_rate": 0.02}
    one_go = train_by_stock_kernels(**options | {"epochs": 9, "checkpoint": None})
    for epochs in (1, one_go.metrics["epoch"], 9):
        stepwise = train_by_stock_kernels(**options | {"epochs": epochs})

    assert 1 < one_go.metrics["epoch"] == stepwise.metrics["epoch"] < len(stepwise.history) < 9
    for one, other in zip(one_go.model.get_weights(), stepwise.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_cosine_schedule_of_more_epochs_trains_anew(options, epochs_run):
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


def test_broken_checkpoint_is_no_checkpoint(options, epochs_run):
    options["checkpoint"].write_bytes(b"PK\x03\x04 cut")

    assert epochs_run(**options) == [1, 2]
    assert [path.name for path in options["checkpoint"].parent.iterdir()] == ["training.npz"]


@pytest.mark.parametrize("package", [np, tf, keras])
def test_state_that_another_version_left_is_not_gone_on_from(package, monkeypatch):
    here = training_key({"seed": 0})
    monkeypatch.setattr(package, "__version__", "1.0")

    assert training_key({"seed": 0}) != here
