"""Read a store with other programs, and fill the table of docs/files.md with what arrives."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import environments
import measure
import numpy as np
from environments import Package

from aecluster.store import Store

PACKAGES = [
    Package("h5py 3.16.0", "h5py", ("h5py==3.16.0",)),
    Package("PyTables 3.10.2", "pytables", ("tables==3.10.2",)),
    Package("netCDF4 1.7.4", "netcdf4", ("netCDF4==1.7.4",)),
    Package("h5netcdf 1.8.2", "h5netcdf", ("h5netcdf==1.8.2", "h5py==3.16.0")),
    Package("xarray 2026.9.0", "xarray", ("xarray==2026.9.0", "h5netcdf==1.8.2", "h5py==3.16.0")),
    Package("pyfive 1.3.0", "pyfive", ("pyfive==1.3.0",)),
    Package("kerchunk 0.2.10", "kerchunk", ("kerchunk==0.2.10", "zarr==3.1.6", "h5py==3.16.0")),
    Package("h5wasm 0.10.3", "h5wasm", ("h5wasm@0.10.3",), "npm"),
    Package("jsfive 0.4.2", "jsfive", ("jsfive@0.4.2",), "npm"),
]
ASKED = {
    "images of `test`": "test/X",
    "their scale": ["test/X", "scale"],
    "labels": "test/y",
    "names of classes": ["test", "class_names"],
    "images of `all`": "all/X",
}
PROGRAMS = Path(__file__).parent / "others" / "files"
PAGE = Path(__file__).parents[1] / "docs" / "files.md"
BEGIN, END = "<!-- made by benchmarks/files.py -->\n", "<!-- end -->"
LIMIT_S = 120


def main() -> None:
    """Fill the table of docs/files.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch) / "store.h5"
        expected = _write(store)
        for package in PACKAGES:
            place = environments.set_up(package, arguments.environments or Path(scratch) / "envs")
            results = Path(scratch) / f"{package.calls}.json"
            asked = [store, results, json.dumps(ASKED)]
            if place and environments.run(package, place, PROGRAMS, asked, LIMIT_S):
                found = json.loads(results.read_text())
                rows.append([package.title, *(_cell(found[n], expected[n]) for n in ASKED)])
    block = measure.markdown(["program", *ASKED], rows)
    sys.stdout.write(block)
    head, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}{block}{END}{rest.partition(END)[2]}")


def _write(path: Path) -> dict[str, list[str]]:
    """Write a store as preprocessing does, and return what a reader should find."""
    rng = np.random.default_rng(0)
    images = {name: rng.integers(1, 256, size=(6, 4, 4, 1), dtype=np.uint8) for name in "ab"}
    names = ("cat", "dog")
    with Store.create(path, dataset="toy", representation="pixels", source_digest="none") as writer:
        for split, rows in zip(("train", "test"), images.values(), strict=True):
            labels = np.arange(6) % 2
            writer.add_split(split, [rows], n=6, y=labels, class_names=names, scale=1 / 255)
    return {
        "images of `test`": images["b"].ravel().astype(str).tolist(),
        "their scale": [str(1 / 255)],
        "labels": (np.arange(6) % 2).astype(str).tolist(),
        "names of classes": list(names),
        "images of `all`": np.concatenate(list(images.values())).ravel().astype(str).tolist(),
    }


def _cell(found: object, expected: list[str]) -> str:
    if isinstance(found, str) and len(expected) == 1 and found == expected[0]:
        return "="
    if isinstance(found, str):
        return found.replace("|", " ")[:60]
    flat = np.ravel(found).astype(str).tolist()
    if flat == expected:
        return "="
    if set(flat) == {"0"}:
        return "**zeros**"
    return f"**{', '.join(flat[:3])}**"


if __name__ == "__main__":
    main()
