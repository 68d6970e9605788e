#!/usr/bin/env bash
# npm's skmeans writes its centroids into the array of starting centroids.
#
# Guess: the start is an input: a second run from it repeats the first.
#
# Version: skmeans 0.11.3, Node 20.
#
# Behaviour: the array is used as the centroids, and its elements are replaced in place; the second
# run starts where the first ended.
#
# Seen: start [[0],[2]] is [[0.25],[3.5]] after the call.
#
# Why it matters: whoever compares k-means of several packages from one start compares the others
# from skmeans' result.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit skmeans@0.11.3
node <<'EOF'
const assert = require("node:assert");
const skmeans = require("skmeans");
const start = [[0], [2]];
const found = skmeans([[0], [0.5], [3], [4]], 2, start);
console.log("start after the call:", JSON.stringify(start));
assert.deepStrictEqual(start, [[0.25], [3.5]], "the start is kept now");
assert.strictEqual(found.centroids, start);
EOF
