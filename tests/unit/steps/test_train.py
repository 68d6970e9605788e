import numpy as np
import pytest

from aecluster.autoencoder import TrainingResult, build_autoencoder, load_model
from aecluster.networks.model import describe
from aecluster.steps.train import train
from aecluster.store import Store

CLASSES = {"train": [0, 1, 0, 1], "test": [1, 0]}


@pytest.fixture
def pixels(tmp_path):
    path = tmp_path / "pixels.h5"
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as new:
        for split, y in CLASSES.items():
            X = np.full((len(y), 8, 8, 1), len(y), np.uint8)
            new.add_split(
                split, [X], n=len(y), y=np.array(y), class_names=("a", "b"), scale=1 / 255
            )
    return path


def train_blindly(train, test, *, checkpoint, on_epoch, threads, width=None):
    """Tell what was given as entries of the history, and leave two files to go on from."""
    checkpoint.write_text("state")
    checkpoint.with_name(f"{checkpoint.stem}.more{checkpoint.suffix}").write_text("state")
    first = {"epoch": 1, "n": len(train), "n_test": len(test), "threads": threads, "time": 1.0}
    second = {"epoch": 2, "n": len(train), "width": width, "time": 2.0}
    for entry in (first, second):
        on_epoch(entry)
    model = build_autoencoder(input_shape=train.shape[1:])
    return TrainingResult(model, [first, second], seed=7, metrics={"restarts": 1})


def train_with_labels(train, test, *, labels, **options):
    given = {"train": labels[0].tolist(), "test": labels[1].tolist()}
    return TrainingResult(build_autoencoder(input_shape=(8, 8, 1)), [], 0, given)


@pytest.fixture
def call(pixels, tmp_path):
    def call(function=train_blindly, code="c0de", **options):
        options = {"threads": 2, "on_epoch": lambda entry: None} | options
        made_by = f"{__name__}:{function.__name__}"
        return train(pixels, tmp_path / "s0" / "model.keras", made_by=made_by, code=code, **options)

    (tmp_path / "s0").mkdir()
    return call


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_training_is_given_the_images_of_both_splits_and_its_options(call):
    seen = []
    training = call(on_epoch=seen.append, threads=3, width=5)

    assert [entry["epoch"] for entry in seen] == [1, 2]
    values = {
        name: [(point.step, point.time, point.value) for point in points]
        for name, points in training.curves.items()
    }
    assert values == {
        "n": [(1, 1.0, 4), (2, 2.0, 4)],
        "n_test": [(1, 1.0, 2)],
        "threads": [(1, 1.0, 3)],
        "width": [(2, 2.0, 5)],
    }


def test_model_is_written_and_described(call, tmp_path):
    training = call()
    model = load_model(tmp_path / "s0" / "model.keras")

    assert training.metrics == {"restarts": 1}
    assert training.details == {
        "layers": describe(model),
        "n_params": model.count_params(),
        "seed": 7,
    }


def test_labels_are_given_to_a_training_that_asks_for_them(call):
    assert call(train_with_labels).metrics == CLASSES


def test_checkpoints_of_the_same_code_stay_and_others_go(call, tmp_path):
    call(code="01d")
    assert {"model.01d.checkpoint", "model.01d.more.checkpoint"} < names_in(tmp_path / "s0")

    call(code="new")

    assert names_in(tmp_path / "s0") == {
        "model.keras",
        "model.new.checkpoint",
        "model.new.more.checkpoint",
    }


def test_failed_training_leaves_every_checkpoint(call, tmp_path):
    call(code="01d")
    before = names_in(tmp_path / "s0")

    with pytest.raises(TypeError, match="unknown"):
        call(code="new", unknown=1)

    assert names_in(tmp_path / "s0") == before


@pytest.mark.parametrize("method", ["dec", "idec"])
def test_finished_training_of_clusters_goes_on_from_what_the_step_keeps(method, pixels, tmp_path):
    options = {"architecture": "conv", "batch_size": 4, "learning_rate": 1e-3, "n_clusters": 2}
    options |= {"made_by": f"aecluster.autoencoder.deep_clustering:train_{method}", "code": "c"}
    rng = np.random.default_rng(0)
    with Store.create(pixels, dataset="t", representation="pixels", source_digest="d") as new:
        for split in ("train", "test"):
            new.add_split(split, [rng.integers(0, 256, (12, 8, 8, 1), dtype=np.uint8)], n=12)

    def epochs_run():
        seen = []
        train(
            pixels, tmp_path / "model.keras", epochs=2, cluster_epochs=1, threads=None,
            on_epoch=lambda entry: seen.append(entry["epoch"]), **options,
        )  # fmt: skip
        return seen

    assert [epochs_run(), epochs_run()] == [[1, 2, 3], []]
    assert names_in(tmp_path) == {
        "pixels.h5", "model.keras", "model.c.checkpoint", "model.c.clusters.checkpoint",
    }  # fmt: skip
