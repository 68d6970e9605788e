#!/usr/bin/env bash
# permetrics gives points whose cluster holds only copies of them a silhouette of 0.
#
# Guess: 1: their distance to their own cluster is 0, and (b - 0) / b is 1; 0 is for points alone
# in their cluster.
#
# Version: permetrics 2.1.0 (June 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: every point whose mean distance within its cluster is 0 gets 0, whether it is alone or
# among copies.
#
# Seen: 0.0000 for scikit-learn's 1.0000, for two clusters of copies, the best clustering there is.
#
# Why it matters: images with duplicates, codes that collapsed and quantized colours form clusters
# of copies: the tightest ones count as the worst.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" permetrics==2.1.0 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from permetrics import ClusteringMetric
from sklearn.metrics import silhouette_score

X, labels = np.array([[0.0], [0.0], [9.0], [9.0]]), np.array([0, 0, 1, 1])
found = ClusteringMetric().silhouette_index(X=X, y_pred=labels)
known = silhouette_score(X, labels)
print(f"permetrics {found:.4f}, scikit-learn {known:.4f}")
assert known == 1
assert found == 0, "copies no longer count 0"
EOF
