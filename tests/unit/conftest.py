"""Images that an autoencoder can learn within seconds."""

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
