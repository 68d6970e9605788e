import h5py
import numpy as np
import pytest
from PIL import Image

from aecluster.cli import main
from aecluster.store import Store, write_clustering

DIGEST = "ab" * 32


@pytest.fixture
def store(tmp_path):
    """Two cats, red and green, and no dog; one test image without a label."""
    path = tmp_path / "store.h5"
    images = np.zeros((2, 8, 8, 3), np.uint8)
    images[0, ..., 0] = images[1, ..., 1] = 255
    with Store.create(path, dataset="pets", representation="pixels", source_digest=DIGEST) as new:
        labels = {"y": np.zeros(2, int), "class_names": ["cat", "dog"]}
        files = ["cat/1.png", "cat/2.png"]
        new.add_split("train", [images], n=2, **labels, names=files, scale=1 / 255)
        new.add_split("test", [images[:1]], n=1, scale=1 / 255)
    return path


def test_show_says_what_a_store_holds(store, capsys):
    assert main(["show", str(store)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{store}: pixels of pets, format version 1",
        f"source: sha256 {DIGEST}",
        "train: 2 of 8 x 8 x 3, uint8",
        "  cat        2",
        "  dog        0",
        "  names from cat/1.png to cat/2.png",
        "test: 1 of 8 x 8 x 3, uint8",
        "  no labels",
        "  no names",
        "values: 0 to 255",
    ]


def test_sheet_shows_the_images(store, tmp_path, capsys):
    picture = tmp_path / "sheet.png"

    assert main(["sheet", str(store), str(picture)]) == 0

    assert capsys.readouterr().out == f"{picture}\n"
    colours = np.asarray(Image.open(picture).convert("RGB")).reshape(-1, 3)
    # 8 pixels are enlarged twelvefold.
    for colour in ([255, 0, 0], [0, 255, 0]):
        assert (colours == colour).all(axis=1).sum() == 96**2


@pytest.mark.parametrize("command", [["show"], ["sheet"]])
def test_damaged_store_is_refused_in_one_line(store, tmp_path, capsys, command):
    content = store.read_bytes()
    store.write_bytes(content[: len(content) // 2])
    picture = tmp_path / "sheet.png"

    assert main([*command, str(store), *[str(picture)] * (command == ["sheet"])]) == 1

    error = capsys.readouterr().err
    assert error.startswith(f"aecluster: {store}: cut short or not HDF5, expected a store")
    assert error.count("\n") == 1
    assert not picture.exists()


def test_sheet_of_vectors_is_refused_in_one_line(tmp_path, capsys):
    path = tmp_path / "store.h5"
    with Store.create(path, dataset="pets", representation="ae", source_digest="0") as new:
        new.add_split("train", [np.zeros((3, 64), np.float32)], n=3)

    assert main(["sheet", str(path), str(tmp_path / "sheet.png")]) == 1

    assert capsys.readouterr().err == (
        f"aecluster: {path}: the vectors of ae, expected images: those of "
        "results/pets/pixels/store.h5\n"
    )


def test_images_without_a_label_are_counted_and_drawn_apart(tmp_path, capsys):
    path = tmp_path / "store.h5"
    with Store.create(path, dataset="pets", representation="pixels", source_digest=DIGEST) as new:
        y = np.array([0, -1, 0, -1, -1])
        images = np.arange(5 * 64, dtype=np.uint8).reshape(5, 8, 8, 1)
        new.add_split("train", [images], n=5, y=y, class_names=["cat"], scale=1 / 255)

    assert main(["show", str(path)]) == 0
    assert main(["sheet", str(path), str(tmp_path / "s.png")]) == 0

    assert "  cat               2\n  (no label)        3\n" in capsys.readouterr().out
    assert (tmp_path / "s.png").exists()


@pytest.fixture
def clustering(tmp_path):
    path = tmp_path / "k3-s0.h5"
    write_clustering(path, np.array([0, 0, 1, 0]), np.zeros((3, 64)))
    return path


def test_show_of_a_clustering_says_its_sizes(clustering, capsys):
    assert main(["show", str(clustering)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{clustering}: 4 rows in 3 clusters, centroids of 64 values",
        "  0        3  75.0%",
        "  1        1  25.0%",
        "  2        0  0.0%",
        f"scores: none beside it, expected {clustering.with_suffix('.scores.json')}",
    ]


def test_sheet_of_a_clustering_that_does_not_say_what_it_is_of_is_one_line(
    clustering, tmp_path, capsys
):
    assert main(["sheet", str(clustering), str(tmp_path / "sheet.png")]) == 1

    assert capsys.readouterr().err == (
        f"aecluster: {clustering}: does not say dataset, representation, split, k, seed, expected "
        "a clustering with these attributes\n"
    )


def test_file_of_another_program_is_one_line(tmp_path, capsys):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file.attrs["format_version"] = 1

    assert main(["show", str(path)]) == 1
    assert main(["sheet", str(path), str(tmp_path / "sheet.png")]) == 1

    assert capsys.readouterr().err.count("\n") == 2


def test_sheet_of_a_thousand_classes_shows_some_and_says_of_how_many(tmp_path, capsys):
    path, picture = tmp_path / "store.h5", tmp_path / "sheet.png"
    images = np.zeros((2000, 8, 8, 1), np.uint8)
    names = [f"class {number} {'with a very long name' * 20}" for number in range(1000)]
    with Store.create(path, dataset="pets", representation="pixels", source_digest="0") as new:
        new.add_split("train", [images], n=2000, y=np.arange(2000) % 1000, class_names=names)

    assert main(["sheet", str(path), str(picture)]) == 0

    width, height = Image.open(picture).size
    assert width < 3000
    assert height < 5000
