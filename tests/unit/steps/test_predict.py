import csv
import shutil
import tarfile

import numpy as np
import pytest
from PIL import Image

from aecluster.cli import main
from aecluster.clustering import nearest_centroids
from aecluster.errors import AeclusterError, DataError
from aecluster.records.record import read_record, write_record
from aecluster.steps.predict import images_at, images_in, placed
from aecluster.store import Store, read_clustering, write_clustering
from small_results import add_clustering, add_transform, write_small_results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_small_results(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def pictures(results, tmp_path_factory):
    """The first 30 stored images as PNG files, in two folders."""
    folder = tmp_path_factory.mktemp("pictures")
    with Store(results / "digits/pixels/store.h5") as store:
        for row, image in enumerate(store["test"].X[:30]):
            path = folder / ("a" if row < 20 else "b") / f"{row:02}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(image[..., 0]).save(path)
    return folder


def clustering(results, name):
    return results / "digits" / name / "test" / "k10-s0.h5"


def clusters(path, images):
    with placed(path, images) as found:
        return [cluster for _, cluster, _ in found.clusters()]


@pytest.mark.parametrize("name", ["pixels", "pca"])
def test_stored_images_get_their_stored_clusters_and_distances(name, results, pictures):
    path = clustering(results, name)
    with placed(path, images_at(pictures)) as found:
        rows = list(found.clusters())
        checked = found.n_checked, found.n_same
    with path.with_suffix(".csv").open(newline="") as file:
        stored = list(csv.DictReader(file))[:30]

    assert [row[0] for row in rows] == [
        f"{pictures}/{'a' if row < 20 else 'b'}/{row:02}.png" for row in range(30)
    ]
    assert [str(row[1]) for row in rows] == [row["cluster"] for row in stored]
    assert [row[2] for row in rows] == pytest.approx(
        [float(row["distance"]) for row in stored], rel=1e-5
    )
    assert checked == (200, 200)


def test_images_between_two_centroids_get_their_stored_clusters(results, tmp_path):
    shutil.copytree(results / "digits", tmp_path / "digits")
    rng = np.random.default_rng(0)
    rows, centroids = [], []
    # One pixel per pair of clusters, where the last of the left ones is as far from the right mean.
    for pixel in range(64):
        left = np.append(rng.integers(0, 40, 6), 40)
        right = np.full(7, 80 - left.mean())
        for values, is_right in ((left, False), (np.rint(right), True)):
            centroids.append(np.zeros(64))
            centroids[-1][pixel] = 100 + (right[0] if is_right else left.mean())
            rows.append(np.zeros((7, 64), np.uint8))
            rows[-1][:, pixel] = 100 + values
    X, centroids = np.concatenate(rows), np.stack(centroids)
    labels = nearest_centroids(X, centroids)
    with Store.create(
        tmp_path / "digits/pixels/store.h5",
        dataset="digits", representation="pixels", source_digest="",
    ) as store:  # fmt: skip
        store.add_split("test", [X.reshape(-1, 8, 8, 1)], n=len(X), scale=1 / 255)
    path = clustering(tmp_path, "pixels")
    of = {
        "dataset": "digits", "representation": "pixels", "split": "test", "k": 10, "seed": 0,
    }  # fmt: skip
    write_clustering(path, labels, centroids, of, scale=1 / 255)
    rounded = read_clustering(path)[1]

    assert clusters(path, images_in(X.reshape(-1, 8, 8))) == labels.tolist()
    # By the centroids as they are for everybody it would be others.
    by_rounded = nearest_centroids(np.float32(X) * np.float32(1 / 255), rounded.astype(float))
    assert np.sum(by_rounded != labels) > 5


def test_folders_files_archives_and_arrays_are_the_same_images(results, pictures, tmp_path):
    with tarfile.open(tmp_path / "pictures.tar.gz", "w:gz") as archive:
        archive.add(pictures, "pictures")
    with Store(results / "digits/pixels/store.h5") as store:
        X = store["test"].X[:30]
    path = clustering(results, "pca")
    expected = read_clustering(path)[0][:30].tolist()

    assert clusters(path, images_at(tmp_path / "pictures.tar.gz")) == expected
    assert clusters(path, images_at(*sorted(pictures.glob("*/*.png")))) == expected
    assert clusters(path, images_at(pictures / "a", pictures / "b")) == expected
    assert clusters(path, images_in(X)) == clusters(path, images_in(X[..., 0] / 255)) == expected


def test_other_sizes_and_colours_are_brought_to_the_stored_form(results, pictures, tmp_path):
    image = Image.open(pictures / "a" / "00.png")
    image.convert("RGB").resize((24, 24), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    path = clustering(results, "pixels")

    assert clusters(path, images_at(tmp_path)) == [read_clustering(path)[0][0]]


def test_representation_that_depends_on_the_images_beside_is_refused(results, tmp_path):
    (tmp_path / "own.py").write_text(
        "def embed(train, images, *, seed):\n    return images[::-1, :20].copy()\n"
    )
    made_by = "aecluster.transforms.function:call_function"
    keys = {"path": str(tmp_path / "own.py"), "function": "embed", "options": {}}
    add_transform(
        results, "mine", {"method": "function", "of": "pixels", "made_by": made_by} | keys
    )
    add_clustering(results, "mine", 0)

    with (
        pytest.raises(
            AeclusterError,
            match=r"mine/test/k10-s0.h5: only \d+ of 200 stored images get their stored cluster "
            "again, so that new ones cannot be placed: mine depends on which images come together",
        ),
        placed(clustering(results, "mine"), images_in(np.zeros((1, 8, 8)))),
    ):
        pass


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (lambda folder: images_at(folder / "nothing"), "nothing: no such file or folder, expected"),
        (lambda folder: images_at(folder), "no image files, expected PNG"),
        (lambda folder: images_in(np.zeros((3, 8))), r"found an array of shape \(3, 8\)"),
        (lambda folder: images_in(np.full((1, 8, 8), 2.0)), r"expected float64 in 0\.\.1"),
    ],
)
def test_what_is_no_image_is_told_in_one_line(images, message, results, tmp_path):
    with pytest.raises(DataError, match=message) as error:
        clusters(clustering(results, "pixels"), images(tmp_path))

    assert "\n" not in str(error.value)


def test_command_writes_a_table_whole_or_not_at_all(results, pictures, tmp_path, capsys):
    path, output = str(clustering(results, "pixels")), tmp_path / "found.csv"
    codes = [main(["predict", path, str(pictures), "--output", str(output)])]
    printed = main(["predict", path, str(pictures / "a" / "00.png")]), capsys.readouterr().out
    (tmp_path / "bad.png").write_text("no image")
    codes.append(
        main(["predict", path, str(tmp_path / "bad.png"), "--output", str(tmp_path / "bad.csv")])
    )

    assert codes == [0, 1]
    lines = output.read_text().splitlines()
    assert (lines[0], len(lines)) == ("name,cluster,distance", 31)
    assert printed == (0, f"{lines[0]}\n{lines[1]}\n")
    assert "bad.png: cannot be read as an image" in capsys.readouterr().err
    assert not (tmp_path / "bad.csv").exists()


def test_new_images_are_scaled_as_the_stored_ones_were(results, tmp_path):
    store, record_path = (results / "digits/pixels" / name for name in ("store.h5", "store.json"))
    with Store(store) as opened:
        stored = opened["test"].X[:5, ..., 0].astype(float)
    for row, image in enumerate(stored):
        levels = np.rint(image / 255 * 4095).astype(np.uint16)
        Image.fromarray(levels).save(tmp_path / f"{row}.png")
    path = clustering(results, "pixels")
    record = read_record(record_path)
    limited = record.model_copy(update={"details": record.details | {"value_limits": [0, 4095]}})
    by_type = clusters(path, images_at(tmp_path))
    write_record(record_path, limited)
    by_limits = clusters(path, images_at(tmp_path))
    write_record(record_path, record)

    labels = read_clustering(path)[0][:5].tolist()
    assert by_limits == labels
    assert by_type != labels
