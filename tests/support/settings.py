"""Results that may depend on a user's settings: every kind of network, clusters, a picture.

As a program: `python settings.py FOLDER`.
"""

import sys
from pathlib import Path

import numpy as np

from aecluster.autoencoder import build_autoencoder, encode, save_model
from aecluster.clustering import KMeans
from aecluster.contrastive.network import build_encoder
from aecluster.figures.canvas import drawing, write_title
from aecluster.networks.checkpoint import Checkpoint
from aecluster.networks.runtime import make_repeatable


def write_results(folder: Path) -> None:
    """Write first weights, what they make of images, the clusters of that, and a picture."""
    images = np.random.default_rng(0).integers(0, 256, (60, 16, 16, 1), np.uint8)
    make_repeatable(0)
    for name, model in [
        ("sparse", build_autoencoder("sparse", (16, 16, 1))),
        ("conv", build_autoencoder("conv", (16, 16, 1))),
        ("contrastive", build_encoder((16, 16, 1), 8)),
    ]:
        save_model(model, folder / f"{name}.keras")
        Checkpoint(folder / f"{name}.npz", "key").save(model.variables, 0, [])
        codes = encode(model, images)
        codes.tofile(folder / f"{name}.codes")
        KMeans(3, random_state=0).fit(codes).labels_.tofile(folder / f"{name}.labels")
    with drawing(folder / "title.png", 2, 1) as figure:
        write_title(figure, "a_title of $5 & more")
        figure.subplots().plot([1, 2])


if __name__ == "__main__":
    write_results(Path(sys.argv[1]))
