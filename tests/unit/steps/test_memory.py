"""Steps on a store of 200 MB, 800 MB as float32, in processes that may have 600 MB."""

import subprocess
import sys

import numpy as np
import pytest

from aecluster.store import Store

pytestmark = pytest.mark.slow

N = 200_000
LIMIT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (600_000_000, 600_000_000))
from pathlib import Path
from aecluster.store import Store
path = Path(sys.argv[1])
"""
STEPS = {
    "kmeans": """
from aecluster.steps.kmeans import cluster
options = {"init": "k-means++", "n_init": 1, "max_iter": 5, "tol": 1e-4}
print(len(set(cluster(path, "train", k=4, seed=0, **options).labels)), "clusters")
""",
    "pca": """
from aecluster.steps.transform import transform
made_by = "aecluster.transforms.pca:principal_components"
made = path.with_name("pca.h5")
transform([path], made, representation="pca", made_by=made_by, n_components=4, whiten=False, seed=0)
print(Store(made)["train"].n_features, "components")
""",
    "points": """
import numpy as np
from aecluster.steps.points import write_points
from aecluster.store import write_clustering
made, table = path.with_name("c.h5"), path.with_name("c.csv")
write_clustering(made, np.arange(200_000) % 4, np.zeros((4, 1024)))
write_points(table, path, made, "train", np.zeros(200_000))
print(sum(1 for line in table.open()), "lines")
""",
    "map": """
split = Store(path)["train"]
print(split.matrix_of(split.thinned()).shape[1], "values")
""",
}
SAID = {
    "kmeans": "4 clusters\n",
    "pca": "4 components\n",
    "points": "200001 lines\n",
    "map": "1024 values\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Noisy copies of four patterns."""
    path = tmp_path_factory.mktemp("large") / "store.h5"
    rng = np.random.default_rng(0)
    patterns = rng.integers(40, 216, (4, 32, 32, 1))
    noise = rng.integers(-20, 21, (2000, 32, 32, 1))
    blocks = [(patterns[i] + np.roll(noise, i, axis=0)).astype(np.uint8) for i in range(4)]
    with Store.create(path, dataset="toy", representation="pixels", source_digest="d") as new:
        new.add_split("train", (blocks[i % 4] for i in range(N // 2000)), n=N, scale=1 / 255)
        new.add_split("test", [blocks[0]], n=2000, scale=1 / 255)
    return path


def limited(code, path):
    command = [sys.executable, "-c", LIMIT + code, path]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the data segment")
@pytest.mark.parametrize("step", STEPS)
def test_step_keeps_within_its_limit(store, step):
    done = limited(STEPS[step], store)

    assert (done.stdout, done.returncode) == (SAID[step], 0), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the data segment")
def test_limit_is_one_that_the_whole_split_breaks(store):
    done = limited('Store(path)["train"].matrix()', store)

    assert "MemoryError" in done.stderr
