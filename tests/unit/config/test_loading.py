import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from aecluster.config import Experiment, load_experiment
from aecluster.errors import ConfigError
from aecluster.workflow.params import mirrors, transform

ROOT = Path(__file__).parents[3]
MINIMAL = {
    "experiment": "e",
    "dataset": {"name": "d", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
}


def load(**changes):
    return load_experiment(MINIMAL | changes, "e.yaml")


def test_defaults_are_those_of_the_source_experiment():
    experiment = load(representations={"sparse_ae": {"method": "autoencoder"}})

    assert experiment.model_dump(mode="json") == {
        "experiment": "e",
        "dataset": {
            "name": "d", "source": "digits", "path": None, "mirrors": None, "grayscale": True,
            "size": 32, "resize": "crop", "test_fraction": 0.2, "split_seed": 0,
            "on_bad_image": "error",
            "scale": "dtype",
            "axes": None,
            "label_column": None,
            "pages": "one",
        },
        "representations": {
            "sparse_ae": {
                "method": "autoencoder", "architecture": "sparse", "epochs": 5, "batch_size": 32,
                "learning_rate": 0.001, "l1": 1e-5, "output_activation": "linear",
                "noise": 0.0, "schedule": "constant", "patience": 0, "precision": "float32",
            }
        },
        "clustering": {
            "split": None, "k": [10], "init": "k-means++", "n_init": 1, "max_iter": 300,
            "tol": 0.0,
        },
        "clusterers": {},
        "evaluation": {
                "spaces": ["pixels"], "max_exact": 20_000, "points": True, "probe": False,
                "gap": 0,
                "map": "pca",
            },
        "seeds": [0],
        "tracking": {"uri": None, "migrate": False},
        "rerun_on_new_versions": False,
    }  # fmt: skip


def test_strings_are_converted():
    experiment = load(
        clustering={"k": ["5", "10"], "tol": "1e-4"},
        seeds=["3"],
        tracking={"uri": "null"},
        dataset={"name": "d", "source": "digits", "grayscale": "false", "path": "null"},
    )

    assert experiment.clustering.k == [5, 10]
    assert experiment.clustering.tol == 1e-4
    assert experiment.seeds == [3]
    assert experiment.tracking.uri is None
    assert experiment.dataset.path is None
    assert experiment.dataset.grayscale is False


def test_one_data_set_and_several_are_known_by_their_names():
    listed = [MINIMAL["dataset"], {"name": "b", "source": "arrays", "grayscale": "false"}]

    several = load(dataset=listed)

    assert list(load().datasets) == ["d"]
    assert list(several.datasets) == ["d", "b"]
    assert several.datasets["b"].grayscale is False


def test_mirrors_of_one_archive_are_those_of_all_its_data_sets():
    addresses = ["https://a.example/x"], ["https://b.example/x", "https://a.example/x"]
    gray, colour = (
        {"name": name, "source": "cifar10", "mirrors": found}
        for name, found in zip(("gray", "colour"), addresses, strict=True)
    )

    assert mirrors(load(dataset=[gray, colour, MINIMAL["dataset"]])) == {
        "cifar-10-python.tar.gz": ["https://a.example/x", "https://b.example/x"]
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": [0, 0]}, "e.yaml: seeds: found [0, 0], expected every value once"),
        ({"seeds": [-1]}, "e.yaml: seeds.0: found -1, expected greater than or equal to 0"),
        ({"clustering": None}, "e.yaml: clustering: found None, expected keys with values"),
        ({"clustering": {"tol": "nan"}}, "e.yaml: clustering.tol: found 'nan', expected"),
        ({"experiment": "a/b"}, "e.yaml: experiment: found 'a/b', expected"),
        ({"experiment": "benchmarks"}, "expected another name"),
        ({"representations": {}}, "e.yaml: representations: found {}, expected"),
        ({"representations": {"pixels": {}}}, "e.yaml: representations.pixels.method: missing"),
        (
            {"representations": {"raw": {"method": "pixels"}}},
            "expected the method `pixels` under the name `pixels` and nowhere else",
        ),
        (
            {"representations": {"ae": {"method": "autoencoder", "epoch": 5}}},
            "e.yaml: representations.ae.epoch: unknown key; did you mean 'epochs'?",
        ),
        (
            {"representations": {"a": {"method": "pca", "of": "b"}, "bb": {"method": "pca"}}},
            "e.yaml: representations.a.of: found 'b', expected one of pixels, a, bb; "
            "did you mean 'bb'?",
        ),
        (
            {
                "representations": {
                    "a": {"method": "pca", "of": "b"},
                    "b": {"method": "umap", "of": "a"},
                }
            },
            "e.yaml: representations.a.of: found a circle, expected an end: a of b of a",
        ),
        (
            {
                "representations": {
                    "a": {"method": "pca"},
                    "b": {"method": "union", "of": ["a", "c"]},
                    "c": {"method": "pca", "of": "b"},
                }
            },
            "e.yaml: representations.b.of: found a circle, expected an end: b of c of b",
        ),
        (
            {"representations": {"a": {"method": "union", "of": ["pixels", "b"]}}},
            "e.yaml: representations.a.of: found 'b', expected one of pixels, a",
        ),
        (
            {"representations": {"a": {"method": "union", "of": ["pixels"]}}},
            "e.yaml: representations.a.of: found ['pixels'], expected a list of at least 2",
        ),
        (
            {"representations": {"a": {"method": "sklearn", "transformer": "os.path.join"}}},
            "e.yaml: representations.a.transformer: found 'os.path.join', expected",
        ),
        (
            {"evaluation": {"spaces": ["pixel"]}},
            "e.yaml: evaluation.spaces: found 'pixel', expected one of pixels; "
            "did you mean 'pixels'?",
        ),
        (
            {"clustering": {"k": list(range(2, 103))}, "seeds": list(range(100))},
            "e.yaml: dataset, representations, clustering.k and seeds: found 10,100 variants, "
            "expected at most 10,000",
        ),
        (
            {
                "dataset": [{"name": name, "source": "digits"} for name in "abc"],
                "clustering": {"k": list(range(2, 102))},
                "seeds": list(range(50)),
            },
            "dataset, representations, clustering.k and seeds: found 15,000 variants",
        ),
        ({"dataset": []}, "e.yaml: dataset: found [], expected"),
        ({"dataset": None}, "e.yaml: dataset: found None, expected keys with values"),
        (
            {"dataset": {"name": "d", "source": "digits", "grayscal": 1}},
            "e.yaml: dataset.grayscal: unknown key; did you mean 'grayscale'?",
        ),
        (
            {"dataset": [MINIMAL["dataset"], {"name": "b", "source": "digits", "grayscal": 1}]},
            "e.yaml: dataset.1.grayscal: unknown key; did you mean 'grayscale'?",
        ),
        (
            {"dataset": [MINIMAL["dataset"], {"name": "d", "source": "arrays"}]},
            "e.yaml: dataset.1.name: found 'd' again, expected another name for each data set",
        ),
        (
            {"representations": {"ae": {"method": "autoencoder", "grid": {"l1": []}}}},
            "e.yaml: representations.ae.grid.l1: found [], expected a list of values",
        ),
        (
            {"representations": {"ae": {"method": "autoencoder", "grid": {"lr": [1]}}}},
            "e.yaml: representations.ae-lr=1.lr: unknown key, expected one of",
        ),
        (
            {"clustering": {"whatever": 1}},
            "e.yaml: clustering.whatever: unknown key, expected one of split, k, init",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_key(changes, message):
    with pytest.raises(ConfigError) as error:
        load(**changes)

    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_every_problem_has_its_line():
    with pytest.raises(ConfigError) as error:
        load(seeds=[], clustering={"k": [0]})

    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.name)
def test_committed_experiments_are_valid_and_name_the_schema(path):
    text = path.read_text()

    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    assert load_experiment(yaml.safe_load(text), path.name).experiment


def test_default_experiment_says_the_effect_of_every_key():
    lines = (ROOT / "config" / "config.yaml").read_text().splitlines()
    keys = [i for i, line in enumerate(lines) if line and not line.lstrip().startswith("#")]

    assert [lines[i] for i in keys if not lines[i - 1].lstrip().startswith("#")] == []


def test_missing_package_of_a_method_is_told_before_anything_runs(monkeypatch):
    monkeypatch.setattr("aecluster.workflow.params.find_spec", lambda name: None)
    experiment = load(representations={"map": {"method": "umap"}, "pca": {"method": "pca"}})

    with pytest.raises(ConfigError) as error:
        transform(experiment, SimpleNamespace(representation="map", seed="0"))

    assert str(error.value) == (
        "representations.map: method 'umap' needs a package that is not installed: "
        'pip install "aecluster[umap]"'
    )
    made = transform(experiment, SimpleNamespace(representation="pca", seed="1"))
    assert made["options"]["seed"] == 1


def test_dump_is_plain_json():
    dump = Experiment.model_validate(MINIMAL).model_dump(mode="json")

    assert json.loads(json.dumps(dump)) == dump
