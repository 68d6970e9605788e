"""Arrays of any order of axes, in files of every kind, by their real writers."""

import gzip
import logging
import subprocess
import sys

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from aecluster.errors import DataError
from formats import pairs, read_pairs

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (20, 8, 8)).astype(np.uint8)
WIDE = RNG.integers(0, 256, (20, 6, 8)).astype(np.uint8)
COLOUR = RNG.integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
Y = np.arange(20) % 3
NAMES = [str(label) for label in Y]


def turned(images, axes):
    return images.transpose(["nhwc".index(axis) for axis in axes])


def write_matlab_5(path, arrays):
    scipy.io.savemat(path, arrays, do_compression=True)


def write_matlab_7(path, arrays):
    hdf5storage = pytest.importorskip("hdf5storage")
    hdf5storage.savemat(str(path), arrays, format="7.3")


def write_npz(path, arrays):
    np.savez(path, **arrays)


def write_hdf5(path, arrays):
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values, chunks=True)


KINDS = {
    "scipy": ("a.mat", write_matlab_5, "MATLAB 5"),
    "hdf5storage": ("b.mat", write_matlab_7, "MATLAB 7.3"),
    "numpy": ("a.npz", write_npz, ".npz"),
    "h5py": ("a.h5", write_hdf5, "HDF5"),
}


@pytest.mark.parametrize("writer", KINDS)
@pytest.mark.parametrize(
    ("images", "axes"), [(GRAY, "hwn"), (COLOUR, "hwcn"), (COLOUR, "nchw"), (GRAY, "nhw")]
)
def test_axes_are_turned_back_by_the_number_of_labels(tmp_path, writer, images, axes, format_row):
    name, write, kind = KINDS[writer]
    write(tmp_path / name, {"X": turned(images, axes), "y": Y[None]})

    found = read_pairs(tmp_path / name, "arrays", grayscale=False)

    assert found == pairs(images, NAMES)
    format_row(writer, f"{kind} with X [{', '.join(axes)}] and y [1, n]", "exactly")


@pytest.mark.parametrize("writer", ["scipy", "hdf5storage"])
@pytest.mark.parametrize(
    ("images", "what"),
    [(GRAY / 255, "double, 0 to 1"), (GRAY > 99, "logical"), (GRAY.astype(float) // 128, "double")],
)
def test_matlab_numbers_are_of_the_type_that_they_are_meant_to_be(
    tmp_path, writer, images, what, format_row
):
    name, write, kind = KINDS[writer]
    write(tmp_path / name, {"X": turned(images, "hwn"), "y": Y[:, None].astype(float)})

    found = read_pairs(tmp_path / name, "arrays")

    assert found == pairs(np.rint(images * 255.0).astype(np.uint8), NAMES)
    if what != "double":
        format_row(writer, f"{kind} of {what}", "exactly")


@pytest.mark.parametrize(
    ("shape", "readings"),
    [
        ((8, 6, 20), "8 images of 6 x 20 (nhw) or 20 images of 8 x 6 (hwn)"),
        ((20, 6, 8), "20 images of 6 x 8 (nhw) or 8 images of 20 x 6 (hwn)"),
        ((8, 8, 8), "8 images of 8 x 8 (nhw) or 8 images of 8 x 8 (hwn)"),
        ((9, 9, 3), "3 images of 9 x 9 (hwn) or one image [h, w, c]"),
        ((9, 3, 3, 9), "9 images of 3 x 9 (nchw) or 9 images of 9 x 3 (hwcn)"),
    ],
)
def test_axes_that_may_be_read_in_two_ways_are_refused(tmp_path, shape, readings, format_row):
    np.save(tmp_path / "a.npy", np.zeros(shape, np.uint8))

    with pytest.raises(DataError) as error:
        read_pairs(tmp_path / "a.npy", "arrays")

    expected = f"X of shape {shape}, which may be {readings}, expected dataset.axes to say it"
    assert str(error.value).endswith(expected)
    if shape == (8, 6, 20):
        format_row("numpy", ".npy of shape [8, 6, 20], no labels", "refused: `axes` nhw or hwn")


@pytest.mark.parametrize("axes", ["nhw", "hwn", "hnw", "nwh"])
def test_the_key_axes_says_how_to_read(tmp_path, axes, format_row):
    np.save(tmp_path / "a.npy", turned(WIDE[:, :, :6], axes))

    found = read_pairs(tmp_path / "a.npy", "arrays", axes=axes, size=6)

    assert found == pairs(WIDE[:, :, :6])
    format_row("numpy", f".npy with axes [{', '.join(axes)}], `axes: {axes}`", "exactly")


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ("nhwc", "X of shape (20, 6, 8), expected the axes nhwc with 1 or 3 channels"),
        ("nhh", "axes: found 'nhh', expected n (images), h (height), w (width) and c"),
    ],
)
def test_axes_that_cannot_be_are_refused(tmp_path, axes, expected):
    np.save(tmp_path / "a.npy", WIDE)

    with pytest.raises(DataError, match="axes") as error:
        read_pairs(tmp_path / "a.npy", "arrays", axes=axes)

    assert expected in str(error.value)


@pytest.mark.parametrize("images", [GRAY, COLOUR])
def test_square_images_without_labels_are_told_by_being_square(tmp_path, images, format_row):
    np.savez(tmp_path / "a.npz", X=np.moveaxis(images, 0, -1))

    found = read_pairs(tmp_path / "a.npz", "arrays", grayscale=False)

    assert found == pairs(images)
    shape = "[8, 8, 3, 20]" if images.ndim == 4 else "[8, 8, 20]"
    format_row("numpy", f".npz with X {shape}, no labels", "exactly")


def test_fortran_order_is_read(tmp_path, format_row):
    np.savez(tmp_path / "a.npz", X=np.asfortranarray(COLOUR), y=Y)

    found = read_pairs(tmp_path / "a.npz", "arrays", grayscale=False)

    assert found == pairs(COLOUR, NAMES)
    format_row("numpy", ".npz in Fortran order", "exactly")


# --- pairs of files ---


@pytest.mark.parametrize(
    ("images", "labels", "what"),
    [
        ("cifar10.1_v6_data.npy", "cifar10.1_v6_labels.npy", "CIFAR-10.1"),
        ("gaussian_noise.npy", "labels.npy", "CIFAR-10-C"),
        ("X_all.npy", "y_all.npy", "X_all.npy and y_all.npy"),
    ],
)
def test_labels_beside_an_npy_file_are_read_with_it(tmp_path, images, labels, what, format_row):
    np.save(tmp_path / images, COLOUR)
    np.save(tmp_path / labels, Y)

    found = read_pairs(tmp_path / images, "arrays", grayscale=False)

    assert found == pairs(COLOUR, NAMES)
    format_row("numpy", f"`.npy` pair as in {what}", "exactly")


def test_a_folder_of_npy_files_has_the_splits(tmp_path, format_row):
    for name, values in {"X_train": GRAY[:12], "X_test": GRAY[12:]}.items():
        np.save(tmp_path / f"{name}.npy", values)
    np.save(tmp_path / "y_train.npy", Y[:12])
    np.save(tmp_path / "y_test.npy", Y[12:])

    assert read_pairs(tmp_path, "arrays", "test") == pairs(GRAY[12:], NAMES[12:])
    format_row("numpy", "folder of `X_train.npy`, `y_train.npy`, `X_test.npy`, …", "exactly")


@pytest.mark.parametrize("packed", [False, True])
def test_a_single_idx_file_is_read_with_its_labels(tmp_path, packed, format_row):
    idx2numpy = pytest.importorskip("idx2numpy")
    suffix = ".gz" if packed else ""
    for name, values in (("images-idx3", GRAY), ("labels-idx1", Y.astype(np.uint8))):
        content = idx2numpy.convert_to_string(values)
        path = tmp_path / f"letters-{name}-ubyte{suffix}"
        path.write_bytes(gzip.compress(content) if packed else content)

    found = read_pairs(tmp_path / f"letters-images-idx3-ubyte{suffix}", "arrays")

    assert found == pairs(GRAY, NAMES)
    format_row("idx2numpy", f"one IDX file{', gzipped' * packed}, labels beside it", "exactly")


@pytest.mark.parametrize(("dtype", "scale"), [(np.float32, "max:255"), (np.int32, "dtype")])
def test_idx_files_of_wider_numbers_are_read(tmp_path, dtype, scale, format_row):
    idx2numpy = pytest.importorskip("idx2numpy")
    path = tmp_path / "images.idx"
    path.write_bytes(idx2numpy.convert_to_string(GRAY.astype(dtype)))

    assert read_pairs(path, "arrays", scale=scale) == pairs(GRAY)
    format_row("idx2numpy", f"IDX of {np.dtype(dtype)}; `scale: {scale}`", "exactly")


# --- names of arrays ---


def test_medmnist_keys_are_known_and_val_joins_train(tmp_path, caplog, format_row):
    arrays = {}
    for split, rows in (("train", slice(12)), ("val", slice(12, 16)), ("test", slice(16, 20))):
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = COLOUR[rows], Y[rows, None]
    np.savez_compressed(tmp_path / "bloodmnist.npz", **arrays)

    with caplog.at_level(logging.INFO):
        train = read_pairs(tmp_path / "bloodmnist.npz", "arrays", "train", grayscale=False)
        test = read_pairs(tmp_path / "bloodmnist.npz", "arrays", "test", grayscale=False)

    assert train == pairs(COLOUR[:16], NAMES[:16])
    assert test == pairs(COLOUR[16:], NAMES[16:])
    assert "val joins train" in caplog.text
    format_row(
        "numpy", ".npz of MedMNIST: `train_images`, `val_labels`, …", "exactly; val joins train"
    )


@pytest.mark.parametrize(
    ("x", "y"), [("images", "labels"), ("data", "targets"), ("image", "label"), ("Images", "Y")]
)
def test_usual_names_of_arrays_are_known(tmp_path, x, y, format_row):
    np.savez(tmp_path / "a.npz", **{x: GRAY, y: Y})

    assert read_pairs(tmp_path / "a.npz", "arrays") == pairs(GRAY, NAMES)
    format_row("numpy", f".npz with `{x}` and `{y}`", "exactly")


def test_val_is_test_where_there_is_no_other(tmp_path):
    np.savez(tmp_path / "a.npz", X_train=GRAY[:12], X_val=GRAY[12:])

    assert read_pairs(tmp_path / "a.npz", "arrays", "test") == pairs(GRAY[12:])


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"images": GRAY}, "X and images, expected one array of images in all"),
        ({"X_val": GRAY}, "expected X_train and X_test, or X"),
    ],
)
def test_images_that_are_there_twice_are_refused(tmp_path, extra, expected):
    np.savez(tmp_path / "a.npz", X=GRAY, **extra)

    with pytest.raises(DataError, match=r"a\.npz") as error:
        read_pairs(tmp_path / "a.npz", "arrays")

    assert expected.lower() in str(error.value).lower()


# --- labels ---


@pytest.mark.parametrize(
    ("labels", "classes", "what"),
    [
        (np.where(Y == 2, -1, Y), ["0", "1", None], "-1"),
        (np.array(["cat", "dog", ""])[Y], ["cat", "dog", None], "an empty text"),
        (np.array([0, 1, np.nan])[Y], ["0", "1", None], "NaN"),
        (np.array([b"cat", b"dog", b"emu"])[Y], ["cat", "dog", "emu"], None),
    ],
)
@pytest.mark.parametrize("writer", ["numpy", "h5py"])
def test_labels_are_text_numbers_or_none(tmp_path, labels, classes, what, writer, format_row):
    name, write, kind = KINDS[writer]
    is_text = labels.dtype.kind == "U" and writer == "h5py"
    arrays = {"X": GRAY, "y": labels.astype(object) if is_text else labels}
    write(tmp_path / name, arrays)

    found = read_pairs(tmp_path / name, "arrays")

    assert found == pairs(GRAY, [classes[label] for label in Y])
    if what:
        format_row(writer, f"{kind} with {what} among the labels", "exactly; no label there")
    else:
        format_row(writer, f"{kind} with labels of bytes", "exactly; the names as text")


@pytest.mark.parametrize("writer", ["numpy", "h5py"])
def test_class_names_of_bytes_are_text(tmp_path, writer):
    name, write, _ = KINDS[writer]
    write(tmp_path / name, {"X": GRAY, "y": Y, "class_names": np.array([b"cat", b"dog", b"emu"])})

    found = read_pairs(tmp_path / name, "arrays")

    assert found == pairs(GRAY, [["cat", "dog", "emu"][label] for label in Y])


def test_labels_that_are_all_none_are_no_labels(tmp_path):
    np.savez(tmp_path / "a.npz", X=GRAY, y=np.full(20, -1))

    assert read_pairs(tmp_path / "a.npz", "arrays") == pairs(GRAY)


def test_labels_of_minus_and_plus_one_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", X=GRAY, y=np.where(Y == 0, -1, 1))

    with pytest.raises(DataError, match="labels -1 and 1, where -1 is no label"):
        read_pairs(tmp_path / "a.npz", "arrays")


# --- HDF5 that is more than a file ---


def test_values_in_other_files_are_refused(tmp_path, format_row):
    (tmp_path / "secret").write_bytes(GRAY.tobytes())
    with h5py.File(tmp_path / "external.h5", "w") as file:
        file.create_dataset(
            "X", GRAY.shape, "u1", external=[(str(tmp_path / "secret"), 0, GRAY.nbytes)]
        )
    layout = h5py.VirtualLayout(GRAY.shape, "u1")
    layout[:] = h5py.VirtualSource("missing.h5", "X", GRAY.shape)
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        file.create_virtual_dataset("X", layout)

    for kind, other in (("external", "secret"), ("virtual", "missing.h5")):
        with pytest.raises(DataError, match="takes its values from other files") as error:
            read_pairs(tmp_path / f"{kind}.h5", "arrays")

        assert other in str(error.value)
        assert "\n" not in str(error.value)
    format_row("h5py", "HDF5 with external storage", "refused")
    format_row("h5py", "HDF5 with a virtual dataset of another file", "refused")


def test_a_file_that_is_open_for_writing_is_said_to_be(tmp_path, format_row):
    write_hdf5(tmp_path / "a.h5", {"X": GRAY})
    writer = "import h5py, sys; file = h5py.File(sys.argv[1], 'a'); print(1, flush=True); input()"
    command = [sys.executable, "-c", writer, str(tmp_path / "a.h5")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        with pytest.raises(DataError) as error:
            read_pairs(tmp_path / "a.h5", "arrays")
        process.communicate("\n")

    expected = "a.h5: open for writing in another program, expected it closed"
    assert str(error.value).endswith(expected)
    format_row("h5py", "HDF5 that is open for writing", "refused: it is open elsewhere")


@pytest.mark.parametrize("writer", ["scipy", "hdf5storage"])
def test_cells_of_text_are_names_or_labels(tmp_path, writer, format_row):
    name, write, kind = KINDS[writer]
    names = np.array(["cat", "dog", "emü"], dtype=object)
    write(tmp_path / name, {"X": turned(GRAY, "hwn"), "y": Y[None], "class_names": names})
    named = read_pairs(tmp_path / name, "arrays")
    write(tmp_path / f"2{name}", {"X": turned(GRAY, "hwn"), "y": names[Y][:, None]})
    labelled = read_pairs(tmp_path / f"2{name}", "arrays")

    assert named == labelled == pairs(GRAY, names[Y].tolist())
    format_row(writer, f"{kind} with a cell of texts as labels or `class_names`", "exactly")


# --- damage ---


@pytest.mark.parametrize("name", ["a.mat", "b.mat", "a.npy", "a.idx", "f.npz"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_cut_files_are_refused(tmp_path, name, part):
    path = tmp_path / name
    turned_images = turned(GRAY, "hwn")
    match name:
        case "a.mat":
            write_matlab_5(path, {"X": turned_images})
        case "b.mat":
            write_matlab_7(path, {"X": turned_images})
        case "a.npy":
            np.save(path, turned_images)
        case "a.idx":
            path.write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 8, 0, 0, 0, 8]))
            path.write_bytes(path.read_bytes() + GRAY.tobytes())
        case "f.npz":
            np.savez(path, X=np.asfortranarray(GRAY))
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])

    with pytest.raises(DataError) as error:
        read_pairs(path, "arrays")

    assert "\n" not in str(error.value)


@settings(max_examples=50)
@given(st.data())
def test_damaged_files_never_raise_anything_else(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    name = data.draw(st.sampled_from(["a.mat", "a.npy", "f.npz"]))
    if name == "a.mat":
        scipy.io.savemat(folder / name, {"X": turned(GRAY, "hwn"), "y": Y, "c": cell_of("ab")})
    elif name == "a.npy":
        np.save(folder / name, turned(GRAY, "hwn"))
    else:
        np.savez(folder / name, X=np.asfortranarray(GRAY), y=Y)
    content = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content)
    try:
        read_pairs(folder / name, "arrays")
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017


def cell_of(names):
    return np.array(list(names), dtype=object)
