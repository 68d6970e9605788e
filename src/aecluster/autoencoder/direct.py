"""Convolution for few channels: every product written out, images along the fastest axis.

A framework's kernels are built for wide layers; with one to three channels their inner loops have
nothing to run over. Here activations are kept as [channel, row, column, image], so that the inner
loop runs over the images of a batch, a multiple of the vector registers' width::

    y[o, r, s] = sum over c, i, j of K[i, j, c, o] * x[c, r + i, s + j]      (all images at once)

Up-sampling by repetition ahead of a convolution is never carried out: the pixels of one block see
the same small window, so each place in the block has a smaller kernel of summed taps.
XLA makes one loop of such a sum. The same functions run without XLA, only slowly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf


def materialized(always: tf.Tensor, shape: list[int], make: Callable[[], tf.Tensor]) -> tf.Tensor:
    """Return `make()`, kept from being fused into what reads it.

    XLA on a CPU recomputes a fused operand once for each of its readers. It does not look into
    the branches of a conditional, so `make` becomes one; `always` must be true, which the
    compiler must not know. The other branch sorts, as conditionals whose branches are cheap are
    turned into a selection, through which XLA does fuse.
    """

    def never() -> tf.Tensor:
        flag = tf.cast(always, tf.float32)
        return tf.fill(shape, tf.sort(tf.stack([flag, flag + 1]))[0])

    return tf.cond(always, make, never)


def sum_axes(x: tf.Tensor, n_axes: int, axis: int = 0) -> tf.Tensor:
    """Sum over `n_axes` axes from `axis` on, one by one.

    Written as a sum of slices, which XLA vectorises along the images; its own reductions add one
    number at a time.
    """
    for _ in range(n_axes):
        x = tf.add_n(tf.unstack(x, axis=axis))
    return x


class Window:
    """Which pixels a convolution with stride 1 reads behind an up-sampling by repetition.

    Parameters
    ----------
    kernel_size : int
        Taps along this axis.
    up : int
        Factor of the up-sampling, 1 for none.
    same : bool
        Whether the up-sampled image is padded with zeros, as Keras does for `same`.

    Attributes
    ----------
    taps : ndarray of shape (up, n, kernel_size), float32
        1 where a tap reads the n-th pixel of the window, for each place in a block of the output.
    before, after : int
        Zeros to put around the image.
    """

    def __init__(self, kernel_size: int, up: int, same: bool):
        padding = (kernel_size - 1) // 2 if same else 0
        read = (np.arange(up)[:, None] + np.arange(kernel_size) - padding) // up
        first, last = read.min(), read.max()
        self.taps = (read[:, None, :] == np.arange(first, last + 1)[:, None]).astype(np.float32)
        self.before = -int(first) if same else 0
        self.after = int(last) if same else 0

    @property
    def size(self) -> int:
        """Number of pixels along this axis."""
        return self.taps.shape[1]


def pad(x: tf.Tensor, rows: tuple[int, int], columns: tuple[int, int]) -> tf.Tensor:
    """Put zeros around images [c, h, w, n]."""
    return tf.pad(x, [(0, 0), rows, columns, (0, 0)])


def correlate(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Correlate images with several kernels.

    Parameters
    ----------
    x : tensor of shape (c, h, w, n)
    kernel : tensor of shape (o, c, a, b)

    Returns
    -------
    tensor of shape (o, h - a + 1, w - b + 1, n)
    """
    n_out, channels, n_rows, n_columns = kernel.shape
    _, height, width, n = x.shape
    height, width = height - n_rows + 1, width - n_columns + 1
    taps = tf.unstack(tf.reshape(kernel, (n_out, -1, 1, 1, 1)), axis=1)
    views = [
        tf.slice(x, (c, i, j, 0), (1, height, width, n))
        for c in range(channels)
        for i in range(n_rows)
        for j in range(n_columns)
    ]
    return tf.add_n([tap * view for tap, view in zip(taps, views, strict=True)])


def kernel_gradient(x: tf.Tensor, g: tf.Tensor) -> tf.Tensor:
    """Return the gradient of `correlate(x, kernel)` with respect to the kernel.

    Parameters
    ----------
    x : tensor of shape (c, h, w, n)
    g : tensor of shape (o, h - a + 1, w - b + 1, n)
        Gradient with respect to the result.

    Returns
    -------
    tensor of shape (o, c, a, b)
    """
    channels, height, width, n = x.shape
    _, g_height, g_width, _ = g.shape
    n_rows, n_columns = height - g_height + 1, width - g_width + 1
    g_rows = tf.unstack(g[:, None, :, None], axis=2)
    columns = []
    for j in range(n_columns):
        products = [
            row * tf.slice(x, (0, i, j, 0), (channels, n_rows, g_width, n))[None]
            for i, row in enumerate(g_rows)
        ]
        columns.append(sum_axes(tf.add_n(products), 1, axis=3))
    return tf.reduce_sum(tf.stack(columns, axis=3), axis=-1)


def gather_phases(x: tf.Tensor, up: int) -> tf.Tensor:
    """Bring images (c, up * h, up * w, n) to (up * up * c, h, w, n), by place in a block."""
    c, height, width, n = x.shape
    blocks = tf.reshape(x, (c, height // up, up, width // up, up, n))
    return tf.reshape(
        tf.transpose(blocks, (2, 4, 0, 1, 3, 5)), (up * up * c, height // up, width // up, n)
    )


def spread_phases(x: tf.Tensor, up: int) -> tf.Tensor:
    """Undo `gather_phases`."""
    phases, height, width, n = x.shape
    c = phases // up**2
    blocks = tf.transpose(tf.reshape(x, (up, up, c, height, width, n)), (2, 3, 0, 4, 1, 5))
    return tf.reshape(blocks, (c, up * height, up * width, n))
