#!/usr/bin/env bash
# river's Silhouette divides by the distance to the second farthest centroid.
#
# Guess: a streaming silhouette of centroids: own distance over that to the second closest
# centroid, as its documentation says.
#
# Version: river 0.26.1 (August 2026), Python 3.11.
#
# Behaviour: distances are sorted upwards and the last but one is taken: the second closest only if
# there are 3 clusters, the closest itself if there are 2, so that the metric is 1 whatever the
# clustering.
#
# Seen: 2 clusters far apart: 1.0000; 4 clusters: 0.0513 in place of 0.2000.
#
# Why it matters: with 2 clusters the metric says nothing, and with many it falls when far clusters
# are added.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" river==0.26.1
"$folder/venv/bin/python" - <<'EOF'
from river.metrics import Silhouette


def silhouette(points, centers):
    metric = Silhouette()
    for point, label in points:
        metric.update({0: point}, label, {c: {0: x} for c, x in enumerate(centers)})
    return metric.get()


two = silhouette([(1.0, 0), (99.0, 1)], [0.0, 100.0])
four = silhouette([(2.0, 0)], [0.0, 12.0, 41.0, 1000.0])
print(f"two clusters {two:.4f}, four clusters {four:.4f} for {2 / 10:.4f}")
assert two == 1, "with two clusters it is a ratio of two different distances now"
assert four == 2 / 39, "it is the second closest centroid now"
EOF
