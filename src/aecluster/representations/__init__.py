"""Spaces that are made of the pixels in one go, without a model that is kept.

`TRANSFORMS` says by the name of the method how. A new one is a function of the train images, the
splits to transform, a seed and its options, an entry here, and a class of keys in `config`.
"""

from aecluster.representations.function import call_function
from aecluster.representations.pca import principal_components
from aecluster.representations.transform import TRANSFORMS, transform

__all__ = ["TRANSFORMS", "call_function", "principal_components", "transform"]
