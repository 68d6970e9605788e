"""Autoencoders: what they are, how they are trained, what they make of an image.

The only part of the package that imports TensorFlow. Names are imported when they are first asked
for, so that `ARCHITECTURES` can be read, for instance to validate a configuration, without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same names, for editors and type checkers
    from aecluster.autoencoder.architectures import ARCHITECTURES, Architecture
    from aecluster.autoencoder.inference import encode, reconstruct
    from aecluster.autoencoder.model import (
        build_autoencoder,
        build_encoder,
        describe,
        load_model,
        save_model,
    )
    from aecluster.autoencoder.runtime import configure_threads
    from aecluster.autoencoder.training import TrainingResult, train_autoencoder

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "TrainingResult",
    "build_autoencoder",
    "build_encoder",
    "configure_threads",
    "describe",
    "encode",
    "load_model",
    "reconstruct",
    "save_model",
    "train_autoencoder",
]

_NAMES_OF = {
    "architectures": ("ARCHITECTURES", "Architecture"),
    "inference": ("encode", "reconstruct"),
    "model": ("build_autoencoder", "build_encoder", "describe", "load_model", "save_model"),
    "runtime": ("configure_threads",),
    "training": ("TrainingResult", "train_autoencoder"),
}


def __getattr__(name: str) -> object:
    for module, names in _NAMES_OF.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
