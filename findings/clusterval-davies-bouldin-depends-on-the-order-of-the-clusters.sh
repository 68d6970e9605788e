#!/usr/bin/env bash
# clusterval's Davies-Bouldin index compares each cluster with those after it only, and divides by
# all.
#
# Guess: each cluster's largest overlap with any other, averaged; the order in which clusters are
# listed does not matter.
#
# Version: clusterval 1.0.5 (July 2021), numpy 1.26.4, scikit-learn 1.3.2, Python 3.11.
#
# Behaviour: the loop looks at pairs i < j, takes the largest of the rest for each i, and divides
# by k: the last cluster adds 0.
#
# Seen: 0.2693 and 0.3750 for one clustering whose clusters are listed in two orders; 0.5000 by the
# definition.
#
# Why it matters: lower is better, so the same clusters score better or worse by their numbers.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" numpy==1.26.4 scikit-learn==1.3.2 pandas==1.5.3 \
  fastcluster==1.2.6 matplotlib==3.8.4 seaborn==0.13.2 sympy==1.13.3 joblib==1.4.2 tabulate==0.9.0
# It asks for a package that can no longer be installed.
uv pip install --quiet --python "$folder/venv/bin/python" --no-deps clusterval==1.0.5
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from clusterval.internal import calculate_internal
from sklearn.metrics import davies_bouldin_score

# A cluster of two points in the middle, and three around it at a distance of 4; spread 1 each.
angles = np.deg2rad([0, 120, 240])
centers = np.vstack([[0, 0], 4 * np.column_stack([np.cos(angles), np.sin(angles)])])
X = np.vstack([center + [[-1, 0], [1, 0]] for center in centers])
labels = np.repeat(np.arange(4), 2)


def index(order):
    members = [[2 * c, 2 * c + 1] for c in order]
    clustering = {4: {"clusters": members, "centroids": [X[m].mean(axis=0) for m in members]}}
    return calculate_internal(clustering, X, {}, ["DB"])["DB"][4]


first, last, known = index([0, 1, 2, 3]), index([1, 2, 3, 0]), davies_bouldin_score(X, labels)
print(f"middle first {first:.4f}, middle last {last:.4f}, by the definition {known:.4f}")
assert np.isclose(known, 2 / 4)
assert not np.isclose(first, last), "the order no longer matters"
assert np.isclose(last, 3 * (2 / 4) / 4)
EOF
