"""Labels are for scores only: shuffled, they change no weight, no vector and no clustering."""

import h5py
import keras
import numpy as np
import pytest

from project import ON_ONE_THREAD
from zoo import ZOO, stripes, write_stripes

pytestmark = pytest.mark.workflow

# Every training that is given labels, for its scores, and what is computed from images alone.
REPRESENTATIONS = ("pixels", "contrastive", "idec", "manifold", "groups")


def results(project):
    """Return all weights, vectors and clusterings by name, and accuracies by representation."""
    arrays, accuracies = {}, {}
    folder = project.folder / "results/stripes"
    for name in REPRESENTATIONS:
        vectors = folder / name / ("" if name == "pixels" else "s0") / "store.h5"
        for path in (vectors, folder / name / "all/k2-s0.h5"):
            with h5py.File(path) as file:
                file.visititems(
                    lambda key, item, path=path: arrays.update(
                        {f"{path.relative_to(folder)} {key}": item[()]}
                    )
                    if isinstance(item, h5py.Dataset) and not key.endswith("/y") else None
                )  # fmt: skip
        scores = project.record(f"results/stripes/{name}/all/k2-s0.scores.json")
        accuracies[name] = scores["metrics"]["accuracy"]
    for name in ("sparse_ae", "contrastive", "idec"):
        model = keras.models.load_model(folder / name / "s0/model.keras")
        arrays |= {f"{name} {i}": weight for i, weight in enumerate(model.get_weights())}
    return arrays, accuracies


def test_shuffled_labels_change_scores_alone(zoo, tmp_path):
    _, y = stripes()
    project = zoo.copy(tmp_path / "project")
    representations = {name: ZOO["representations"][name] for name in REPRESENTATIONS}
    project.write(ZOO | {"representations": representations})
    write_stripes(project, np.random.default_rng(1).permutation(y))

    project.make(*ON_ONE_THREAD, "--until", "evaluate")

    (arrays, accuracies), (again, by_shuffled) = results(zoo), results(project)
    assert len(arrays) > 20
    assert arrays.keys() == again.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    assert accuracies["manifold"] > 0.95
    assert accuracies["pixels"] < 0.75
    assert max(by_shuffled.values()) < 0.65
