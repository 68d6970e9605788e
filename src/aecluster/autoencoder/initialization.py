"""First weights from which a narrow network cannot go dark."""

from __future__ import annotations

import keras
import numpy as np


def preserve_uniform_images(model: keras.Model) -> None:
    """Shift every convolution's first kernels so that they sum to 1 for each output channel.

    Pixels are positive and alike among neighbours, so a unit's first response has the sign of its
    kernel's sum; where the only channel of a ReLU layer starts with a negative one, the layer is
    dark, and nothing behind it sees the image. With kernels that sum to 1 a uniform image passes
    unchanged through every layer, so that each unit is lit, by as much as the image is bright.
    The kernels keep the variance that their initialiser gave them; only their mean is set, in the
    spirit of data-dependent initialisations [1]_. How often training collapses with and without
    is counted by `benchmarks/collapse.py`.

    Parameters
    ----------
    model : keras.Model
        Built and untrained; changed in place.

    References
    ----------
    .. [1] Krähenbühl, Doersch, Donahue, Darrell, Data-dependent initializations of convolutional
       neural networks, ICLR 2016.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, *bias = layer.get_weights()
            n_inputs = np.prod(kernel.shape[:-1])
            layer.set_weights([kernel + (1 - kernel.sum(axis=(0, 1, 2))) / n_inputs, *bias])
