#!/usr/bin/env bash
# Guess: `n_frames` of Pillow says whether a TIFF holds more than one image, so that a check of it
# keeps anybody from reading the first plane of a stack and losing the others.
#
# Version: Pillow 13.0.0, tifffile 2026.3.3, numpy 2.4.6.
#
# Behaviour: a stack may stand behind a single directory: planes that follow one another, told by the
# description (tifffile's `truncate`), by the tag ImageDepth (`volumetric`), or a second
# channel of gray in the same pixels. Pillow gives the first plane or channel with n_frames 1, without
# an error or a warning.
#
# Output seen:
#   truncated stack of 5 x 8 x 8: n_frames 1, size (8, 8), tifffile reads (5, 8, 8)
#   volume of 16 x 16 x 16: n_frames 1, size (16, 16), tifffile reads (16, 16, 16)
#   two channels of 8 x 8: n_frames 1, mode L, tifffile reads (8, 8, 2)
#
# Why it matters: microscopes and their programs write stacks so. Whoever clusters the files clusters
# the first plane of each. ImageDepth, the description and SamplesPerPixel have to be looked at too.
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

random = np.random.default_rng(0)


def show(words, what, array, **options):
    tifffile.imwrite("stack.tif", array, **options)
    with Image.open("stack.tif") as image:
        np.asarray(image)
        seen = f"{what} {getattr(image, what)}"
        print(f"{words}: n_frames {image.n_frames}, {seen}, tifffile reads", end=" ")
        n_frames, read = image.n_frames, np.asarray(image).size
    whole = tifffile.imread("stack.tif")
    print(whole.shape)
    if n_frames != 1 or read == array.size or whole.shape != array.shape:
        raise SystemExit("the behaviour changed")


show("truncated stack of 5 x 8 x 8", "size", random.integers(0, 256, (5, 8, 8), np.uint8),
     truncate=True)
show("volume of 16 x 16 x 16", "size", random.integers(0, 256, (16, 16, 16), np.uint8),
     volumetric=True, tile=(16, 16, 16))
show("two channels of 8 x 8", "mode", random.integers(0, 256, (8, 8, 2), np.uint8),
     photometric="minisblack", planarconfig="contig")
PYTHON
