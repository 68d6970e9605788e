#!/usr/bin/env bash
# Guess: Pillow has no mode for 32 bits without a sign, so it refuses such a TIFF, or warns.
#
# Version: Pillow 13.0.0, tifffile 2026.3.3, numpy 2.4.6.
#
# Behaviour: the image opens in mode I, whose values are int32: from 2**31 on they are negative,
# without an error or a warning. The tags of the file still say what the values are.
#
# Output seen:
#   written: [0, 2147483647, 2147483648, 4294967295]
#   mode I, read: [0, 2147483647, -2147483648, -1]
#
# Why it matters: labels of segments, sums of exposures and the like are kept so. Scaled by their
# range, the brightest pixels become the darkest.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import numpy as np
import tifffile
from PIL import Image

values = np.array([[0, 2**31 - 1, 2**31, 2**32 - 1]], np.uint32)
tifffile.imwrite("wide.tif", values)
with Image.open("wide.tif") as image:
    read = np.asarray(image)
    print("written:", values.ravel().tolist())
    print(f"mode {image.mode}, read:", read.ravel().tolist())
if read.min() >= 0:
    raise SystemExit("the behaviour changed")
PYTHON
