#!/usr/bin/env bash
# Guess: the numbers of a 12-bit image are the same whether it is a PGM, a PNG or a TIFF: the same
# array was written, and Pillow returns it.
#
# Version: Pillow 13.0.0, numpy 2.4.6.
#
# Behaviour: a PGM says its largest value, 4095, and Pillow stretches it to 65535 and returns mode I
# (int32); PNG and TIFF return what was written, in mode I;16. One folder of both kinds has two
# scales that differ by a factor of 16.
#
# Output seen:
#   written: [0, 1, 2048, 4095]
#   PGM  I    [0, 16, 32776, 65535]
#   PNG  I;16 [0, 1, 2048, 4095]
#   TIFF I;16 [0, 1, 2048, 4095]
#
# Why it matters: reducing all of them by 257 makes the PGM right and the others black.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

import numpy as np
from PIL import Image

values = np.array([[0, 1, 2048, 4095]], np.uint16)
Path("a.pgm").write_bytes(b"P5\n4 1\n4095\n" + values.astype(">u2").tobytes())
Image.fromarray(values).save("a.png")
Image.fromarray(values).save("a.tif")
print("written:", values.ravel().tolist())
read = {}
for kind, name in (("PGM", "a.pgm"), ("PNG", "a.png"), ("TIFF", "a.tif")):
    with Image.open(name) as image:
        read[kind] = np.asarray(image).ravel().tolist()
        print(f"{kind:4} {image.mode:4} {read[kind]}")
if read["PGM"] == read["PNG"] or read["PNG"] != read["TIFF"]:
    raise SystemExit("the behaviour changed")
PYTHON
