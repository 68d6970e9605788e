"""SimCLR's objective, and two numbers that say how it is reached."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf


class Agreement(NamedTuple):
    """How well a network recognises an image in two views of it.

    Attributes
    ----------
    loss : tensor of shape (), float32
        Cross-entropy of finding the other view of an image among all other views of the batch;
        log(2 n - 1) for a network that sees no difference.
    alignment : tensor of shape (), float32
        Mean squared distance between the two views of an image on the unit sphere, in 0..4; small
        is good.
    uniformity : tensor of shape (), float32
        Log of the mean of exp(-2 d^2) over the distances d of all pairs of different views; 0 if
        all are alike, about -4 for points spread evenly over a sphere of many dimensions.
    """

    loss: tf.Tensor
    alignment: tf.Tensor
    uniformity: tf.Tensor


def nt_xent(projections: tf.Tensor, temperature: float) -> Agreement:
    """Return the normalised temperature-scaled cross-entropy of pairs of views.

    Parameters
    ----------
    projections : tensor of shape (2 n, d), float32
        Row i and row n + i belong to two views of one image; n at least 1.
    temperature : float
        What cosines are divided by. A low one pushes hardest on the most similar others.

    Returns
    -------
    Agreement

    References
    ----------
    Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual
    representations", ICML 2020, equation 1.
    Wang, Isola, "Understanding contrastive representation learning through alignment and uniformity
    on the hypersphere", ICML 2020, section 4.1, with alpha = t = 2.

    Examples
    --------
    >>> both = tf.constant([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    >>> [round(float(value), 4) for value in nt_xent(both, temperature=0.5)]
    [0.2395, 0.0, -1.0626]
    """
    n_views = projections.shape[0]
    unit = tf.math.l2_normalize(projections, axis=1)
    cosines = tf.matmul(unit, unit, transpose_b=True)
    partner = tf.roll(tf.range(n_views), n_views // 2, axis=0)
    logits = tf.linalg.set_diag(cosines / temperature, tf.fill([n_views], float("-inf")))
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(partner, logits)
    # On the unit sphere the squared distance is 2 - 2 cos. A view's distance of 0 to itself is
    # left out of the mean.
    first, second = unit[: n_views // 2], unit[n_views // 2 :]
    alignment = tf.reduce_mean(tf.reduce_sum(tf.math.squared_difference(first, second), axis=1))
    kernel = tf.linalg.set_diag(tf.exp(4 * cosines - 4), tf.zeros([n_views]))
    uniformity = tf.math.log(tf.reduce_sum(kernel) / (n_views * (n_views - 1)))
    return Agreement(tf.reduce_mean(loss), alignment, uniformity)
