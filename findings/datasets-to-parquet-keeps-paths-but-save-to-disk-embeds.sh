#!/usr/bin/env bash
# Guess: datasets' `to_parquet` puts the bytes of images into the file, as `save_to_disk` does and as
# every parquet file on the Hub has them, so that the file can be handed on.
#
# Version: datasets 5.2.0, pyarrow 25.0.1, Pillow 13.0.0, Python 3.11 and later.
#
# Behaviour: images that were given as paths stay paths in the parquet file, their bytes are null;
# `save_to_disk` of the same data set embeds the bytes. Both are silent.
#
# Output seen:
#   to_parquet:   bytes None, path given
#   save_to_disk: bytes 75, path given
#
# Why it matters: a parquet file that its writer reads without a word has no images on any other
# machine, or after the folder of images has moved. A reader has to look at the rows, not the schema.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  datasets==5.2.0 pyarrow==25.0.1 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import datasets
import pyarrow as pa
from PIL import Image
from pyarrow import parquet

datasets.disable_progress_bars()
Image.new("RGB", (8, 8), "red").save("red.png")
images = datasets.Dataset.from_dict({"image": ["red.png"]}).cast_column("image", datasets.Image())
images.to_parquet("images.parquet")
images.save_to_disk("images")

of_parquet = parquet.read_table("images.parquet").to_pylist()[0]["image"]
stream = pa.ipc.open_stream("images/data-00000-of-00001.arrow")
of_disk = stream.read_all().to_pylist()[0]["image"]
for name, image in (("to_parquet:  ", of_parquet), ("save_to_disk:", of_disk)):
    content = image["bytes"]
    print(name, "bytes", content and len(content), "path", "given" if image["path"] else "missing")
if of_parquet["bytes"] is not None or of_disk["bytes"] is None:
    raise SystemExit("the behaviour changed")
PYTHON
