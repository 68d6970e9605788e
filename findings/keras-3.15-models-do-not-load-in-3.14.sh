#!/usr/bin/env bash
# A model with one Dense layer that Keras 3.15 saves cannot be loaded by Keras 3.14; its weights
# can.
#
# Guess: the .keras format is that of Keras 3, so a plain layer with default settings loads in any
# minor version near.
#
# Version: keras 3.15.1 (July 2026) and 3.14.1, jax 0.9.0, Python 3.11.
#
# Behaviour: 3.15 writes the new arguments input_axes and output_axes of the default initializer
# into the file, and 3.14's initializer refuses arguments that it does not know. What only matters
# for new weights makes trained ones unreadable.
#
# Seen: GlorotUniform.__init__() got an unexpected keyword argument 'input_axes'.
#
# Why it matters: models are handed to people with older versions; model.weights.h5 within the file
# still loads once the model is built by code.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 3.15.1 3.14.1; do
  uv venv --quiet "$folder/$version"
  uv pip install --quiet --python "$folder/$version/bin/python" keras==$version jax==0.9.0 scipy==1.17.1
done
cd "$folder"
export KERAS_BACKEND=jax
cat > toy.py <<'EOF'
import keras


def build():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
EOF
3.15.1/bin/python -c 'import toy; model = toy.build(); model.save("m.keras"); model.save_weights("m.weights.h5")'
3.15.1/bin/python -c 'import keras; keras.models.load_model("m.keras")'
3.14.1/bin/python - <<'EOF'
import keras
import toy

model = toy.build()
model.load_weights("m.weights.h5")
try:
    keras.models.load_model("m.keras")
except TypeError as error:
    last = str(error).strip().splitlines()[-1]
    print(f"Keras {keras.__version__}: {last}")
    assert "input_axes" in last
else:
    raise SystemExit(f"Keras {keras.__version__} loads it now")
EOF
