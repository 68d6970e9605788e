#!/usr/bin/env bash
# A clone of bkmeans' estimator has 8 clusters, and its random_state belongs to whichever fit
# comes next.
#
# Guess: a subclass of scikit-learn's KMeans keeps its parameters when it is cloned, as every search
# and pipeline does, and two fits of one estimator with random_state=0 are the same.
#
# Version: bkmeans 1.3 (breathing k-means), scikit-learn 1.9.1, numpy 2.4.6, Python 3.11.
#
# Behaviour: __init__(m, n_init, **kwargs) hides n_clusters, init, tol and random_state from
# get_params, so a clone has KMeans' defaults; random_state seeds one generator of the whole module
# when an estimator is made, and each fit goes on from where the last one left it.
#
# Seen: 8 clusters in the clone of an estimator for 3; another inertia at the second fit of one
# estimator, and the first one again after another estimator was made.
#
# Why it matters: a search over m or a pipeline clusters with k = 8 without a word, and a seed that
# was published gives the result back only to who makes the same fits in the same order.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" bkmeans==1.3 scikit-learn==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from bkmeans import BKMeans
from sklearn.base import clone

generator = np.random.default_rng(0)
X = 0.6 * generator.normal(size=(5, 8))[generator.integers(5, size=2000)]
X += generator.normal(size=X.shape)
start = X[generator.choice(len(X), 12, replace=False)]

copied = clone(BKMeans(n_clusters=3)).fit(X)
print(f"asked for 3 clusters, the clone has {len(copied.cluster_centers_)}")
assert len(copied.cluster_centers_) == 8, "a clone now keeps n_clusters"


def made():
    return BKMeans(n_clusters=12, init=start, random_state=0)


one = made()
first, second = one.fit(X).inertia_, one.fit(X).inertia_
made()
third = one.fit(X).inertia_
print(f"inertia {first:.4f}, {second:.4f} at the second fit, {third:.4f} when another was made")
assert first != second, "random_state now fixes each fit"
assert first == third
EOF
