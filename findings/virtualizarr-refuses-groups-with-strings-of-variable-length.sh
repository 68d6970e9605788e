#!/usr/bin/env bash
# VirtualiZarr opens no HDF5 group that has a dataset of strings of variable length.
#
# Guess: the other datasets of the group are read, and the strings are, too, or are left out.
#
# Version: virtualizarr 2.5.1 (2026), zarr 3.1.6, h5py 3.16.0, obstore 0.12.1, Python 3.11.
#
# Behaviour: the parser takes the fill value of each dataset for a NumPy scalar; that of such strings
# is of type bytes. Without `drop_variables` the whole group, and every group above it, cannot be
# opened.
#
# Seen: AttributeError: 'bytes' object has no attribute 'item'
#
# Why it matters: file names beside images are such strings, as h5py writes any list of str. The
# message names neither the dataset nor the argument that leaves it out.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" \
  'virtualizarr[hdf]==2.5.1' zarr==3.1.6 h5py==3.16.0 obstore==0.12.1
"$folder/venv/bin/python" - <<'EOF'
from pathlib import Path

import h5py
import zarr
from obspec_utils.registry import ObjectStoreRegistry
from obstore.store import LocalStore
from virtualizarr.parsers import HDFParser

with h5py.File("images.h5", "w") as file:
    file["test/X"] = [1, 2, 3]
    file["test/names"] = ["a.png", "b.png", "c.png"]

url = Path("images.h5").absolute().as_uri()
registry = ObjectStoreRegistry({"file://": LocalStore()})
without = HDFParser(group="test", drop_variables=["names"])(url, registry)
found = zarr.open_group(without, mode="r", zarr_format=3)["X"][:].tolist()
print("without the names", found)
assert found == [1, 2, 3]
try:
    HDFParser(group="test")(url, registry)
except AttributeError as error:
    print("with them", error)
    assert "item" in str(error)
else:
    raise AssertionError("it opens such groups now")
EOF
