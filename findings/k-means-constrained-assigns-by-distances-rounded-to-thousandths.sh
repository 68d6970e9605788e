#!/usr/bin/env bash
# k-means-constrained without any constraint is not K-Means, the less so the smaller the unit of
# the data.
#
# Guess: with size_min and size_max left out, the labels are those of Lloyd's algorithm from the
# same start, whatever the unit.
#
# Version: k-means-constrained 0.9.1 (July 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: the assignment is a flow of minimal cost whose costs are the distances (not squared),
# times 1,000 and rounded to integers. Points whose distances to two centroids round to the same
# thousandth go to either.
#
# Seen: in units of 1, 0.001 and 0.0001: 0, 15 and 118 of 300 labels differ from scikit-learn's;
# the inertia of the last is 5 times as large.
#
# Why it matters: codes of networks and images scaled to a small range cluster wrongly without a
# word.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" k-means-constrained==0.9.1 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from k_means_constrained import KMeansConstrained
from sklearn.cluster import KMeans

X = np.random.default_rng(0).normal(size=(300, 2))
X[150:] += 2
differing = {}
for unit in (1, 1e-3, 1e-4):
    settings = {"init": X[[0, 299]] * unit, "n_init": 1, "tol": 0}
    known = KMeans(2, **settings).fit(X * unit)
    found = KMeansConstrained(2, **settings).fit(X * unit)
    differing[unit] = np.count_nonzero(found.labels_ != known.labels_)
    print(f"unit {unit}: {differing[unit]} of 300 labels differ, "
          f"inertia {found.inertia_ / known.inertia_:.2f} times as large")
assert differing[1] == 0
assert differing[1e-4] > 50, "distances are no longer rounded to thousandths"
EOF
