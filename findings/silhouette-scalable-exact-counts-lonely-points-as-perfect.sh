#!/usr/bin/env bash
# silhouette-scalable's compute_exact gives the only point of a cluster a silhouette of 1.
#
# Guess: 0, Rousseeuw's convention, which scikit-learn and R's cluster follow: nothing is known of
# its distance within the cluster.
#
# Version: silhouette-scalable 0.1.3 (July 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: a is 0 for such a point, so (b - a) / b is 1, the best value there is.
#
# Seen: 0.8889, 0.8750, 1 for scikit-learn's 0.8889, 0.8750, 0 on 3 points of which the last is
# alone.
#
# Why it matters: splitting off single points raises the score, so the best k by it is one of many
# tiny clusters.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" silhouette-scalable==0.1.3 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from silhouette_scalable import compute_exact
from sklearn.metrics import silhouette_samples

X, labels = np.array([[0.0], [1.0], [9.0]]), np.array([0, 0, 1])
found, known = compute_exact(X, labels)["local_silhouette"], silhouette_samples(X, labels)
print(f"silhouette-scalable {np.round(found, 4)}, scikit-learn {np.round(known, 4)}")
assert known[2] == 0
assert np.allclose(found[:2], known[:2])
assert found[2] == 1, "a point alone no longer counts 1"
EOF
