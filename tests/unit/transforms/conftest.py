"""A store of pixels, and a function that makes a representation of it as the workflow does."""

import numpy as np
import pytest

from aecluster.config import METHODS
from aecluster.steps.transform import transform
from aecluster.store import Store


@pytest.fixture(params=[0, 1, 2])
def images(request):
    return np.random.default_rng(request.param).integers(256, size=(60, 4, 4, 1), dtype=np.uint8)


@pytest.fixture
def pixels(tmp_path, images):
    path = tmp_path / "pixels.h5"
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as store:
        y = np.arange(40) % 3
        store.add_split("train", [images[:40]], n=40, y=y, class_names="abc", scale=1 / 255)
        store.add_split("test", [images[40:]], n=20, scale=1 / 255)
    return path


@pytest.fixture
def make():
    """Return a function that makes a representation with the registry's defaults."""

    def made(bases, store, method, **options):
        bases = bases if isinstance(bases, list) else [bases]
        defaults = {
            name: value
            for name, value in METHODS[method].defaults.items()
            if name not in ("of", "grid")
        }
        options = {"seed": 0} | defaults | options
        made_by = METHODS[method].made_by
        transform(bases, store, representation="made", made_by=made_by, **options)

    return made
