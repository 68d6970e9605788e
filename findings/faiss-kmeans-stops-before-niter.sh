#!/usr/bin/env bash
# faiss' Kmeans stops when its objective no longer falls, however many iterations are asked for.
#
# Guess: it makes exactly niter iterations, always: faiss has no test of convergence.
#
# Version: faiss-cpu 1.15.1 (September 2026), Python 3.11.
#
# Behaviour: `early_stop_threshold` is among its parameters; the list `obj` is as long as the
# iterations made.
#
# Seen: 3 of 50 iterations.
#
# Why it matters: benchmarks that set niter so as to give faiss and another package the same work
# compare different work, and len(obj) is needed for time per iteration.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" faiss-cpu==1.15.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'EOF'
import faiss
import numpy as np

X = np.random.default_rng(0).normal(size=(1000, 4)).astype(np.float32)
X[:500] += 20
kmeans = faiss.Kmeans(4, 2, niter=50, max_points_per_centroid=1000)
kmeans.train(X)
print(f"{len(kmeans.obj)} of 50 iterations; threshold {kmeans.cp.early_stop_threshold}")
assert hasattr(kmeans.cp, "early_stop_threshold")
assert len(kmeans.obj) < 50, "it makes all iterations again"
EOF
