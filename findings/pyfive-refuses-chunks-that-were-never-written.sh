#!/usr/bin/env bash
# pyfive raises KeyError for a dataset of which some chunks were never written.
#
# Guess: the fill value in their place; it does so where no chunk at all was written.
#
# Version: pyfive 1.3.0 (October 2026), h5py 3.16.0, Python 3.11.
#
# Behaviour: the index of chunks is looked up for each chunk of the shape; one that is missing from
# it is a KeyError with its offset.
#
# Seen: KeyError (4,) for a dataset with one of three chunks; [-7, -7] for one with none.
#
# Why it matters: a file written in parts can be read by h5py and not by pyfive, and the message
# names neither dataset nor cause.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" pyfive==1.3.0 h5py==3.16.0
"$folder/venv/bin/python" - <<'EOF'
import h5py
import pyfive

with h5py.File("part.h5", "w") as file:
    file.create_dataset("x", (10,), "i4", chunks=(4,), fillvalue=-7)[:3] = 1
    file.create_dataset("none", (2,), "i4", chunks=(2,), fillvalue=-7)
    assert file["x"][:].tolist() == [1, 1, 1] + [-7] * 7

file = pyfive.File("part.h5")
assert file["none"][:].tolist() == [-7, -7]
try:
    values = file["x"][:]
except KeyError as error:
    print("KeyError", error)
else:
    raise SystemExit(f"it reads {values.tolist()} now")
EOF
