"""Labels are for scores only: shuffled, they change no weight, no vector and no clustering."""

import h5py
import keras
import numpy as np
import pytest

from project import Project

pytestmark = pytest.mark.workflow

REPRESENTATIONS = {
    "pixels": {"method": "pixels"},
    "sparse_ae": {"method": "autoencoder", "epochs": 1},
    "contrastive": {"method": "contrastive", "epochs": 1, "batch_size": 100, "width": 4},
    "idec": {"method": "idec", "epochs": 1, "cluster_epochs": 1, "n_clusters": 2},
    "pca": {"method": "pca", "of": "sparse_ae", "n_components": 4, "whiten": True},
    "manifold": {
        "method": "sparse_manifold", "patch_size": 4, "n_atoms": 32, "threshold": 0.5,
        "n_components": 4, "n_cells": 2,
    },
    "both": {"method": "union", "of": ["pca", "manifold"]},
    "groups": {"method": "neighbours", "of": "manifold", "n_clusters": 2},
}  # fmt: skip


@pytest.fixture
def stripes():
    """Images of horizontal and vertical stripes at any phase, with noise."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=300)
    rows, columns = np.mgrid[:16, :16]
    place = np.where(y[:, None, None] == 0, rows, columns) + rng.integers(4, size=(300, 1, 1))
    X = np.where(place % 4 < 2, 80, 170) + rng.normal(scale=8, size=(300, 16, 16))
    return X.astype(np.uint8), y


def results(project):
    """Return all weights, vectors and clusterings by name, and accuracies by representation."""
    arrays, accuracies = {}, {}
    folder = project.folder / "results/stripes"
    for name in REPRESENTATIONS:
        vectors = folder / name / ("" if name == "pixels" else "s0") / "store.h5"
        for path in (vectors, folder / name / "all/k2-s0.h5"):
            with h5py.File(path) as file:
                file.visititems(
                    lambda key, item, path=path: arrays.update({f"{path} {key}": item[()]})
                    if isinstance(item, h5py.Dataset) and not key.endswith("/y") else None
                )  # fmt: skip
        scores = project.record(f"results/stripes/{name}/all/k2-s0.scores.json")
        accuracies[name] = scores["metrics"]["accuracy"]
    for name in ("sparse_ae", "contrastive", "idec"):
        model = keras.models.load_model(folder / name / "s0/model.keras")
        arrays |= {f"{name} {i}": weight for i, weight in enumerate(model.get_weights())}
    return arrays, accuracies


def test_shuffled_labels_change_scores_alone(tmp_path, stripes):
    X, y = stripes
    experiment = {
        "experiment": "labels",
        "dataset": {"name": "stripes", "source": "arrays", "path": "stripes.npz", "size": 16},
        "representations": REPRESENTATIONS,
        "clustering": {"k": [2], "split": "all"},
    }
    project = Project.create(tmp_path / "project", experiment)
    split = {"X_train": X[:200], "X_test": X[200:]}
    shuffled = np.random.default_rng(1).permutation(y)
    found = []
    for labels in (y, shuffled):
        np.savez(project.folder / "stripes.npz", **split, y_train=labels[:200], y_test=labels[200:])
        project.make("--until", "evaluate")
        found.append(results(project))

    (arrays, accuracies), (again, by_shuffled) = found
    assert len(arrays) > 20
    assert arrays.keys() == again.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    assert accuracies["manifold"] > 0.95
    assert accuracies["pixels"] < 0.75
    assert max(by_shuffled.values()) < 0.65
