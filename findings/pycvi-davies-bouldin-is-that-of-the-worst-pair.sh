#!/usr/bin/env bash
# pycvi-lib's Davies-Bouldin index repeats the overlap of the worst pair for every cluster.
#
# Guess: the mean over clusters of each one's largest overlap; clusters far from all others make it
# smaller.
#
# Version: pycvi-lib 1.0.1 (July 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: the maximum that is taken for each cluster runs over the whole matrix of pairs, so the
# mean is the largest value of the matrix, and it does not see the other clusters. Spreads are root
# mean squares.
#
# Seen: pycvi 0.6667, the definition 0.4513; moving the far cluster farther changes the definition
# only.
#
# Why it matters: two clusterings that differ in all clusters but the worst pair get one score, so
# a choice of k by it looks at two clusters.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" pycvi-lib==1.0.1 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from pycvi.cvi_func import davies_bouldin
from sklearn.metrics import davies_bouldin_score

# Spread 1 each by either mean: the distances of a pair to its centre are equal.
X = np.array([[0.0], [2.0], [3.0], [5.0], [100.0], [102.0]])
labels, members = np.array([0, 0, 1, 1, 2, 2]), [[0, 1], [2, 3], [4, 5]]
found, known = davies_bouldin(X, members), davies_bouldin_score(X, labels)
print(f"pycvi {found:.4f}, scikit-learn {known:.4f}")
farther = np.where(X > 50, X + 1e6, X)
print(f"third cluster farther: {davies_bouldin(farther, members):.4f}, "
      f"{davies_bouldin_score(farther, labels):.4f}")
assert np.isclose(known, (2 / 3 + 2 / 3 + 2 / 97) / 3)
assert np.isclose(found, 2 / 3), "pycvi takes the largest overlap of each cluster now"
assert davies_bouldin(farther, members) == found
EOF
