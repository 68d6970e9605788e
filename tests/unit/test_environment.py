"""What a user's variables and files ask of other programs changes no result, or is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import settings

SOURCE = Path(__file__).parents[2] / "src"


def python(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with some variables beside its own."""
    kept = {name: value for name, value in os.environ.items() if "KERAS" not in name}
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | {"PYTHONPATH": str(SOURCE)} | environment, capture_output=True, text=True,
    )  # fmt: skip


def test_settings_of_keras_matplotlib_numba_and_python_change_no_result(tmp_path):
    plain, found = tmp_path / "plain", tmp_path / "found"
    plain.mkdir(), found.mkdir()
    settings.write_results(plain)
    (tmp_path / "keras.json").write_text(
        json.dumps({"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"})
    )
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nlines.linewidth: 9\naxes.grid: 1\n")

    done = python(
        settings.__file__,
        found,
        KERAS_BACKEND="jax",
        KERAS_HOME=str(tmp_path),
        MATPLOTLIBRC=str(tmp_path),
        # Nobody can write below a device, root neither.
        MPLCONFIGDIR="/dev/null/cache",
        NUMBA_CACHE_DIR="/dev/null/cache",
        HOME="/dev/null",
        PYTHONOPTIMIZE="1",
        PYTHONWARNINGS="error",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        LC_ALL="C",
        OMP_NUM_THREADS="1",
        NUMBA_NUM_THREADS="1",
    )

    assert done.returncode == 0, done.stderr
    for path in plain.iterdir():
        assert path.read_bytes() == (found / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (
            ["-OO"],
            "import aecluster.networks.backend",
            "Python: found optimization 2 (PYTHONOPTIMIZE or -OO), expected at most 1",
        ),
        (
            [],
            # Keras as far as it is asked, since to import it takes seconds.
            "import sys, types; keras = sys.modules['keras'] = types.ModuleType('keras')\n"
            "keras.config = types.SimpleNamespace(backend=lambda: 'torch')\n"
            "keras.config.floatx = lambda: 'float32'\n"
            "keras.config.dtype_policy = lambda: types.SimpleNamespace(name='float32')\n"
            "import aecluster.networks.backend",
            "Keras: found backend torch, expected tensorflow; import aecluster.networks.backend "
            "before keras",
        ),
    ],
)
def test_what_cannot_be_helped_is_told_in_one_line(arguments, code, told):
    done = python(*arguments, "-c", code)

    assert done.stderr.splitlines()[-1].startswith(f"aecluster.errors.AeclusterError: {told}")


STREAMED = """
import h5py, numpy as np
from aecluster.clustering import KMeans

with h5py.File("X.h5", "w") as file:
    X = file.create_dataset("X", data=np.random.default_rng(0).random((60, 3), np.float32))
    print(*KMeans(4, init=X[:4], max_iter=3).fit(X).labels_)
"""


def test_loops_that_may_not_be_compiled_are_told_and_assign_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    compiled = python("-c", STREAMED)
    done = python("-c", STREAMED, NUMBA_DISABLE_JIT="1")

    assert done.stdout.split() == compiled.stdout.split() != []
    assert done.stderr.startswith("aecluster: NUMBA_DISABLE_JIT is set: K-Means is not compiled")
    assert "NUMBA" not in compiled.stderr
