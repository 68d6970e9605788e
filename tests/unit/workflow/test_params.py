import json
from inspect import signature
from pkgutil import resolve_name
from types import SimpleNamespace

import pytest

from aecluster.config import METHODS, load_experiment
from aecluster.data.preprocessing import preprocess
from aecluster.errors import ConfigError
from aecluster.figures.registry import pictures_of
from aecluster.records.record import flat_params
from aecluster.steps.evaluate import evaluate
from aecluster.workflow import params

# A value for every key without a default.
REQUIRED = {"of": ["pixels", "pca"], "path": "own.py", "transformer": "sklearn.decomposition.NMF"}


def load(*, probe=False, **representations):
    return load_experiment(
        {
            "experiment": "demo",
            "dataset": {"name": "digits", "source": "digits"},
            "representations": {"pixels": {"method": "pixels"}, **representations},
            "clustering": {"k": [3]},
            "evaluation": {"spaces": ["pixels"], "probe": probe},
        },
        "e.yaml",
    )


def of(representation, **others):
    return SimpleNamespace(representation=representation, seed="0", **others)


def test_flat_parameters_of_a_training_are_the_keys_its_function_and_its_seed():
    experiment = load(ae={"method": "vae"})

    assert flat_params(params.train(experiment, of("ae"))) == {
        "method": "vae", "architecture": "sparse", "epochs": 5, "batch_size": 128,
        "learning_rate": 0.001, "beta": 0.02,
        "made_by": "aecluster.autoencoder.variational:train_vae", "seed": 0,
    }  # fmt: skip
    assert flat_params(params.embed(experiment, of("ae"))) == {"method": "vae", "seed": 0}


def test_flat_parameters_of_a_function_have_the_digest_of_its_file(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("def embed(train, images, *, seed): return images")
    step = params.transform(load(own={"method": "function", "path": str(path)}), of("own"))

    assert step["watched"]["digest"]
    assert flat_params(step) == {
        "method": "function", "of": "pixels", "path": str(path), "function": "embed",
        "options": {}, "made_by": "aecluster.transforms.function:call_function", "seed": 0,
        "digest": step["watched"]["digest"],
    }  # fmt: skip


def test_flat_parameters_of_a_clustering_its_scores_and_its_figures():
    experiment, wildcards = load(), of("pixels", split="test", k="3")

    assert flat_params(params.kmeans(experiment, wildcards)) == {
        "k": 3, "seed": 0, "init": "k-means++", "n_init": 1, "max_iter": 300, "tol": 0.0,
    }  # fmt: skip
    assert flat_params(params.evaluate(experiment, wildcards)) == {
        "k": 3, "seed": 0, "split": "test", "spaces": ["pixels"], "max_exact": 20_000,
    }  # fmt: skip
    assert flat_params(params.plot_clusters(experiment, wildcards)) == {
        "k": 3, "seed": 0, "split": "test", "map_kind": "pca",
        "drawn_by": [picture.drawn_by for picture in pictures_of("clustering")],
    }  # fmt: skip


def test_flat_parameters_of_the_pixels_have_the_state_of_the_source():
    dataset = load().datasets["digits"]

    assert flat_params(params.preprocess(dataset)) == {
        "dataset": "digits", "source": "digits", "path": None, "grayscale": True, "size": 32,
        "resize": "crop", "test_fraction": 0.2, "split_seed": 0, "on_bad_image": "error",
        "scale": "dtype", "axes": None, "label_column": None, "pages": "one",
        "reader": "aecluster.data.readers.digits:open_digits", "state": {},
    }  # fmt: skip


def made(method):
    """What the rule of a method depends on, with defaults where there are some."""
    fields = METHODS[method].keys.model_fields.items()
    keys = {
        name: REQUIRED[name] for name, field in fields if field.is_required() and name in REQUIRED
    }
    experiment = load(pca={"method": "pca"}, it={"method": method, **keys})
    return getattr(params, METHODS[method].stage)(experiment, of("it"))


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].stage != "read"])
def test_options_of_a_method_are_what_its_function_takes_beside_its_inputs(
    method, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text("def embed(): ...")
    step = made(method)
    function = resolve_name(step["options"].pop("made_by"))
    inputs = ("train", "test") if METHODS[method].stage == "train" else ("base",)

    assert signature(function).bind(*inputs, **step["options"])
    assert set(step["watched"]) <= {"method", "of", "digest"}
    assert step == json.loads(json.dumps(step))


@pytest.mark.parametrize(
    ("step", "function"),
    [
        (params.preprocess(load().datasets["digits"]), preprocess),
        (params.evaluate(load(), of("pixels", split="test", k="3")), evaluate),
    ],
)
def test_options_of_a_step_are_what_its_function_takes(step, function):
    assert set(step["options"]) <= set(signature(function).parameters)


def test_spaces_of_too_few_known_images_are_refused_before_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    experiment = load(probe=True)
    current = flat_params(params.preprocess(experiment.datasets["digits"]))
    path = tmp_path / "results" / "digits" / "pixels" / "store.json"
    path.parent.mkdir(parents=True)

    def check(n):
        path.write_text(json.dumps({"params": current, "details": {"n": {"train": 9, "test": n}}}))
        params._known_sizes.cache_clear()
        params.check_probed(experiment)

    check(4)
    with pytest.raises(ConfigError) as error:
        check(3)

    assert str(error.value) == (
        "evaluation.probe: found true, which compares spaces by at least 4 test images, expected "
        "false for the 3 of digits"
    )


@pytest.mark.parametrize(("method", "least"), [("umap", 12), ("pca", 10)])
def test_more_components_than_known_images_allow_are_refused_before_a_run(
    tmp_path, monkeypatch, method, least
):
    pytest.importorskip("umap")
    monkeypatch.chdir(tmp_path)
    experiment = load(small={"method": method, "n_components": 10})
    dataset = experiment.datasets["digits"]
    path = tmp_path / "results" / "digits" / "pixels" / "store.json"
    path.parent.mkdir(parents=True)

    def plan(n, known):
        path.write_text(json.dumps({"params": known, "details": {"n": {"train": n, "test": 1}}}))
        params._known_sizes.cache_clear()
        return params.transform(experiment, of("small", dataset="digits"))

    current = flat_params(params.preprocess(dataset))
    plan(least, current)
    plan(least - 1, current | {"size": 7})  # says nothing of the images that will be read
    with pytest.raises(ConfigError) as error:
        plan(least - 1, current)

    assert str(error.value) == (
        f"representations.small.n_components: found 10, which needs {least} train images, expected "
        f"no more than the {least - 1} of digits allow"
    )
