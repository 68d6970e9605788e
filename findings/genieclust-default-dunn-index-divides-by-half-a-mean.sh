#!/usr/bin/env bash
# genieclust's generalised_dunn_index is not Dunn's index by default, and its mean distance is half
# of one.
#
# Guess: Dunn's index: smallest distance between clusters over the largest diameter; with (1, 2),
# that over the mean distance within a cluster as Bezdek and Pal define it.
#
# Version: genieclust 1.3.0 (February 2026), Python 3.11.
#
# Behaviour: the default denominator is number 2, which sums every pair once and divides by n (n -
# 1), so it is half of the mean distance.
#
# Seen: 3.0000 by default, 1.5000 with (1, 1), on clusters in which all distances are equal, so
# that the mean distance is the diameter.
#
# Why it matters: the default is several times as large as the Dunn index of the same clustering,
# and twice the generalised index of the paper.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" genieclust==1.3.0
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from genieclust.cluster_validity import generalised_dunn_index

# Corners of equilateral triangles with sides of 2: all distances within a cluster are 2.
triangle = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 3**0.5]])
X = np.vstack([triangle, triangle + [5.0, 0.0]])
labels = np.repeat([0, 1], 3)
gap = 3.0  # from (2, 0) to (5, 0)
default, dunn = generalised_dunn_index(X, labels), generalised_dunn_index(X, labels, 1, 1)
print(f"default {default:.4f}, (1, 1) {dunn:.4f}, over the mean distance {gap / 2:.4f}")
assert np.isclose(dunn, gap / 2)
assert np.isclose(default, generalised_dunn_index(X, labels, 1, 2))
assert np.isclose(default, 2 * gap / 2), "the mean distance is whole now, or the default another"
EOF
