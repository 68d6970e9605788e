"""Experiments that are refused before anything runs: each in one line that says what to mend."""

import pytest

from aecluster.config import CLUSTERERS, METHODS, load_experiment
from aecluster.data import SOURCES
from aecluster.errors import AeclusterError
from aecluster.workflow.params import preprocess

MINIMAL = {
    "experiment": "e",
    "dataset": {"name": "d", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
}
ONE_OF = "found {}, expected one of {}; did you mean {}?"


def read(experiment):
    """Read an experiment as the workflow does before anything runs."""
    for dataset in load_experiment(experiment, "bad.yaml").datasets.values():
        preprocess(dataset)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sedes": [1]}, "sedes: unknown key; did you mean 'seeds'?"),
        ({"seeds": "many"}, "seeds: found 'many', expected a valid list"),
        (
            {"clustering": {"k": [1]}},
            "clustering.k.0: found 1, expected greater than or equal to 2",
        ),
        ({"clustering": {"k": []}}, "clustering.k: found [], expected"),
        ({"clustering": {"kk": [2]}}, "clustering.kk: unknown key; did you mean 'k'?"),
        (
            {"dataset": {"name": "a", "source": "imagse"}},
            "dataset.source: " + ONE_OF.format("'imagse'", ", ".join(SOURCES), "'images'"),
        ),
        (
            {"dataset": {"name": "a", "source": "images", "path": "nowhere"}},
            "nowhere: no such file or folder, expected the source 'images'",
        ),
        (
            {"dataset": {"name": "a", "source": "digits", "scale": "max"}},
            "dataset.scale: found 'max', expected dtype, range, max:4095 or between:-1,1",
        ),
        (
            {"dataset": {"name": "a", "source": "digits", "scale": "between:1,0"}},
            "dataset.scale: found 'between:1,0', expected a value of white above that of black",
        ),
        (
            {"dataset": {"name": "a", "source": "digits", "axes": "nhh"}},
            "dataset.axes: found 'nhh', expected n (images), h (height), w (width)",
        ),
        (
            {"dataset": {"name": "a", "source": "images"}},
            "source 'images' has no path, expected that of a file or folder",
        ),
        (
            {"representations": {"ae": {"method": "autoencoder", "architecture": "spase"}}},
            "representations.ae.architecture: found 'spase', expected one of sparse, conv; "
            "did you mean 'sparse'?",
        ),
        (
            {"representations": {"ae": {"method": "autoencdr"}}},
            "representations.ae.method: "
            + ONE_OF.format("'autoencdr'", ", ".join(METHODS), "'autoencoder'"),
        ),
        (
            {"representations": {"ae": {"method": "autoencoder", "epochs": "five"}}},
            "representations.ae.epochs: found 'five', expected a valid integer",
        ),
        (
            {"clusterers": {"ward": {"method": "aglomerative"}}},
            "clusterers.ward.method: "
            + ONE_OF.format("'aglomerative'", ", ".join(CLUSTERERS), "'agglomerative'"),
        ),
        (
            {"clusterers": {"ward": {"method": "agglomerative", "linkag": "ward"}}},
            "clusterers.ward.linkag: unknown key; did you mean 'linkage'?",
        ),
        (
            {"clusterers": {"ward": {"method": "agglomerative", "metric": "cosine"}}},
            "clusterers.ward.metric: found 'cosine', expected euclidean, of which the variances of",
        ),
        (
            {"clusterers": {"dense": {"method": "hdbscan", "of": ["pixel"]}}},
            "clusterers.dense.of: found 'pixel', expected one of pixels; did you mean 'pixels'?",
        ),
        (
            {"clusterers": {"kmeans": {"method": "hdbscan"}}},
            "clusterers.kmeans: found 'kmeans', expected another name",
        ),
    ],
)
def test_bad_experiment_is_one_line(change, line):
    with pytest.raises(AeclusterError) as error:
        read(MINIMAL | change)

    assert line in str(error.value)
    assert "\n" not in str(error.value)
