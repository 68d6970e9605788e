"""What a run would read, said before any run."""

import gzip

import numpy as np
import pytest
from PIL import Image

from aecluster.cli import main


@pytest.fixture
def pets(tmp_path):
    """Ten cats and ten dogs of 20 x 10 and 30 x 10 pixels, two of them copies, and more."""
    folder = tmp_path / "pets"
    rng = np.random.default_rng(0)
    for kind, width in (("cat", 20), ("$dog", 30)):
        (folder / kind).mkdir(parents=True)
        for number in range(10):
            pixels = rng.integers(5, 200, (10, width, 3)).astype(np.uint8)
            pixels[0, 0] = 5, 5, 199
            Image.fromarray(pixels).save(folder / kind / f"{number}.png")
    Image.open(folder / "cat" / "1.png").save(folder / "cat" / "copy.bmp")
    Image.open(folder / "cat" / "1.png").save(folder / "$dog" / "copy.bmp")
    (folder / "cat" / "bad.jpg").write_bytes(b"no image")
    (folder / "cat" / "@eaDir").mkdir()
    (folder / "cat" / "@eaDir" / "1.png").write_bytes(b"x")
    (folder / "README.txt").write_text("x")
    return folder


def test_check_says_what_a_run_would_read(pets, capsys):
    assert main(["check", str(pets)]) == 0

    lines = capsys.readouterr().out.splitlines()
    copied = [line for line in lines if line.startswith("copies")]
    assert lines[0] == f"{pets}: source images (guessed), 22 images"
    assert "2 classes: $dog 9, cat" in lines[1]
    assert "sizes: 2 different, sides of 10 to 30 pixels, 12 of 20 x 10" in lines
    assert "values: 5 to 199" in lines
    assert sum(int(line.split()[1]) for line in copied[:-1]) == 2
    assert copied[-1] == "copies: 2 of them are of another class than the original"
    assert "no splits: a part of 0.2 of the images is drawn as test" in lines
    assert "passed over: 1 file in folders @eaDir, such as cat/@eaDir/1.png" in lines
    assert "passed over: 1 file of the kind .txt, such as README.txt" in lines


def test_check_draws_ten_of_the_images(pets, tmp_path, capsys):
    sheet = tmp_path / "sheet.png"

    assert main(["check", str(pets), "--sheet", str(sheet)]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == str(sheet)
    width, height = Image.open(sheet).size
    assert 400 < width < 1000
    assert 200 < height < 600


def test_copies_across_splits_are_told(tmp_path, capsys):
    for split in ("train", "val"):
        (tmp_path / "p" / split / "cat").mkdir(parents=True)
        Image.new("L", (8, 8), 9).save(tmp_path / "p" / split / "cat" / "1.png")

    main(["check", str(tmp_path / "p")])

    assert (
        "copies: 1 images of test are exact copies of others in train, such as val/cat/1.png of "
        "train/cat/1.png"
    ) in capsys.readouterr().out.splitlines()


def test_check_reads_arrays_by_their_own_sizes_and_values(tmp_path, capsys):
    path = tmp_path / "arrays.npz"
    X = np.zeros((10, 6, 9), np.uint8)
    X[:, 0, 0] = np.arange(10) * 20
    X[9] = X[8]
    np.savez(path, X=X, y=np.arange(10) % 2)

    assert main(["check", str(path)]) == 0

    out = capsys.readouterr().out
    assert out.startswith(f"{path}: source arrays (guessed), 10 images\n")
    assert "sizes: all 9 x 6 pixels" in out
    assert "values: 0 to 160" in out
    assert "copies: 1 images" in out


def test_check_knows_a_data_set_by_its_files(tmp_path, capsys):
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3]) + bytes(range(18))
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 1])
    for prefix in ("train", "t10k"):
        (tmp_path / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (tmp_path / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))

    assert main(["check", str(tmp_path)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path}: source mnist (guessed), 4 images"
    assert lines[1] == "train: 2 images, 2 classes: 1 1, 7 1"


def test_check_ends_with_the_refusal_of_a_run(tmp_path, capsys):
    for name in ("train/1.png", "Train/1.png", "test/1.png"):
        (tmp_path / name).parent.mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name)

    assert main(["check", str(tmp_path)]) == 1

    error = capsys.readouterr().err
    assert error.startswith(f"aecluster: {tmp_path}: Train, train on top are one split")
    assert error.count("\n") == 1


def test_check_of_what_holds_no_images_says_what_is_there(tmp_path, capsys):
    (tmp_path / "notes.docx").write_bytes(b"x")

    assert main(["check", str(tmp_path)]) == 1

    assert f"{tmp_path}: found .docx, expected images" in capsys.readouterr().err
