#!/usr/bin/env bash
# Keras with KERAS_BACKEND=numpy cannot be imported where JAX is not installed.
#
# Guess: NumPy, which Keras needs anyway, is enough for the backend of that name.
#
# Version: keras 3.15.1 (July 2026), scipy 1.17.1, Python 3.11.
#
# Behaviour: its FFT operations come from the JAX backend's module, whose import needs jax; SciPy
# is needed, too, and neither is among Keras' own needs.
#
# Seen: ModuleNotFoundError: No module named 'jax'.
#
# Why it matters: the smallest way to read a saved model, without a framework for training, needs
# one all the same.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" keras==3.15.1 scipy==1.17.1
"$folder/venv/bin/python" - <<'EOF'
import os

os.environ["KERAS_BACKEND"] = "numpy"
try:
    import keras
except ModuleNotFoundError as error:
    print(error)
    assert error.name == "jax"
else:
    raise SystemExit(f"Keras {keras.__version__} computes with {keras.backend.backend()} alone")
EOF
