"""Additions that touch the places of CONTRIBUTING.md and no other: the workflow does the rest."""

import re
from pathlib import Path

import numpy as np
import pytest

from aecluster.store import Store
from project import ON_ONE_THREAD, ROOT, Project

pytestmark = pytest.mark.workflow

# What is added to the end of each file; a file that is not there is new.
TRANSFORM = {
    "src/aecluster/transforms/first_values.py": '''
"""The first values of every row."""

from aecluster.transforms.vectors import apply


def first_values(base, *, n_values, seed):
    """Keep the first values."""
    return apply(lambda block: block[:, :n_values], base)
''',
    "src/aecluster/config/methods/transformed.py": '''

class FirstValues(Derived):
    """The first values of every row."""

    method: Literal["first_values"] = method("`first_values`: never.")
    n_values: int = key(4, ge=1, effect="How many values.", choose="A few.")


TRANSFORMED.append(
    Method(
        label="First values",
        reference="This test.",
        keys=FirstValues,
        stage="transform",
        made_by="aecluster.transforms.first_values:first_values",
    )
)
''',
}
CLUSTERER = {
    "src/aecluster/clusterers/alternating.py": '''
"""Every k-th row together."""

import numpy as np

from aecluster.clusterers.partition import Partition


def alternating(X, *, start, k):
    """Give cluster after cluster to the rows."""
    return Partition((np.arange(len(X)) + start) % k)
''',
    "src/aecluster/config/clusterers/listed.py": '''

class Alternating(Keys):
    """Every k-th row."""

    method: Literal["alternating"] = _method("`alternating`: never.")
    start: int = key(0, ge=0, effect="The first one's cluster.", choose="Any.")


LISTED.append(
    Clusterer(
        label="Alternating",
        reference="This test.",
        keys=Alternating,
        made_by="aecluster.clusterers.alternating:alternating",
        traits_of=lambda keys: Traits(is_random=False),
    )
)
''',
}
TRAINED = {
    "src/aecluster/autoencoder/brightness.py": '''
"""A network of one value per image, which learns nothing."""

import time
from types import SimpleNamespace


def train_brightness(train, test, *, epochs, seed, on_epoch, **_):
    """Build the network, and say how bright the images are."""
    import keras

    images = keras.Input(train.shape[1:])
    code = keras.layers.GlobalAveragePooling2D(name="code")(images)
    history = []
    for epoch in range(1, epochs + 1):
        value = float(train.mean() / 255)
        history.append({"epoch": epoch, "brightness": value, "wall_s": 0.0, "time": time.time()})
        on_epoch(history[-1])
    return SimpleNamespace(
        model=keras.Model(images, code), history=history, seed=seed, metrics={"epoch": epochs}
    )
''',
    "src/aecluster/config/methods/trained.py": '''

class Brightness(Gridded):
    """The mean brightness of an image."""

    method: Literal["brightness"] = method("`brightness`: never.")
    epochs: int = epochs()


TRAINED.append(
    Method(
        label="Brightness",
        reference="This test.",
        keys=Brightness,
        stage="train",
        made_by="aecluster.autoencoder.brightness:train_brightness",
    )
)
''',
}
ARCHITECTURE = {
    "src/aecluster/autoencoder/architectures.py": """

def _pooled(input_shape, l1, output_activation):
    import keras

    images = keras.Input(input_shape, name="images")
    code = keras.layers.AveragePooling2D(4, name="code")(images)
    x = keras.layers.UpSampling2D(4)(code)
    x = keras.layers.Conv2D(input_shape[-1], 1, activation=output_activation)(x)
    return keras.Model(images, x, name="pooled_autoencoder")


ARCHITECTURES["pooled"] = Architecture(
    label="Pooled", description="A mean per 4 x 4 pixels.", reference="This test.", side_divisor=4,
    builder=_pooled,
)
""",
}
SOURCE = {
    "src/aecluster/data/readers/stripes.py": '''
"""Stripes: lying ones and standing ones."""

from contextlib import contextmanager

import numpy as np

from aecluster.data.readers.base import Dataset, ImageSplit


@contextmanager
def open_stripes(request):
    """Make stripes."""
    rng, y = np.random.default_rng(0), np.arange(60) % 2
    rows = rng.integers(0, 256, (60, request.form.size, 1, 1), dtype=np.uint8)
    lying = np.broadcast_to(rows, (60, request.form.size, request.form.size, 1))
    images = np.where(y[:, None, None, None] == 1, lying, lying.transpose(0, 2, 1, 3))
    splits = {
        name: ImageSplit(len(part), lambda part=part: [images[part]], y[part])
        for name, part in request.split(len(images), y).items()
    }
    yield Dataset(splits, ("standing", "lying"), "stripes")
''',
    "src/aecluster/data/sources.py": """

SOURCES["stripes"] = Source(
    label="Stripes", description="60 gray images of stripes.", files="none: made when asked for",
    reader="aecluster.data.readers.stripes:open_stripes", path="none",
)
""",
}
ADDITIONS = {
    "a transform": TRANSFORM,
    "a clusterer": CLUSTERER,
    "a trained method": TRAINED,
    "an architecture": ARCHITECTURE,
    "a source of images": SOURCE,
}
EXPERIMENT = {
    "experiment": "additions",
    "dataset": [
        {"name": "stripes", "source": "stripes", "size": 8},
        {"name": "digits", "source": "digits", "size": 8},
    ],
    "representations": {
        "pixels": {"method": "pixels"},
        "first": {"method": "first_values", "n_values": 3},
        "bright": {"method": "brightness", "epochs": 2},
        "pooled": {"method": "autoencoder", "architecture": "pooled", "epochs": 1},
    },
    "clustering": {"k": [2]},
    "clusterers": {"turns": {"method": "alternating", "start": 1, "of": ["pixels"]}},
    "seeds": [0],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project with all additions, in which what they make was made."""
    project = Project.create(tmp_path_factory.mktemp("additions") / "project", EXPERIMENT)
    for files in ADDITIONS.values():
        for name, text in files.items():
            with (project.folder / name).open("a") as file:
                file.write(text if file.tell() else text.lstrip())
    made = [
        "stripes/first/s0/store.h5",
        "stripes/bright/s0/store.h5",
        "stripes/pooled/s0/model.json",
        "stripes/pixels/test/turns-k2-s0.scores.json",
    ]
    project.make(*ON_ONE_THREAD, *(f"results/{name}" for name in [*made, "digits/pixels/store.h5"]))
    return project


def vectors(project, representation):
    path = project.folder / "results" / "stripes" / representation / "store.h5"
    with Store(path) as store:
        return store["test"].matrix()


@pytest.mark.parametrize("kind", ADDITIONS)
def test_contributing_names_as_many_places_as_an_addition_touches(kind):
    page = (ROOT / "CONTRIBUTING.md").read_text()
    row = re.search(rf"^\| {kind} \| (\d+) \| (.*) \|$", page, re.MULTILINE)

    assert int(row[1]) == len(ADDITIONS[kind])
    for name in ADDITIONS[kind]:
        folder = Path(name).parent
        assert f"]({name})" in row[2] or f"]({folder}/" in row[2], name


def test_source_is_read_by_its_reader(project):
    details = project.record("results/stripes/pixels/store.json")["details"]

    assert details["n"] == {"train": 48, "test": 12}
    assert details["class_names"] == ["standing", "lying"]


def test_transform_makes_a_store(project):
    np.testing.assert_array_equal(vectors(project, "first/s0"), vectors(project, "pixels")[:, :3])


def test_clusterer_clusters_and_is_scored(project):
    made = project.record("results/stripes/pixels/test/turns-k2-s0.json")
    scored = project.record("results/stripes/pixels/test/turns-k2-s0.scores.json")

    assert made["metrics"] == {"n_clusters": 2, "n_noise": 0}
    assert made["details"]["cluster_sizes"] == [6, 6]
    assert scored["metrics"]["balance"] == 1


def test_trained_method_makes_a_store_and_its_curve_is_recorded(project):
    record = project.record("results/stripes/bright/s0/model.json")
    curve = [point["step"] for point in record["curves"]["brightness"]]

    assert curve == [1, 2]
    np.testing.assert_allclose(
        vectors(project, "bright/s0")[:, 0], vectors(project, "pixels").mean(axis=1), rtol=1e-5
    )


def test_architecture_is_trained(project):
    layers = project.record("results/stripes/pooled/s0/model.json")["details"]["layers"]

    assert [layer["type"] for layer in layers] == [
        "InputLayer", "AveragePooling2D", "UpSampling2D", "Conv2D"
    ]  # fmt: skip


@pytest.mark.parametrize("document", ["schema", "manual"])
def test_schema_and_manual_name_what_is_added(project, document):
    written = project.run(document, program="aecluster").stdout

    for word in ("first_values", "brightness", "pooled", "stripes", "alternating"):
        assert word in written


def test_mistaken_key_of_an_added_method_is_told_as_of_any_other(project):
    representations = {"first": {"method": "first_values", "n_value": 3}}
    bad = EXPERIMENT | {"representations": representations, "clusterers": {}}
    name = project.write(bad, "bad.yaml")

    failed = project.run("--dry-run", "--configfile", name)

    assert f"{name}: representations.first.n_value: unknown key" in failed.stderr
    assert "did you mean 'n_values'?" in failed.stderr


def test_change_of_a_reader_reads_its_own_data_sets_anew_and_no_others(project, tmp_path):
    changed = project.copy(tmp_path / "changed")
    changed.change("src/aecluster/data/readers/stripes.py", "default_rng(0)", "default_rng(1)")

    own, other = (
        changed.schedule("--no-hooks", f"results/{name}/pixels/store.h5").rules
        for name in ("stripes", "digits")
    )

    assert (own, other) == ({"preprocess": 1}, {})
