"""Random views of images, a whole batch at a time.

A crop, its resizing and its mirroring are one resampling by a box. Brightness, contrast,
saturation, hue and gray are linear in the three colours of a pixel, so that all five together are
one matrix and one offset per image: a batch is resampled once and multiplied once.
"""

from __future__ import annotations

import math

import tensorflow as tf

# Of SimCLR's for CIFAR-10 (appendix B.9, strength 0.5), but for the smallest crop: 0.08 of an image
# of 32 x 32 is 9 x 9 pixels.
_LEAST_AREA = 0.2
_MOST_ASPECT = 4 / 3
_JITTER = 0.4
_HUE = 0.1
_P_JITTER = 0.8
_P_GRAY = 0.2

# Brightness of red, green and blue to the eye (ITU-R BT.601).
_LUMA = (0.299, 0.587, 0.114)


def augment(images: tf.Tensor, seed: tf.Tensor, scale: float = 1.0) -> tf.Tensor:
    """Return a random view of each image.

    A part of 20 % to 100 % of its area, of an aspect ratio of 3/4 to 4/3, is resized to the whole
    and mirrored half of the time. Four times out of five brightness, contrast and saturation change
    by up to 40 % and hue by up to a tenth of the circle, in this order; one time out of five the
    view is gray. Images of other than three channels change in brightness and contrast only.

    Parameters
    ----------
    images : tensor of shape (n, h, w, c), uint8 or float32
    seed : tensor of shape (2,), int
        The same seed gives the same views.
    scale : float, default=1.0
        Factor that brings the images' values to [0, 1].

    Returns
    -------
    tensor of shape (n, h, w, c), float32
        Values in [0, 1].

    References
    ----------
    Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual
    representations", ICML 2020, appendix A.

    Examples
    --------
    >>> views = augment(tf.ones([2, 16, 16, 3]), [0, 1])
    >>> views.shape
    TensorShape([2, 16, 16, 3])
    """
    n, height, width, channels = images.shape
    # A column per image: four for the box, one to mirror, six for the colours.
    draws = tf.unstack(tf.random.stateless_uniform([11, n], seed, alg="philox"))
    views = tf.image.crop_and_resize(images, _boxes(*draws[:5]), tf.range(n), [height, width])
    views *= scale
    matrix, offset = _colours(views, *draws[5:])
    pixels = tf.reshape(views, [n, height * width, channels])
    changed = tf.clip_by_value(pixels @ matrix + offset, 0.0, 1.0)
    return tf.reshape(changed, [n, height, width, channels])


def _boxes(
    area: tf.Tensor, aspect: tf.Tensor, top: tf.Tensor, left: tf.Tensor, mirror: tf.Tensor
) -> tf.Tensor:
    """Return corners (n, 4) as shares of the sides: y1, x1, y2, x2, with x1 > x2 to mirror."""
    area = _LEAST_AREA + (1 - _LEAST_AREA) * area
    root = tf.exp((aspect - 0.5) * math.log(_MOST_ASPECT))
    height, width = tf.minimum(tf.sqrt(area) / root, 1.0), tf.minimum(tf.sqrt(area) * root, 1.0)
    y, x = top * (1 - height), left * (1 - width)
    is_mirrored = mirror < 0.5
    x1, x2 = tf.where(is_mirrored, x + width, x), tf.where(is_mirrored, x, x + width)
    return tf.stack([y, x1, y + height, x2], axis=1)


def _colours(
    views: tf.Tensor,
    brightness: tf.Tensor,
    contrast: tf.Tensor,
    saturation: tf.Tensor,
    hue: tf.Tensor,
    jitter: tf.Tensor,
    gray: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return what to multiply pixels by, (n, c, c), and what to add then, (n, 1, 1)."""
    strength = tf.where(jitter < _P_JITTER, 1.0, 0.0)
    brightness = 1 + strength * _JITTER * (2 * brightness - 1)
    contrast = 1 + strength * _JITTER * (2 * contrast - 1)
    channels = views.shape[-1]
    mean = tf.reduce_mean(views, axis=(1, 2))
    if channels == 3:
        luma = tf.constant(_LUMA)
        level = tf.linalg.matvec(mean, luma)
        saturation = 1 + strength * _JITTER * (2 * saturation - 1)
        saturation = tf.where(gray < _P_GRAY, 0.0, saturation)
        angle = strength * _HUE * 2 * math.pi * (2 * hue - 1)
        matrix = _saturate(saturation, luma) @ _rotate(angle)
    else:
        level = tf.reduce_mean(mean, axis=1)
        matrix = tf.eye(channels, batch_shape=[views.shape[0]])
    # Contrast draws to the mean brightness, a gray, which neither saturation nor hue changes.
    offset = brightness * (1 - contrast) * level
    return (brightness * contrast)[:, None, None] * matrix, offset[:, None, None]


def _saturate(saturation: tf.Tensor, luma: tf.Tensor) -> tf.Tensor:
    """Return matrices that mix a row of colours with its gray: 0 leaves the gray alone."""
    to_gray = luma[:, None] * tf.ones([1, 3])
    return to_gray + saturation[:, None, None] * (tf.eye(3) - to_gray)


def _rotate(angle: tf.Tensor) -> tf.Tensor:
    """Return matrices that turn a row of colours about the axis of grays (Rodrigues' formula)."""
    axis = 1 / math.sqrt(3)
    cross = axis * tf.constant([[0.0, 1.0, -1.0], [-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]])
    sine, cosine = tf.sin(angle)[:, None, None], tf.cos(angle)[:, None, None]
    return tf.eye(3) + sine * cross + (1 - cosine) * cross @ cross
