"""Mean distances of points to a cluster, between bounds, from few of the cluster's points.

What is sought is the mean distance m of a point x to the points y of a cluster. From the cluster's
mean c and its mean squared distance s^2 to c follow, without any pair,

    q = |x - c|  <=  m  <=  r = sqrt(q^2 + s^2)

(the norm is convex; r^2 is the mean of the squared distances). The mean is m = r - E, where E is
that of (d - r)^2 / 2r over the distances d: little, where they hardly differ. E is estimated from y
that are drawn, t times, with probabilities proportional to |y - c|^2 + s^2, as those of a
lightweight coreset. A drawn term, divided by n times its probability, lies between 0 and
B = (s^2 + g^2) / r with g = r - q: by the triangle inequality |d - r| <= |y - c| + g, and by that
of Cauchy and Schwarz (|y - c| + g)^2 <= (|y - c|^2 + s^2) (1 + g^2 / s^2). So Chernoff's bound for
independent terms in [0, B] holds E between bounds around its estimate e, each of which fails with
a probability of at most p. With l = ln(1 / p) / t:

    e - B sqrt(2 l e / B)  <=  E  <=  e + B (2 l / 3 + sqrt(4 l^2 / 9 + 2 l e / B))

References
----------
Bachem, Lucic and Krause, "Scalable k-means clustering via lightweight coresets", KDD 2018.
Hoeffding, "Probability inequalities for sums of bounded random variables", Journal of the American
Statistical Association 58 (1963), 13-30: theorem 1, whose exponent t kl(e/B, E/B) is at least that
of a Poisson variable, which ln(1 + u) <= u (6 + u) / (6 + 4 u) turns into the bounds above.
"""

from typing import NamedTuple

import numpy as np


class Sample(NamedTuple):
    """Points that stand for a cluster.

    Attributes
    ----------
    rows : ndarray of int of shape (t,)
        Numbers of the points in increasing order, some of them more than once.
    factors : ndarray of shape (t, d), dtype float32
        Minus twice the points as seen from the cluster's mean.
    norms, weights : ndarray of shape (t,), dtype float32
        Squared distances to the mean; what distances are multiplied with for their mean.
    sum_of_weights, sum_of_norms : float
        Weighted sums of 1 and of the norms.
    sum_of_factors : ndarray of shape (d,), dtype float64
        Weighted sum of the factors.
    is_whole : bool
        Whether they are all points of the cluster, each once.
    """

    rows: np.ndarray
    factors: np.ndarray
    norms: np.ndarray
    weights: np.ndarray
    sum_of_weights: float
    sum_of_norms: float
    sum_of_factors: np.ndarray
    is_whole: bool


def draw(members, norms, n_draws, rng):
    """Draw points of a cluster, or take all of it if it has no more.

    Parameters
    ----------
    members : ndarray of int of shape (m,)
        Numbers of the cluster's points, in increasing order.
    norms : ndarray of shape (m,)
        Their squared distances to its mean.
    n_draws : int
        How many.
    rng : numpy.random.Generator

    Returns
    -------
    rows : ndarray of int of shape (t,)
        Their numbers.
    weights : ndarray of shape (t,), dtype float64
        What a distance to them is multiplied with for the mean distance.
    """
    if len(members) <= n_draws:
        return members, np.full(len(members), 1 / len(members))
    sizes = norms + norms.mean()
    ends = np.cumsum(sizes)
    drawn = np.searchsorted(ends, np.sort(rng.random(n_draws)) * ends[-1], side="right")
    drawn = np.minimum(drawn, len(members) - 1)  # which rounding may exceed
    return members[drawn], ends[-1] / len(members) / sizes[drawn] / n_draws


def sample_of(rows, weights, differences, size):
    """Return the sample of given points.

    Parameters
    ----------
    rows, weights : ndarray of shape (t,)
        As `draw` returns them.
    differences : ndarray of shape (t, d)
        The points as seen from the cluster's mean.
    size : int
        Size of the cluster.
    """
    factors = -2 * differences
    norms = np.einsum("ij,ij->i", differences, differences)
    return Sample(
        rows,
        factors.astype(np.float32),
        norms.astype(np.float32),
        weights.astype(np.float32),
        float(weights.sum()),
        float(weights @ norms),
        weights @ factors,
        len(rows) == size,
    )


def mean_distances(rows, differences, spread, sample, log_p):
    """Compute mean distances to the points of a cluster, the point itself included.

    Parameters
    ----------
    rows : ndarray of int of shape (n,)
        Numbers of the points.
    differences : ndarray of shape (n, d), dtype float64
        The points as seen from the cluster's mean.
    spread : float
        Mean squared distance of the cluster's points to their mean.
    sample : Sample or None
        Points that stand for the cluster.
    log_p : float
        -ln of the probability that one of the bounds fails.

    Returns
    -------
    bounds : ndarray of shape (3, n)
        Below, above, and the estimate between them.
    """
    squares = np.einsum("ij,ij->i", differences, differences)
    low, high = np.sqrt(squares), np.sqrt(squares + spread)
    if sample is None or spread == 0:
        return np.stack([low, high, high])
    means = _weighted_distances(rows, differences, squares, sample)
    if sample.is_whole:
        return np.stack([means, means, means])
    mean_squares = (
        sample.sum_of_weights * squares + sample.sum_of_norms + differences @ sample.sum_of_factors
    )
    gaps = mean_squares / (2 * high) - means + sample.sum_of_weights * high / 2
    largest = (spread + (high - low) ** 2) / high
    share = np.clip(gaps / largest, 0, 1)
    unsure = log_p / len(sample.rows)
    most = share + 2 / 3 * unsure + np.sqrt(4 / 9 * unsure**2 + 2 * unsure * share)
    least = share - np.sqrt(2 * unsure * share)
    below = np.maximum(low, high - largest * most)
    above = np.minimum(high, high - largest * np.maximum(least, 0))
    return np.stack([below, above, np.clip(high - largest * share, below, above)])


def _weighted_distances(rows, differences, squares, sample):
    distances = differences.astype(np.float32) @ sample.factors.T
    distances += sample.norms
    distances += squares.astype(np.float32)[:, None]
    np.sqrt(np.maximum(distances, 0, out=distances), out=distances)
    # Rounding leaves a point's distance to itself above 0, which counts in a small cluster.
    place = np.minimum(np.searchsorted(sample.rows, rows), len(sample.rows) - 1)
    drawn = np.flatnonzero(sample.rows[place] == rows)
    distances[drawn] *= rows[drawn, None] != sample.rows
    return (distances @ sample.weights).astype(np.float64)
