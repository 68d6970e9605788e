"""An experiment with every kind of representation, on images that train within a second."""

import numpy as np

from project import Project

OWN = "def embed(train, images, *, seed, step):\n    return images[:, ::step]\n"

ZOO = {
    "experiment": "zoo",
    "dataset": {"name": "stripes", "source": "arrays", "path": "stripes.npz", "size": 16},
    "representations": {
        "pixels": {"method": "pixels"},
        "sparse_ae": {"method": "autoencoder", "epochs": 1},
        "random_ae": {"method": "autoencoder", "epochs": 0},
        "contrastive": {"method": "contrastive", "epochs": 4, "batch_size": 100, "width": 4},
        "whitened": {"method": "pca", "of": "contrastive", "n_components": 8, "whiten": True},
        "idec": {"method": "idec", "epochs": 1, "cluster_epochs": 1, "n_clusters": 2},
        "pca": {"method": "pca", "of": "sparse_ae", "n_components": 4, "whiten": True},
        "scaled": {
            "method": "sklearn", "transformer": "sklearn.preprocessing.StandardScaler", "of": "pca",
        },
        "reduced": {"method": "pca", "grid": {"n_components": [4]}},
        "manifold": {
            "method": "sparse_manifold", "patch_size": 4, "n_atoms": 32, "threshold": 0.5,
            "n_components": 4, "n_cells": 2,
        },
        "both": {"method": "union", "of": ["pca", "manifold"]},
        "groups": {"method": "neighbours", "of": "manifold", "n_clusters": 2},
        "mine": {"method": "function", "path": "own.py", "options": {"step": 5}},
    },
    "clustering": {"k": [2], "split": "all"},
    "clusterers": {
        "ward": {"method": "agglomerative", "of": ["groups"]},
        "dense": {"method": "hdbscan", "min_cluster_size": 20, "of": ["groups"]},
    },
    "evaluation": {"spaces": []},
}  # fmt: skip


def stripes() -> tuple[np.ndarray, np.ndarray]:
    """Return images of horizontal and vertical stripes at any phase, with noise, and which."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=300)
    rows, columns = np.mgrid[:16, :16]
    place = np.where(y[:, None, None] == 0, rows, columns) + rng.integers(4, size=(300, 1, 1))
    X = np.where(place % 4 < 2, 80, 170) + rng.normal(scale=8, size=(300, 16, 16))
    return X.astype(np.uint8), y


def write_stripes(project: Project, labels: np.ndarray) -> None:
    """Write the images with labels to the file that the experiment reads."""
    X, _ = stripes()
    np.savez(
        project.folder / "stripes.npz",
        X_train=X[:200], X_test=X[200:], y_train=labels[:200], y_test=labels[200:],
    )  # fmt: skip
