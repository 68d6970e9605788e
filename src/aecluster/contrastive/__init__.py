"""Contrastive learning: an encoder that tells images apart whatever crop and colours it sees.

Names are imported when they are first asked for, so that nothing here costs a program that does
not train.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same names, for editors and type checkers
    from aecluster.contrastive.augmentation import augment
    from aecluster.contrastive.network import build_encoder
    from aecluster.contrastive.objective import nt_xent
    from aecluster.contrastive.training import ContrastiveResult, train_contrastive

__all__ = ["ContrastiveResult", "augment", "build_encoder", "nt_xent", "train_contrastive"]

_NAMES_OF = {
    "augmentation": ("augment",),
    "network": ("build_encoder",),
    "objective": ("nt_xent",),
    "training": ("ContrastiveResult", "train_contrastive"),
}


def __getattr__(name: str) -> object:
    for module, names in _NAMES_OF.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
