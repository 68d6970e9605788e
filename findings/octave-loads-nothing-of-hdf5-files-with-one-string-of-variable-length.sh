#!/usr/bin/env bash
# Octave's load gives nothing of an HDF5 file in which one dataset has strings of variable length.
#
# Guess: what it cannot read is left out with a warning, and the numbers beside it arrive; its manual
# says that load reads HDF5 files of other programs.
#
# Version: Octave 7.3.0 (Debian 12), HDF5 1.10.8; file by h5py 3.16.0.
#
# Behaviour: the first such dataset ends the reading of its group and of all groups around it. There
# are two warnings, and no error: the result is undefined, and only its first use fails. With strings
# of a fixed length all arrives.
#
# Seen: "value on right hand side of assignment is undefined"; [1 2 3] where the length is fixed.
#
# Why it matters: names of classes or files are kept so by h5py, pandas and R by default, beside
# arrays that Octave reads well.
set -euo pipefail

command -v octave-cli > /dev/null || { echo "needs Debian's octave"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet venv
uv pip install --quiet --python venv/bin/python h5py==3.16.0 numpy==2.3.5
venv/bin/python - <<'EOF'
import h5py
import numpy as np

for name, kind in (("variable.h5", h5py.string_dtype()), ("fixed.h5", "S3")):
    with h5py.File(name, "w") as file:
        file["group/numbers"] = np.array([1.0, 2.0, 3.0])
        file["group/texts"] = np.array(["cat", "dog"], dtype=kind)
EOF
cat > read.m <<'EOF'
found = load ("-hdf5", argv (){1});
disp (found.group.numbers(:)')
EOF
fixed=$(octave-cli --quiet --norc read.m fixed.h5 2> /dev/null)
variable=$(octave-cli --quiet --norc read.m variable.h5 2>&1 || true)
echo "fixed: $fixed"
echo "variable: $(grep -m 1 '^error' <<< "$variable" || echo "$variable")"
[[ $(tr -s ' ' <<< "$fixed") == *"1 2 3"* ]]
[[ $(tr -s ' ' <<< "$variable") != *"1 2 3"* ]] || { echo "it reads the numbers now"; exit 1; }
