#!/usr/bin/env bash
# scikit-learn-intelex's KMeans loses float32 data that are far from the origin; scikit-learn's
# does not.
#
# Guess: a drop-in replacement: same labels from the same start, up to rounding of ties.
#
# Version: scikit-learn-intelex 2026.2.0 (October 2026), scikit-learn 1.9.1, Python 3.11.
#
# Behaviour: scikit-learn subtracts the mean of the data first; the replacement does not, so
# squared distances by products lose their digits. It runs to max_iter and returns a worse
# clustering, with no warning.
#
# Seen: offset 0: 0 of 2,000 labels differ; 1,000: about 600, 300 iterations for 39; 10,000:
# inertia 1.38 times as large.
#
# Why it matters: pixels in 0 to 255, temperatures in kelvin or coordinates as float32: results
# depend on whether somebody called patch_sklearn().
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" scikit-learn-intelex==2026.2.0 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'EOF'
import numpy as np
from sklearn.cluster import KMeans
from sklearnex.cluster import KMeans as Patched

rng = np.random.default_rng(0)
centers = 0.6 * rng.normal(size=(5, 8))
X = rng.normal(size=(2000, 8)) + centers[rng.integers(5, size=2000)]
ratios = {}
for offset in (0, 1000, 10000):
    moved = (X + offset).astype(np.float32)
    known, found = (K(5, init=moved[:5], n_init=1).fit(moved) for K in (KMeans, Patched))
    ratios[offset] = found.inertia_ / known.inertia_
    n_others = np.count_nonzero(known.labels_ != found.labels_)
    print(f"offset {offset}: {n_others} of 2,000 labels differ, {found.n_iter_} iterations for "
          f"{known.n_iter_}, inertia {ratios[offset]:.4f} times as large")
assert abs(ratios[0] - 1) < 1e-4
assert ratios[10000] > 1.1, "it is as exact far from the origin now"
EOF
