"""First weights from which a narrow network cannot go dark."""

from __future__ import annotations

import keras
import numpy as np


def preserve_uniform_images(model: keras.Model) -> None:
    """Shift every convolution's first kernels so that they sum to 1 for each output channel.

    Pixels are positive and alike among neighbours, so a unit's first response has the sign of its
    kernel's sum. Random signs leave a layer of one ReLU channel dark about half the time, and an
    output that is far too bright pulls all layers down in the first steps until one of them is.
    With kernels that sum to 1 a uniform image passes unchanged through every layer: each unit is
    lit, by as much as the image is bright, and what training has to learn is the detail. The
    kernels keep the variance that their initialiser gave them; only their mean is set, as
    data-dependent initialisations do for a sample of images [1]_.

    Parameters
    ----------
    model : keras.Model
        Built and untrained; changed in place.

    References
    ----------
    .. [1] Krähenbühl, Doersch, Donahue, Darrell, Data-dependent initializations of convolutional
       neural networks, ICLR 2016, section 3.1.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, *bias = layer.get_weights()
            n_inputs = np.prod(kernel.shape[:-1])
            layer.set_weights([kernel + (1 - kernel.sum(axis=(0, 1, 2))) / n_inputs, *bias])
