"""The data that is measured on: CIFAR-10 in gray, and an embedding."""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecluster.data import preprocess
from aecluster.store import Store

CACHE = Path("results/benchmarks")
EMBEDDING_STORES = "results/cifar10*/sparse_ae/s0/store.h5"


class Data(NamedTuple):
    """Matrices of float32, one row an image.

    Attributes
    ----------
    test, train : ndarray of shape (10000, 1024) and (50000, 1024)
        Pixels.
    embedding : ndarray of shape (60000, 64)
        Of `train` and `test`.
    embedded_by : str
        What made the embedding.
    """

    test: np.ndarray
    train: np.ndarray
    embedding: np.ndarray
    embedded_by: str


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser of command lines that knows where the images are."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "images",
        type=Path,
        nargs="?",
        help="store of CIFAR-10's pixels in gray, or an archive or folder of its images, from "
        f"which one is made in {CACHE} (default: the one made before)",
    )
    return parser


def pixels(images: Path | None) -> Path:
    """Return the store of the pixels; `images` as in `parser`."""
    store = images if images and images.suffix == ".h5" else CACHE / "cifar10-gray.h5"
    if not store.exists():
        if images is None:
            raise SystemExit(f"{store} is not there yet: give the path of CIFAR-10's images")
        preprocess(store, dataset="cifar10", source="images", path=images)
    return store


def load(images: Path | None) -> Data:
    """Return the data; `images` as in `parser`."""
    with Store(pixels(images)) as opened:
        train, test = opened["train"].matrix(), opened["test"].matrix()
    stores = sorted(Path().glob(EMBEDDING_STORES))
    if stores:
        with Store(stores[0]) as opened:
            embedding = np.concatenate([opened["train"].matrix(), opened["test"].matrix()])
        return Data(test, train, embedding, f"the autoencoder of {stores[0]}")
    return Data(test, train, _principal_components(train, test), "64 principal components")


def _principal_components(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    mean = train.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = train - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    leading = vectors[:, : -64 - 1 : -1]
    return np.concatenate([centred @ leading, (test - mean) @ leading])
