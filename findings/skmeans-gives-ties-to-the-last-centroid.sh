#!/usr/bin/env bash
# npm's skmeans assigns a point between two centroids to the one with the higher number; ml-kmeans
# to the lower.
#
# Guess: the first of equally near centroids wins, as with argmin in NumPy, scikit-learn and R.
#
# Version: skmeans 0.11.3, ml-kmeans 7.0.1, Node 20.
#
# Behaviour: its comparison is `dist <= min`, so later centroids win ties.
#
# Seen: 0,1,1 for 0,0,1 on the points 0, 1, 2 with centroids 0 and 2.
#
# Why it matters: bytes, counts and other integers have many ties: from the same start, two correct
# programs end in different clusterings.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit skmeans@0.11.3 ml-kmeans@7.0.1
cat > ties.mjs <<'EOF'
import assert from "node:assert";
import skmeans from "skmeans";
import { kmeans } from "ml-kmeans";

const points = [[0], [1], [2]];
const last = skmeans(points, 2, [[0], [2]]).idxs;
const first = kmeans(points, 2, { initialization: [[0], [2]] }).clusters;
console.log(`skmeans ${last}, ml-kmeans ${first}`);
assert.deepStrictEqual(first, [0, 0, 1]);
assert.deepStrictEqual(last, [0, 1, 1], "the first centroid wins ties now");
EOF
node ties.mjs
