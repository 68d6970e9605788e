#!/usr/bin/env bash
# permetrics' Dunn index changes when the same clusters get other numbers.
#
# Guess: the smallest distance between two clusters over the largest diameter: symmetric, so
# numbering cannot matter.
#
# Version: permetrics 2.1.0 (June 2026), Python 3.11.
#
# Behaviour: by default (`use_modified=True`) it measures from the points of the cluster with the
# larger number to the centroid of the one with the smaller number.
#
# Seen: one clustering of 5 points: 0.6000 as numbered, 0.8000 with numbers exchanged; 0.2000 with
# use_modified=False.
#
# Why it matters: two runs of K-Means that find the same clusters report different values, and the
# value does not compare with anybody else's Dunn index.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" permetrics==2.1.0
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from permetrics import ClusteringMetric

X = np.array([[0.0], [4.0], [5.0], [9.0], [10.0]])
labels = np.array([0, 0, 1, 1, 1])


def dunn(labels, **options):
    return ClusteringMetric().dunn_index(X=X, y_pred=labels, **options)


one, other, plain = dunn(labels), dunn(1 - labels), dunn(labels, use_modified=False)
print(f"{one:.4f} as numbered, {other:.4f} with numbers exchanged, {plain:.4f} unmodified")
assert plain == dunn(1 - labels, use_modified=False) == 1 / 5
# From 5 to the centroid 2, and from 4 to the centroid 8, over the diameter 5.
assert np.isclose([one, other], [3 / 5, 4 / 5]).all(), "it no longer depends on the numbering"
EOF
