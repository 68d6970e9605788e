"""Official layouts beside those for Python: CIFAR for C and MATLAB, kin of MNIST, Tiny ImageNet."""

import numpy as np
import pytest
import scipy.io
from PIL import Image

from aecluster.errors import DataError
from formats import pairs, read_pairs

RNG = np.random.default_rng(0)
N = 4
BATCHES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
IMAGES = RNG.integers(0, 256, (N * 6, 32, 32, 3)).astype(np.uint8)
ROWS = IMAGES.transpose(0, 3, 1, 2).reshape(N * 6, 3072)
FINE = np.arange(N * 6) % 100
COARSE = FINE // 5
TEN = [f"class {label}" for label in range(10)]
HUNDRED = [f"fine {label}" for label in range(100)]
TWENTY = [f"coarse {label}" for label in range(20)]


def read(path, source, split="all", **options):
    return read_pairs(path, source, split, **({"grayscale": False, "size": 32} | options))


def cell(names):
    return np.array(names, dtype=object)[:, None]


def write_binary(folder):
    for number, name in enumerate(BATCHES):
        rows = slice(number * N, (number + 1) * N)
        records = np.hstack([FINE[rows, None] % 10, ROWS[rows]]).astype(np.uint8)
        records.tofile(folder / f"{name}.bin")
    (folder / "batches.meta.txt").write_text("\n".join(TEN) + "\n\n")


def write_binary_100(folder):
    for name, rows in (("train", slice(0, 20)), ("test", slice(20, 24))):
        records = np.hstack([COARSE[rows, None], FINE[rows, None], ROWS[rows]]).astype(np.uint8)
        records.tofile(folder / f"{name}.bin")
    (folder / "fine_label_names.txt").write_text("\n".join(HUNDRED) + "\n")
    (folder / "coarse_label_names.txt").write_text("\n".join(TWENTY) + "\n")


def write_matlab(folder):
    for number, name in enumerate(BATCHES):
        rows = slice(number * N, (number + 1) * N)
        labels = (FINE[rows, None] % 10).astype(np.uint8)
        scipy.io.savemat(
            folder / f"{name}.mat", {"batch_label": name, "data": ROWS[rows], "labels": labels}
        )
    scipy.io.savemat(folder / "batches.meta.mat", {"label_names": cell(TEN)})


def write_matlab_100(folder):
    for name, rows in (("train", slice(0, 20)), ("test", slice(20, 24))):
        arrays = {"fine_labels": FINE[rows, None], "coarse_labels": COARSE[rows, None]}
        arrays = {name: values.astype(np.uint8) for name, values in arrays.items()}
        scipy.io.savemat(folder / f"{name}.mat", {"data": ROWS[rows]} | arrays)
    scipy.io.savemat(
        folder / "meta.mat", {"fine_label_names": cell(HUNDRED), "coarse_label_names": cell(TWENTY)}
    )


@pytest.mark.parametrize(
    ("write", "source", "names", "writer", "what"),
    [
        (write_binary, "cifar10", [TEN[y % 10] for y in FINE], "numpy", "CIFAR-10 for C"),
        (write_matlab, "cifar10", [TEN[y % 10] for y in FINE], "scipy", "CIFAR-10 for MATLAB"),
        (write_binary_100, "cifar100", [HUNDRED[y] for y in FINE], "numpy", "CIFAR-100 for C"),
        (write_matlab_100, "cifar100", [HUNDRED[y] for y in FINE], "scipy", "CIFAR-100, MATLAB"),
        (
            write_binary_100,
            "cifar100_coarse",
            [TWENTY[y] for y in COARSE],
            "numpy",
            "CIFAR-100 for C, superclasses",
        ),
        (
            write_matlab_100,
            "cifar100_coarse",
            [TWENTY[y] for y in COARSE],
            "scipy",
            "CIFAR-100 for MATLAB, superclasses",
        ),
    ],
)
def test_archives_for_c_and_matlab_are_read(
    tmp_path, write, source, names, writer, what, format_row
):
    write(tmp_path)

    assert read(tmp_path, source) == pairs(IMAGES, names)
    test = slice(20, 24)
    assert read(tmp_path, source, "test") == pairs(IMAGES[test], names[test])
    format_row(writer, f"the layout of {what}", "exactly")


@pytest.mark.parametrize(
    ("write", "name", "change", "expected"),
    [
        (write_binary, "test_batch.bin", lambda c: c[:-1], "expected a multiple of 3,073"),
        (write_binary, "test_batch.bin", lambda c: b"\x0b" + c[1:], "label 11, expected integers"),
        (write_matlab, "test_batch.mat", lambda c: c[:300], "test_batch.mat"),
        (write_matlab, "batches.meta.mat", lambda c: c[:200], "batches.meta.mat: cut short"),
    ],
)
def test_damaged_archives_for_c_and_matlab_are_refused(tmp_path, write, name, change, expected):
    write(tmp_path)
    (tmp_path / name).write_bytes(change((tmp_path / name).read_bytes()))

    with pytest.raises(DataError) as error:
        read(tmp_path, "cifar10")

    assert expected in str(error.value)


# --- kin of MNIST ---

DIGITS = RNG.integers(0, 256, (20, 28, 28)).astype(np.uint8)
TRAIN, TEST = slice(12), slice(12, 20)


def write_idx(folder, images, labels, called):
    """Write the four files; `called` makes a name of split, what it holds and how."""
    idx2numpy = pytest.importorskip("idx2numpy")
    for split, rows in (("train", TRAIN), ("test", TEST)):
        for what, values in (("images", images[rows]), ("labels", labels[rows])):
            (folder / called(split, what)).write_bytes(idx2numpy.convert_to_string(values))


def test_kmnist_has_its_names(tmp_path, format_row):
    labels = (np.arange(20) % 10).astype(np.uint8)
    kinds = {"images": "images-idx3-ubyte", "labels": "labels-idx1-ubyte"}
    words = {"train": "train", "test": "t10k"}
    write_idx(tmp_path, DIGITS, labels, lambda split, what: f"{words[split]}-{kinds[what]}")

    found = read(tmp_path, "kmnist", size=28)

    assert found == pairs(DIGITS, ["おきすつなはまやれを"[label] for label in labels])
    format_row("idx2numpy", "the layout of KMNIST", "exactly")


@pytest.mark.parametrize(
    ("choice", "first", "names"),
    [
        ("letters", 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("digits", 0, "0123456789"),
        ("balanced", 0, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
    ],
)
def test_emnist_is_turned_back_and_has_its_names(tmp_path, choice, first, names, format_row):
    labels = np.arange(20) % len(names)
    kinds = {"images": "images-idx3-ubyte", "labels": "labels-idx1-ubyte"}
    write_idx(
        tmp_path,
        DIGITS.transpose(0, 2, 1),
        (labels + first).astype(np.uint8),
        lambda split, what: f"emnist-{choice}-{split}-{kinds[what]}",
    )

    found = read(tmp_path, "emnist", size=28)

    assert found == pairs(DIGITS, [names[label] for label in labels])
    format_row("idx2numpy", f"the layout of EMNIST {choice}, stored transposed", "exactly")


def test_several_choices_of_emnist_are_refused(tmp_path):
    for choice in ("letters", "digits"):
        (tmp_path / f"emnist-{choice}-train-images-idx3-ubyte").touch()

    with pytest.raises(DataError, match="digits, letters of EMNIST, expected the four files of"):
        read(tmp_path, "emnist")


def test_qmnist_is_read_by_the_first_of_its_labels(tmp_path, format_row):
    labels = RNG.integers(0, 1000, (20, 8)).astype(np.int32)
    labels[:, 0] = np.arange(20) % 10
    kinds = {"images": "images-idx3-ubyte", "labels": "labels-idx2-int"}
    write_idx(tmp_path, DIGITS, labels, lambda split, what: f"qmnist-{split}-{kinds[what]}")

    found = read(tmp_path, "qmnist", size=28)

    assert found == pairs(DIGITS, [str(label) for label in labels[:, 0]])
    format_row("idx2numpy", "the layout of QMNIST", "exactly")


# --- Tiny ImageNet ---


@pytest.fixture
def tiny(tmp_path):
    root = tmp_path / "tiny-imagenet-200"
    images = RNG.integers(0, 256, (12, 64, 64, 3)).astype(np.uint8)
    classes = ["n01", "n02", "n03"]
    rows = []
    for number, image in enumerate(images):
        of = classes[number % 3]
        if number < 6:
            path = root / "train" / of / "images" / f"{of}_{number}.JPEG"
        else:
            path = root / "val" / "images" / f"val_{number}.JPEG"
            rows.append(f"val_{number}.JPEG\t{of}\t0\t0\t1\t1")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, "PNG")
    (root / "test" / "images").mkdir(parents=True)
    Image.fromarray(images[0]).save(root / "test" / "images" / "test_0.JPEG", "PNG")
    (root / "val" / "val_annotations.txt").write_text("\n".join(rows) + "\n")
    (root / "words.txt").write_text("n01\tgoldfish, Carassius auratus\nn02\tcrane\nn03\tcrane\n")
    return tmp_path, images


def test_tiny_imagenet_takes_val_by_its_annotations(tiny, format_row):
    path, images = tiny
    names = ["goldfish", "crane (n02)", "crane (n03)"] * 4

    assert read(path, "tiny_imagenet", "train", size=64) == pairs(images[:6], names[:6])
    assert read(path, "tiny_imagenet", "test", size=64) == pairs(images[6:], names[6:])
    format_row("Pillow", "the layout of Tiny ImageNet", "exactly; val is test by its annotations")


def test_tiny_imagenet_without_annotations_is_refused(tiny):
    path, _ = tiny
    (path / "tiny-imagenet-200" / "val" / "val_annotations.txt").unlink()

    with pytest.raises(DataError, match=r"val_annotations\.txt not in it"):
        read(path, "tiny_imagenet")
