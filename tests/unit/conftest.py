"""Images that an autoencoder can learn within seconds, and a training that compiles nothing."""

from functools import partial

import numpy as np
import pytest


@pytest.fixture(scope="session")
def blobs() -> np.ndarray:
    """160 gray images, 8 x 8, uint8: one soft bright blob each on a dim ground."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:8, :8]
    centres = rng.uniform(1, 6, (160, 2, 1, 1))
    distance = (rows - centres[:, 0]) ** 2 + (columns - centres[:, 1]) ** 2
    return (30 + 200 * np.exp(-distance / 6)).astype(np.uint8)[..., None]


@pytest.fixture(scope="session")
def train_by_stock_kernels():
    """`train_autoencoder` without the fast loss, whose compilation takes longer than training here.

    For tests whose subject is no matter of how a step computes.
    """
    from aecluster.autoencoder import train_autoencoder  # TensorFlow, which few unit tests need
    from aecluster.autoencoder.trainer import Trainer

    def train(*images, **options):
        with pytest.MonkeyPatch.context() as patch:
            trainer = partial(Trainer, fast=False)
            patch.setattr("aecluster.autoencoder.training.Trainer", trainer)
            return train_autoencoder(*images, **options)

    return train
