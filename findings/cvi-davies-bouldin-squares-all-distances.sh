#!/usr/bin/env bash
# cvi's DB has squared distances both as spread and between centroids.
#
# Guess: the Davies-Bouldin index with q = 1 or, at most, q = 2 and a root: a ratio of lengths.
#
# Version: cvi 0.7.2 (September 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: mean squared distances to the centroid over the squared distance of centroids.
# Clusters that overlap less than fully look better, others worse, than by the definition.
#
# Seen: 0.1250 for scikit-learn's 0.5000.
#
# Why it matters: values of different packages for one clustering differ by more than clusterings
# do; the order of two clusterings can change, too.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" cvi==0.7.2 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import cvi
import numpy as np
from sklearn.metrics import davies_bouldin_score

X, labels = np.array([[0.0], [2.0], [4.0], [6.0]]), np.array([0, 0, 1, 1])
found, known = cvi.DB().get_cvi(X, labels), davies_bouldin_score(X, labels)
print(f"cvi {found:.4f}, scikit-learn {known:.4f}")
assert known == (1 + 1) / 4
assert found == (1 + 1) / 4**2, "cvi no longer squares distances"
EOF
