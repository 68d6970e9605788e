#!/usr/bin/env bash
# jsfive gives arrays with holes for chunks that were never written, in place of the fill value.
#
# Guess: the fill value, as the HDF5 library, h5py and h5wasm give.
#
# Version: jsfive 0.4.2, h5wasm 0.10.3, Node 20, h5py 3.16.0.
#
# Behaviour: elements of missing chunks are not set: they read as undefined, and arithmetic with
# them is NaN.
#
# Seen: 1,1,1,-7,,,,,, for 1,1,1,-7,-7,-7,-7,-7,-7,-7.
#
# Why it matters: files written in parts, or stopped in between, are valid HDF5; a page that shows
# them shows NaN.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" h5py==3.16.0
"$folder/venv/bin/python" - <<'EOF'
import h5py

with h5py.File("part.h5", "w") as file:
    file.create_dataset("x", (10,), "i4", chunks=(4,), fillvalue=-7)[:3] = 1
EOF
npm install --silent --no-fund --no-audit jsfive@0.4.2 h5wasm@0.10.3
cat > read.mjs <<'EOF'
import assert from "node:assert";
import fs from "node:fs";
import h5wasm from "h5wasm/node";
import * as jsfive from "jsfive";

await h5wasm.ready;
const known = Array.from(new h5wasm.File("part.h5", "r").get("x").value);
const bytes = fs.readFileSync("part.h5");
const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const found = new jsfive.File(whole, "part.h5").get("x").value;
console.log(`jsfive ${found}; h5wasm ${known}`);
assert.deepStrictEqual(known, [1, 1, 1, -7, -7, -7, -7, -7, -7, -7]);
assert.strictEqual(found[3], -7);
assert.strictEqual(found[4], undefined, "missing chunks have the fill value now");
EOF
node read.mjs
