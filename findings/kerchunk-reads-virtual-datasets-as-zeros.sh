#!/usr/bin/env bash
# kerchunk makes references of a virtual HDF5 dataset that read as zeros.
#
# Guess: the parts are found through the mapping, or the dataset is refused.
#
# Version: kerchunk 0.2.10 (March 2026), h5py 3.16.0, zarr 3.1.6, Python 3.11.
#
# Behaviour: the dataset gets an array with shape and type but no chunk, and Zarr fills missing
# chunks. No warning.
#
# Seen: [0, 0, 0, 0, 0, 0] for [1, 2, 3, 101, 102, 103].
#
# Why it matters: a virtual dataset is the usual way to show train and test as one; whoever opens
# it through kerchunk clusters zeros.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" kerchunk==0.2.10 h5py==3.16.0 zarr==3.1.6 fsspec==2026.2.0
"$folder/venv/bin/python" - <<'EOF'
import h5py
import numpy as np

with h5py.File("all.h5", "w") as file:
    for name, first in (("train", 1), ("test", 101)):
        file[name] = np.arange(first, first + 3, dtype=np.uint8)
    layout = h5py.VirtualLayout((6,), np.uint8)
    layout[:3] = h5py.VirtualSource(file["train"])
    layout[3:] = h5py.VirtualSource(file["test"])
    file.create_virtual_dataset("all", layout)
    assert file["all"][:].tolist() == [1, 2, 3, 101, 102, 103]

import zarr
from fsspec.implementations.reference import ReferenceFileSystem
from kerchunk.hdf import SingleHdf5ToZarr

references = SingleHdf5ToZarr("all.h5").translate()
files = ReferenceFileSystem(references, asynchronous=True)
group = zarr.open_group(zarr.storage.FsspecStore(files), mode="r", zarr_format=2)
print("train", group["train"][:].tolist(), "all", group["all"][:].tolist())
assert group["train"][:].tolist() == [1, 2, 3]
assert group["all"][:].tolist() == [0] * 6, "it reads virtual datasets now, or refuses them"
EOF
