"""Read a store, a clustering and models with other programs; fill the tables of docs/files.md."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import environments
import measure
import numpy as np
from environments import Package

from aecluster.autoencoder import build_autoencoder, save_model
from aecluster.contrastive.network import build_encoder
from aecluster.store import Store, write_clustering

PACKAGES = [
    Package("h5py 3.16.0", "h5py", ("h5py==3.16.0",)),
    Package("PyTables 3.10.2", "pytables", ("tables==3.10.2",)),
    Package("netCDF4 1.7.4", "netcdf4", ("netCDF4==1.7.4",)),
    Package("h5netcdf 1.8.2", "h5netcdf", ("h5netcdf==1.8.2", "h5py==3.16.0")),
    Package("xarray 2026.9.0", "xarray", ("xarray==2026.9.0", "h5netcdf==1.8.2", "h5py==3.16.0")),
    Package("pyfive 1.3.0", "pyfive", ("pyfive==1.3.0",)),
    Package("kerchunk 0.2.10", "kerchunk", ("kerchunk==0.2.10", "zarr==3.1.6", "h5py==3.16.0")),
    Package(
        "VirtualiZarr 2.5.1",
        "virtualizarr",
        ("virtualizarr[hdf]==2.5.1", "obstore==0.12.1", "zarr==3.1.6", "h5py==3.16.0"),
    ),
    Package("h5wasm 0.10.3", "h5wasm", ("h5wasm@0.10.3",), "npm"),
    Package("jsfive 0.4.2", "jsfive", ("jsfive@0.4.2",), "npm"),
    Package("h5dump 1.10.8 (Debian)", "h5dump", ("numpy==2.3.5",)),
    Package("R's hdf5r 1.3.8 (Debian)", "hdf5r", kind="r"),
    Package("Octave 7.3.0 (Debian)", "octave", kind="octave"),
]
_KERAS, _NUMPY, _JAX = "keras==3.15.1", "numpy==2.3.5", "jax==0.8.1"
_TORCH = (_KERAS, "torch==2.13.0", _NUMPY)
_ONNX = (_KERAS, "onnx==1.23.2", "onnxruntime==1.32.0")
_TENSORFLOW = (*_ONNX, "tensorflow==2.20.0", "tf2onnx==1.17.0")
OF_MODELS = [
    Package("Keras 3.15.1 on JAX 0.8.1", "keras", (_KERAS, _JAX, _NUMPY)),
    Package("Keras 3.15.1 on PyTorch 2.13.0", "keras_torch", _TORCH),
    Package("Keras 3.14.0 on JAX 0.8.1", "keras", ("keras==3.14.0", _JAX, _NUMPY)),
    Package("Keras 3.10.0 on JAX 0.8.1", "keras", ("keras==3.10.0", _JAX, _NUMPY)),
    Package(
        "ONNX Runtime 1.32.0, exported from PyTorch",
        "onnxruntime",
        (*_TORCH, *_ONNX, "onnxscript==0.5.6"),
    ),
    Package("ONNX Runtime 1.32.0, exported from TensorFlow", "onnxruntime_tensorflow", _TENSORFLOW),
    Package("the same, without activity regularizers", "onnxruntime_without_penalty", _TENSORFLOW),
]
MODELS = ("sparse", "conv", "contrastive")
# File, item, and attribute if it is one.
ASKED = {
    "images of `test`": ("store.h5", "test/X"),
    "their scale": ("store.h5", "test/X", "scale"),
    "labels": ("store.h5", "test/y"),
    "names of classes": ("store.h5", "test", "class_names"),
    "names of images": ("named.h5", "test/names"),
    "images that have names": ("named.h5", "test/X"),
    "images of `all`": ("store.h5", "all/X"),
    "clusters": ("k2-s0.h5", "labels"),
    "centroids": ("k2-s0.h5", "centroids"),
    "what was clustered": ("k2-s0.h5", "/", "representation"),
}
PROGRAMS = Path(__file__).parent / "others" / "files"
OF_MODELS_PROGRAMS = PROGRAMS.with_name("models")
# What outputs of the same network may differ by, of the largest of them.
MOST_OFF = 1e-5
PAGE = Path(__file__).parents[1] / "docs" / "files.md"
BEGIN, END = "<!-- made by benchmarks/files.py: {} -->\n", "<!-- end -->"
LIMIT_S = 120


def main() -> None:
    """Fill the tables of docs/files.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    arguments = parser.parse_args()
    rows, of_models = [], []
    with tempfile.TemporaryDirectory() as scratch:
        kept = arguments.environments or Path(scratch) / "envs"
        expected = _write(Path(scratch))
        for package in PACKAGES:
            place = environments.set_up(package, kept)
            results = Path(scratch) / f"{package.calls}.json"
            asked = [scratch, results, "\n".join("\t".join([n, *ASKED[n]]) for n in ASKED)]
            if place and environments.run(package, place, PROGRAMS, asked, LIMIT_S):
                found = json.loads(results.read_text())
                rows.append([package.title, *(_cell(found[n], expected[n]) for n in ASKED)])
        largest = _write_models(Path(scratch))
        for package in OF_MODELS:
            place = environments.set_up(package, kept)
            results = Path(scratch) / "models.json"
            asked = [scratch, results, *MODELS]
            if place and environments.run(package, place, OF_MODELS_PROGRAMS, asked, LIMIT_S):
                found = json.loads(results.read_text())
                cells = [_model_cell(found[name], largest[name]) for name in MODELS]
                of_models.append([package.title, *cells])
    _put("stores", measure.markdown(["program", *ASKED], rows))
    _put("models", measure.markdown(["program", *(f"`{name}`" for name in MODELS)], of_models))


def _put(name: str, block: str) -> None:
    """Put a table in its place on the page, and print it."""
    sys.stdout.write(block)
    begin = BEGIN.format(name)
    head, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{head}{begin}{block}{END}{rest.partition(END)[2]}")


def _write(folder: Path) -> dict[str, list[str]]:
    """Write stores and a clustering as the steps do, and return what a reader should find."""
    rng = np.random.default_rng(0)
    images = {name: rng.integers(1, 256, size=(6, 4, 4, 1), dtype=np.uint8) for name in "ab"}
    names = ("cat", "dog")
    labels, of_images = np.arange(6) % 2, [f"{number}.png" for number in range(6)]
    about = {"dataset": "toy", "representation": "pixels"}
    for file, names_of in (("store.h5", None), ("named.h5", of_images)):
        with Store.create(folder / file, **about, source_digest="none") as writer:
            for split, rows in zip(("train", "test"), images.values(), strict=True):
                writer.add_split(
                    split, [rows], n=6, y=labels, class_names=names, names=names_of, scale=1 / 255
                )
    of = {**about, "split": "test", "k": 2, "seed": 0}
    centroids = np.arange(32).reshape(2, 16) / 8
    write_clustering(folder / "k2-s0.h5", labels, centroids, of)
    return {
        "images of `test`": images["b"].ravel().astype(str).tolist(),
        "their scale": [str(1 / 255)],
        "labels": labels.astype(str).tolist(),
        "names of classes": list(names),
        "names of images": of_images,
        "images that have names": images["b"].ravel().astype(str).tolist(),
        "images of `all`": np.concatenate(list(images.values())).ravel().astype(str).tolist(),
        "clusters": labels.astype(str).tolist(),
        "centroids": centroids.ravel().astype(str).tolist(),
        "what was clustered": ["pixels"],
    }


def _numbers(texts: list[str]) -> list[float] | None:
    try:
        return [float(text) for text in texts]
    except ValueError:
        return None


def _write_models(folder: Path) -> dict[str, float]:
    """Write images, a model of each kind and what it makes of them; return the largest values."""
    images = np.random.default_rng(0).random((8, 32, 32, 1), dtype=np.float32)
    np.save(folder / "images.npy", images)
    largest = {}
    for name in MODELS:
        is_encoder = name == "contrastive"
        model = build_encoder((32, 32, 1)) if is_encoder else build_autoencoder(name)
        save_model(model, folder / f"{name}.keras")
        outputs = model.predict(images, verbose=0)
        np.save(folder / f"{name}.npy", outputs)
        largest[name] = float(np.abs(outputs).max())
    return largest


def _model_cell(found: object, largest: float) -> str:
    if isinstance(found, str):
        return found.replace("|", " ")[:60]
    return "=" if found <= MOST_OFF * largest else f"**off by {found:.2g}**"


def _cell(found: object, expected: list[str]) -> str:
    if isinstance(found, str) and len(expected) == 1 and found == expected[0]:
        return "="
    if isinstance(found, str):
        return found.replace("|", " ")[:60]
    flat = np.ravel(found).astype(str).tolist()
    if flat == expected or _numbers(flat) == _numbers(expected) is not None:
        return "="
    if set(flat) == {"0"}:
        return "**zeros**"
    return f"**{', '.join(flat[:3])}**"


if __name__ == "__main__":
    main()
