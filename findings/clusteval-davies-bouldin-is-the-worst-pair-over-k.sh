#!/usr/bin/env bash
# clusteval's Davies-Bouldin score is the overlap of the worst pair of clusters divided by k.
#
# Guess: the mean over clusters of each one's largest overlap with another, as in the paper and in
# scikit-learn.
#
# Version: clusteval 2.2.7 (February 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: the score is the maximum over all pairs, divided by the number of clusters. A further
# cluster that leaves the worst pair as it is lowers the score.
#
# Seen: 0.0368 for 0.0736 with 2 clusters, 0.1681 for 1.0037 with 7.
#
# Why it matters: the package takes the k of the lowest score, and its division by k favours a
# large k whatever the data.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" clusteval==2.2.7 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import warnings

import clusteval
import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import davies_bouldin_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(size=(40, 2)) + center for center in ([0, 0], [6, 0], [0, 60])])
settings = {"evaluate": "dbindex", "cluster": "agglomerative", "max_clust": 8, "verbose": "silent"}
table = clusteval.clusteval(**settings).fit(X)["score"]
found = dict(zip(table["clusters"], table["score"]))
known = {k: davies_bouldin_score(X, AgglomerativeClustering(k).fit_predict(X)) for k in (2, 7)}
for k in known:
    print(f"{k} clusters: clusteval {found[k]:.4f}, scikit-learn {known[k]:.4f}")
# Two clusters are one pair, so that its overlap is the index.
assert np.isclose(found[2], known[2] / 2), "the overlap of one pair is no longer halved"
assert found[7] < known[7] / 3
EOF
