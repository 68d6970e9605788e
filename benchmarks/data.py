"""The data that is measured on: CIFAR-10 in gray, an embedding, and two small classics."""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits, load_iris

from aecluster.data.preprocessing import preprocess
from aecluster.store import Store

CACHE = Path("results/benchmarks")
EMBEDDING_STORES = "results/cifar10*/sparse_ae/s0/store.h5"


class Data(NamedTuple):
    """Matrices, one row an image or a flower; float32 but for the small ones.

    Attributes
    ----------
    test, train : ndarray of shape (10000, 1024) and (50000, 1024)
        Pixels.
    embedding : ndarray of shape (60000, 64)
        Of `train` and `test`.
    embedded_by : str
        What made the embedding.
    iris, digits : ndarray of shape (150, 4) and (1797, 64), float64
    """

    test: np.ndarray
    train: np.ndarray
    embedding: np.ndarray
    embedded_by: str
    iris: np.ndarray
    digits: np.ndarray


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
    return _made(store, images)


def colours(images: Path | None) -> Path:
    """Return a store of the pixels in colour; `images` as in `parser`, but no store."""
    return _made(CACHE / "cifar10-colour.h5", images, grayscale=False)


def _made(store: Path, images: Path | None, *, grayscale: bool = True) -> Path:
    if not store.exists():
        if images is None or images.suffix == ".h5":
            raise SystemExit(f"{store} is not there yet: give the path of CIFAR-10's images")
        store.parent.mkdir(parents=True, exist_ok=True)
        preprocess(store, dataset="cifar10", source="images", path=images, grayscale=grayscale)
    return store


def load(images: Path | None) -> Data:
    """Return the data; `images` as in `parser`."""
    with Store(pixels(images)) as opened:
        train, test = opened["train"].matrix(), opened["test"].matrix()
    stores = sorted(Path().glob(EMBEDDING_STORES))
    if stores:
        with Store(stores[0]) as opened:
            embedding = np.concatenate([opened["train"].matrix(), opened["test"].matrix()])
        embedded_by = f"the autoencoder of {stores[0]}"
    else:
        embedding, embedded_by = _principal_components(train, test), "64 principal components"
    return Data(test, train, embedding, embedded_by, load_iris().data, load_digits().data)


def _principal_components(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    mean = train.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = train - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    leading = vectors[:, : -64 - 1 : -1]
    return np.concatenate([centred @ leading, (test - mean) @ leading])
