"""Autoencoders: what they are, how they are trained, what they make of an image.

Names are imported when they are first asked for, so that `ARCHITECTURES` can be read without
TensorFlow, for instance to validate a configuration.
"""

from importlib import import_module  # noqa: TID251 - of modules that the table names
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same names, for editors and type checkers
    from aecluster.autoencoder.architectures import (
        ARCHITECTURES,
        Architecture,
        build_autoencoder,
    )
    from aecluster.autoencoder.training import train_autoencoder
    from aecluster.networks.epochs import TrainingResult
    from aecluster.networks.inference import encode, reconstruct
    from aecluster.networks.model import cut_encoder as build_encoder
    from aecluster.networks.model import describe, load_model, save_model
    from aecluster.networks.runtime import configure_threads

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

_MODULE_OF = {
    "ARCHITECTURES": "aecluster.autoencoder.architectures",
    "Architecture": "aecluster.autoencoder.architectures",
    "TrainingResult": "aecluster.networks.epochs",
    "build_autoencoder": "aecluster.autoencoder.architectures",
    "build_encoder": "aecluster.networks.model",
    "configure_threads": "aecluster.networks.runtime",
    "describe": "aecluster.networks.model",
    "encode": "aecluster.networks.inference",
    "load_model": "aecluster.networks.model",
    "reconstruct": "aecluster.networks.inference",
    "save_model": "aecluster.networks.model",
    "train_autoencoder": "aecluster.autoencoder.training",
}
# `build_encoder` is the public name of `cut_encoder`, which cuts the encoder out of an autoencoder.
# The function `build_encoder` of `aecluster.contrastive` is another one: it builds a network anew.
_NAME_IN_MODULE = {"build_encoder": "cut_encoder"}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_MODULE_OF[name])
    return getattr(module, _NAME_IN_MODULE.get(name, name))


def __dir__() -> list[str]:
    return __all__
