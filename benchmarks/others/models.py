"""Apply saved models to images by one package, within that package's venv.

It must not import `aecluster`.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np


def keras(path, images, backend="jax"):
    os.environ["KERAS_BACKEND"] = backend
    import keras

    return keras.models.load_model(path, compile=False).predict(images, verbose=0)


def keras_torch(path, images):
    return keras(path, images, "torch")


def onnxruntime(path, images, backend="torch"):
    os.environ["KERAS_BACKEND"] = backend
    import keras
    import onnxruntime

    exported = f"{path}.{backend}.onnx"
    model = keras.models.load_model(path, compile=False)
    # A loaded model that was never called is not exported.
    model(images)
    model.export(exported, format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(exported)
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def onnxruntime_tensorflow(path, images):
    return onnxruntime(path, images, "tensorflow")


def onnxruntime_without_penalty(path, images):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    def without_penalty(layer):
        about = layer.get_config()
        return type(layer).from_config({k: about[k] for k in about if k != "activity_regularizer"})

    model = keras.models.load_model(path, compile=False)
    plain = keras.models.clone_model(model, clone_function=without_penalty)
    plain.set_weights(model.get_weights())
    plain.save(f"{path}.plain.keras")
    return onnxruntime(f"{path}.plain.keras", images, "tensorflow")


def main():
    """Write a JSON file: the largest difference per model, or the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("folder", type=Path, help="with images.npy, <model>.keras, <model>.npy")
    parser.add_argument("results", type=Path)
    parser.add_argument("models", nargs="+")
    arguments = parser.parse_args()
    images, found = np.load(arguments.folder / "images.npy"), {}
    for name in arguments.models:
        try:
            path = arguments.folder / f"{name}.keras"
            outputs = globals()[arguments.package](path, images)
            expected = np.load(arguments.folder / f"{name}.npy")
            found[name] = float(np.abs(outputs - expected).max())
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}".splitlines()[0]
    arguments.results.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
