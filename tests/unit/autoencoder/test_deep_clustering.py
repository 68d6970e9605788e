import logging

import numpy as np
import pytest

from aecluster.autoencoder import TrainingResult, build_autoencoder, encode, train_autoencoder
from aecluster.autoencoder.deep_clustering import train_dec, train_idec
from aecluster.clustering import KMeans
from aecluster.metrics import clustering_accuracy

pytestmark = pytest.mark.slow

OPTIONS = {
    "architecture": "conv", "epochs": 3, "batch_size": 32, "learning_rate": 0.003,
    "n_clusters": 3, "cluster_epochs": 4, "seed": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def places():
    """Images with a bright quarter, one of three, and noise."""
    rng = np.random.default_rng(0)
    y = np.arange(240) % 3
    X = rng.integers(0, 90, size=(240, 8, 8, 1))
    for i, label in enumerate(y):
        X[i, 4 * (label // 2) :, :, 0][:4, 4 * (label % 2) :][:, :4] += 150
    return X.astype(np.uint8), y


@pytest.fixture(scope="module")
def pretrained(places):
    names = ("architecture", "epochs", "batch_size", "learning_rate", "seed")
    return train_autoencoder(
        places[0], places[0][:60], l1=0.0, **{name: OPTIONS[name] for name in names}
    )


@pytest.fixture(scope="module")
def dec(places):
    return train_dec(places[0], places[0][:60], **OPTIONS)


@pytest.fixture(scope="module")
def idec(places):
    return train_idec(places[0], places[0][:60], **OPTIONS)


@pytest.fixture(params=["dec", "idec"])
def clustered(request):
    return request.getfixturevalue(request.param)


def spread(codes):
    """Return the variance within three clusters as a share of all variance."""
    codes = codes.astype(np.float64)
    inertia = KMeans(3, n_init=5, random_state=0).fit(codes).inertia_
    return inertia / np.square(codes - codes.mean(axis=0)).sum()


def test_codes_gather_round_centres_that_are_the_classes(clustered, pretrained, places):
    X, y = places
    codes = encode(clustered.model, X)
    labels = KMeans(3, n_init=5, random_state=0).fit(codes).labels_

    assert spread(codes) < spread(encode(pretrained.model, X))
    assert clustering_accuracy(y, labels) > 0.95


def test_history_goes_on_from_the_pretraining(clustered):
    epochs = [entry["epoch"] for entry in clustered.history]
    moved = [entry["moved"] for entry in clustered.history[3:]]

    assert epochs == list(range(1, len(epochs) + 1))
    assert 4 <= len(epochs) <= 7
    assert all(0 <= share <= 1 for share in moved)
    assert clustered.metrics["moved"] == moved[-1]


def test_dec_leaves_the_decoder_alone_and_idec_does_not(dec, idec, pretrained):
    def last(result):
        return result.model.get_layer("reconstruction").get_weights()[0]

    np.testing.assert_array_equal(last(dec), last(pretrained))
    assert not np.array_equal(last(idec), last(pretrained))


@pytest.fixture
def epochs_run(places, tmp_path):
    """A function that trains with a checkpoint; returns the epochs that it ran, and the result."""

    def run(train, **options):
        seen = []
        options = OPTIONS | {"checkpoint": tmp_path / "training.npz"} | options
        result = train(
            places[0], places[0][:60], on_epoch=lambda entry: seen.append(entry["epoch"]), **options
        )
        return seen, result

    return run


def assert_same(one, other):
    values = [[{**entry, "wall_s": 0, "time": 0} for entry in r.history] for r in (one, other)]
    assert (values[0], one.metrics, one.seed) == (values[1], other.metrics, other.seed)
    for weight, again in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, again)


@pytest.mark.parametrize("method", ["dec", "idec"])
def test_clustering_epochs_go_on_to_the_weights_of_one_go(method, epochs_run, request):
    train, one_go = {"dec": train_dec, "idec": train_idec}[method], request.getfixturevalue(method)
    epochs = [entry["epoch"] for entry in one_go.history]
    first, _ = epochs_run(train, cluster_epochs=1)
    more, resumed = epochs_run(train)
    again, finished = epochs_run(train)

    assert (first, again) == ([1, 2, 3, 4], [])
    assert more == epochs[4:] != []
    assert_same(one_go, resumed)
    assert_same(one_go, finished)


def test_training_that_ended_since_few_images_moved_stays_ended(epochs_run, monkeypatch, caplog):
    monkeypatch.setattr("aecluster.autoencoder.deep_clustering._LEAST_MOVED", 1.01)
    with caplog.at_level(logging.INFO, "aecluster"):
        ended, first = epochs_run(train_idec)
    more, resumed = epochs_run(train_idec, cluster_epochs=50)

    assert (ended, more) == ([1, 2, 3, 4], [])
    assert caplog.messages[-1].endswith(" % moved: training ends")
    assert_same(first, resumed)


def test_another_clustering_keeps_the_pretraining_alone(epochs_run):
    epochs_run(train_idec, cluster_epochs=1)

    assert epochs_run(train_dec, cluster_epochs=1)[0] == [4]
    assert epochs_run(train_dec, cluster_epochs=1, n_clusters=4, epochs=4)[0] == [4, 5]


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_codes_that_overflow_are_one_line(places, monkeypatch):
    model = build_autoencoder(input_shape=(8, 8, 1), l1=0.0)
    untrained = TrainingResult(model, [], 0)
    monkeypatch.setattr(
        "aecluster.autoencoder.deep_clustering.train_autoencoder", lambda *_, **__: untrained
    )

    with pytest.raises(ValueError, match="all codes are the same or overflow after epoch 1; lower"):
        train_dec(places[0], **OPTIONS | {"learning_rate": 1e30})
