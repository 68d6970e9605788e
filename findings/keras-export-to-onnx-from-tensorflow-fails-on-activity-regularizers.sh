#!/usr/bin/env bash
# Keras on TensorFlow cannot export a model with an activity regularizer to ONNX; without it, it can.
#
# Guess: a regularizer matters to training alone, so an export of what maps inputs to outputs leaves
# it out.
#
# Version: keras 3.15.1, tensorflow 2.20.0, tf2onnx 1.17.0, onnx 1.23.2, onnxruntime 1.32.0,
# Python 3.11.
#
# Behaviour: tf2onnx cannot import the graph that Keras makes. The same model exports with PyTorch
# as the backend, and from TensorFlow once it is cloned without the regularizer.
#
# Seen: "Failed to import metagraph, check error log for more info."
#
# Why it matters: sparse autoencoders have their penalty on activations; ONNX is how networks leave
# Python.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet --python 3.11 venv
uv pip install --quiet --python venv/bin/python keras==3.15.1 tensorflow==2.20.0 tf2onnx==1.17.0 \
  onnx==1.23.2 onnxruntime==1.32.0
export TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow
cat > toy.py <<'EOF'
import keras
import numpy as np
import onnxruntime

images = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
exported = {}
for name, penalty in (("without", None), ("with", keras.regularizers.L1(1e-5))):
    layer = keras.layers.Conv2D(2, 3, activity_regularizer=penalty)
    model = keras.Sequential([keras.Input((8, 8, 1)), layer])
    expected = np.array(model(images))
    try:
        model.export(f"{name}.onnx", format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(f"{name}.onnx")
        found = session.run(None, {session.get_inputs()[0].name: images})[0]
        exported[name] = bool(np.abs(found - expected).max() < 1e-5)
    except ValueError as error:
        exported[name] = str(error)
print(exported)
assert exported["without"] is True
assert "Failed to import metagraph" in exported["with"], "it is exported now"
EOF
venv/bin/python -W ignore toy.py 2> /dev/null
