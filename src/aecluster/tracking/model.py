"""A trained model as MLflow keeps models, without loading it.

The folder is the one that `mlflow.keras.save_model` writes, so `mlflow.keras.load_model` and
`mlflow.pyfunc.load_model` read it; that function itself would import TensorFlow to save what is
saved already. The file `data/model.keras` inside loads in plain Keras.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from mlflow.models import Model as MlflowModel
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from aecluster.store import Store
from aecluster.tracking.runs import Model

_REQUIRED = ("keras", "tensorflow", "numpy")
_EXAMPLES = 2


def write_model(model: Model, folder: Path) -> None:
    """Write MLflow's folder of a model.

    Parameters
    ----------
    model : Model
    folder : Path
        Must not exist.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    shutil.copyfile(model.path, data / "model.keras")
    (data / "keras_module.txt").write_text("keras")
    pins = [f"{name}=={model.versions[name]}" for name in _REQUIRED if name in model.versions]
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n")
    description = MlflowModel(
        signature=ModelSignature(_tensor(model.input_shape), _tensor(model.output_shape)),
        saved_input_example_info=_write_example(model, folder),
    )
    description.add_flavor(
        "keras",
        data="data",
        keras_version=model.versions.get("keras"),
        keras_backend="tensorflow",
        save_exported_model=False,
    )
    description.add_flavor(
        "python_function",
        loader_module="mlflow.keras",
        python_version=model.versions.get("python"),
        env={},
    )
    description.save(str(folder / "MLmodel"))


def _write_example(model: Model, folder: Path) -> dict[str, str] | None:
    """Write some images that the model was trained on, as MLflow keeps an array."""
    if model.images is None or not model.images.is_file():
        return None
    with Store(model.images) as store:
        rows = next(store["train"].blocks(_EXAMPLES))
    images = rows.reshape(-1, *model.input_shape).tolist()
    (folder / "input_example.json").write_text(json.dumps(images))
    (folder / "serving_input_example.json").write_text(json.dumps({"inputs": images}))
    return {
        "artifact_path": "input_example.json",
        "serving_input_path": "serving_input_example.json",
        "type": "ndarray",
    }


def _tensor(shape: tuple[int, ...]) -> Schema:
    return Schema([TensorSpec(np.dtype("float32"), (-1, *shape))])
