"""What happens to single points between the products of matrices, in compiled loops.

Numba compiles a function when it is first called with arrays of some type, and keeps what it
compiled beside this file, or in ``NUMBA_CACHE_DIR``, until this file changes: so what compiled
functions call is in it too.

Two things keep loops fast. Functions take what they need out of tuples first: to look it up for
every point takes ten times as long as the rest. And a loop that the compiler shall make for several
numbers at once has a function of its own, which writes to one array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

from aecluster.clustering import _rounding
from aecluster.clustering._caching import njit_cached
from aecluster.clustering._compiling import tell_of_compiling

# Terms of a sum may be added in any order, which no bound of its rounding depends on. Nothing else
# may be assumed: scores do overflow.
FREEDOMS = {"reassoc", "nsz", "contract"}
MAX_TERMS = _rounding.MAX_TERMS
POINTS_AT_A_TIME = 256
# A gap is good for millions of times that it is narrowed, each of which rounds in float64.
SHRUNK = 1 - 1e-9
# Below it a square has lost digits.
TINY_SQUARE = 1e-280
# A distance grows and shrinks a little more with every way, each of which rounds in float64.
ABOVE, BELOW = 1 + 2.0**-50, 1 - 2.0**-50
FAR = -1e37  # a product that makes a score larger than those that count
LANES = 32  # scores that are compared at a time
# Scores that are computed at a time: sums for so many points and so many centroids stay in the
# registers of processors with AVX2, and are as many as those with AVX-512 need to be busy.
TILE_POINTS, GROUP = 4, 16
TILE_FEATURES = 4  # features are filled up with zeros to a multiple
# There is no second centroid: a score beyond all, of which the arithmetic here does not overflow.
NO_SCORE = 1e300


class Points(NamedTuple):
    """Rows of a share or a block.

    Attributes
    ----------
    data : ndarray of shape (n, n_features)
        As they are stored.
    origin : ndarray of shape (n_features,), fast dtype
        What products subtract from them.
    weight : ndarray of shape (n,), float64
    norms, reach : ndarray of shape (n,), fast dtype
        As `Rows.norms` and `Rows.reach` give them.
    """

    data: np.ndarray
    origin: np.ndarray
    weight: np.ndarray
    norms: np.ndarray
    reach: np.ndarray


class Centroids(NamedTuple):
    """The centroids of one restart: see `Codebook`.

    Attributes
    ----------
    centers : ndarray of shape (n_clusters, n_features), float64
    near : ndarray of shape (n_clusters, n_features), fast dtype
    offsets : ndarray of shape (n_clusters,), fast dtype
    slack_per_norm, slack, tie : float
    """

    centers: np.ndarray
    near: np.ndarray
    offsets: np.ndarray
    slack_per_norm: float
    slack: float
    tie: float


class Way(NamedTuple):
    """What is known of the way of the centroids of one restart from where all were computed.

    Attributes
    ----------
    scores : ndarray of shape (n_clusters, n), fast dtype
        Those of all points at its beginning.
    missed : ndarray of shape (n_clusters,), fast dtype
        Twice a bound of the length of its part that the projection does not see.
    slack_per_norm, slack : float
        Bounds of scores are off by less than ``slack_per_norm |x| + slack``.
    """

    scores: np.ndarray
    missed: np.ndarray
    slack_per_norm: float
    slack: float


class State(NamedTuple):
    """What is known of the points for one restart; changed in place.

    Attributes
    ----------
    labels : ndarray of shape (n,), intp
        -1 where there is none yet.
    gaps : ndarray of shape (n,), float64
        How much farther than its own centroid any other one is at least; 0 if not certain.
    sums : ndarray of shape (n_clusters, n_features), float64
        Weighted sums of the points that joined, less those of the points that left.
    mass : ndarray of shape (n_clusters,), float64
        The same of the weights.
    """

    labels: np.ndarray
    gaps: np.ndarray
    sums: np.ndarray
    mass: np.ndarray


class Survey(NamedTuple):
    """What is known of scores before features are read.

    Attributes
    ----------
    offsets : ndarray of shape (n_clusters,), fast dtype
        Of which the products are subtracted.
    slack_per_norm, slack, tie : float
        A score of point x is below that by less than ``slack_per_norm |x| + slack + tie |x|^2``.
    is_whole : bool
        Whether these are the scores themselves, and not only what they are at least.
    limit : float
        Of points that reach no farther, no product leaves the range of its dtype.
    """

    offsets: np.ndarray
    slack_per_norm: float
    slack: float
    tie: float
    is_whole: bool
    limit: float


class Known(NamedTuple):
    """What is known of the points for one restart; changed in place.

    Distances are the roots of squared ones to which the same is added for all centroids of a
    point: a way of a centroid changes them by no more than it is long.

    Attributes
    ----------
    labels : ndarray of shape (n,), intp
        -1 where there is none yet.
    own : ndarray of shape (n,), float64
        How far the own centroid is at most.
    others : ndarray of shape (n,), float64
        How far any other one is at least.
    sums, mass
        As in `State`.
    """

    labels: np.ndarray
    own: np.ndarray
    others: np.ndarray
    sums: np.ndarray
    mass: np.ndarray


class Groups(NamedTuple):
    """The centroids of one restart, `GROUP` of them side by side.

    Attributes
    ----------
    members : ndarray of shape (n_groups * GROUP,), intp
        Which centroid is at each place; -1 where none is.
    places : ndarray of shape (n_clusters,), intp
        Where each centroid is.
    factors : ndarray of shape (n_groups * padded * GROUP,), fast dtype
        Of each group one feature after the other; `padded` is the next multiple of
        `TILE_FEATURES`.
    offsets : ndarray of shape (n_groups * GROUP,), fast dtype
        Of which the products are subtracted; infinite where no centroid is.
    ways : ndarray of shape (n_groups,), fast dtype
        The longest way of each group, or a little more.
    limit : float
        Of points that reach no farther, no product leaves the range of its dtype.
    """

    members: np.ndarray
    places: np.ndarray
    factors: np.ndarray
    offsets: np.ndarray
    ways: np.ndarray
    limit: float


class RowsNear(NamedTuple):
    """All rows as `closer` needs them; see `Rows`.

    Attributes
    ----------
    origin : ndarray of shape (n_features,), fast dtype
        What products subtract from rows.
    weight : ndarray of shape (n_samples,), float64
    norms_sq, reach_sq : ndarray of shape (n_samples,), fast dtype
    """

    origin: np.ndarray
    weight: np.ndarray
    norms_sq: np.ndarray
    reach_sq: np.ndarray


class Targets(NamedTuple):
    """Candidates for a seed.

    Attributes
    ----------
    exact : ndarray of shape (n_targets, n_features), float64
    factors : ndarray of shape (n_targets, n_features), fast dtype
    constants : ndarray of shape (n_targets,), fast dtype
        ``factors . row + constant + norms_sq`` is a squared distance.
    doubtful : ndarray of shape (n_targets,), fast dtype
        It is a good one if it is more than this and `relative` times the squared reach of the row.
    relative : float
    """

    exact: np.ndarray
    factors: np.ndarray
    constants: np.ndarray
    doubtful: np.ndarray
    relative: float


def compiled(function: Callable) -> Callable:
    return njit_cached(function, nogil=True, fastmath=FREEDOMS, error_model="numpy")


tell_of_compiling(__name__)
equal_within = compiled(_rounding.equal_within)


@compiled
def survey(block, weight, direction, origin, exact, near, along, norms_sq, lengths_sq, moments):
    """Measure rows.

    Parameters
    ----------
    block : ndarray of shape (n, n_features)
    weight : ndarray of shape (n,), float64
    direction, origin : ndarray of shape (n_features,), fast dtype
    exact : ndarray of shape (n_features,), float64
        The origin.
    near : ndarray of shape (n, n_features), fast dtype
        Takes the rows about the origin.
    along : ndarray of shape (n,), fast dtype
        Takes the products of the rows, as they are, with the direction.
    norms_sq, lengths_sq : ndarray of shape (n,), fast dtype
        Take the squared norms about the origin, and as they are.
    moments : ndarray of shape (n_features + 1,), float64
        To which the weighted sums of rows about the origin, and of their squared norms, are added;
        these are exact in float64, as inertias are told from them.
    """
    kind = origin.dtype.type
    n, n_features = block.shape
    sums = np.zeros_like(origin)
    for p in range(n):
        share = kind(weight[p])
        product, norm_sq, length_sq = kind(0), kind(0), kind(0)
        for j in range(n_features):
            value = kind(block[p, j])
            difference = value - origin[j]
            near[p, j] = difference
            product += value * direction[j]
            length_sq += value * value
            norm_sq += difference * difference
            sums[j] += share * difference
        along[p], norms_sq[p], lengths_sq[p] = product, norm_sq, length_sq
        if weight[p] > 0:  # else 0 times infinity
            moments[n_features] += weight[p] * _distance_sq(block[p], exact)
    for j in range(n_features):
        moments[j] += sums[j]


@compiled
def narrow(labels, gaps, drift):
    """Narrow the gaps by ``drift[label]`` and return which points have none left."""
    n_open = 0
    index = np.empty(len(gaps), np.intp)
    for p in range(len(gaps)):
        gaps[p] -= drift[labels[p]]
        index[n_open] = p
        n_open += gaps[p] <= 0
    return index[:n_open]


@compiled
def assign_by_products(points, index, products, book, state):
    """Assign points whose products with the centroids are at hand.

    Parameters
    ----------
    points : Points
    index : ndarray of shape (m,), intp
        Which of the points.
    products : ndarray of shape (n_clusters, m), fast dtype
        Overwritten by scores.
    book : Centroids
    state : State

    Returns
    -------
    int
        Number of points whose label changed.
    """
    n_clusters, m = products.shape
    centers, offsets = book.centers, book.offsets
    slack_per_norm, slack, tie = book.slack_per_norm, book.slack, book.tie
    data, weight, norms, reach = points.data, points.weight, points.norms, points.reach
    labels, gaps, sums, mass = state.labels, state.gaps, state.sums, state.mass
    for c in range(n_clusters):
        _subtract_from(offsets[c], products[c])
    size = POINTS_AT_A_TIME
    found = np.empty(3 * size, products.dtype)
    least = np.empty(n_clusters)
    n_changed = 0
    for start in range(0, m, size):
        n = min(size, m - start)
        _lowest_two(products, start, n, found)
        for i in range(n):
            q = start + i
            p = index[q]
            error = slack_per_norm * reach[p] + slack + tie * reach[p] * reach[p]
            low, high = found[size + i] - error, found[i] + error
            if low > high and found[2 * size + i] == 0:
                label = _row_of(products, q, found[i], labels[p])
                gaps[p] = _gap(high, low, norms[p])
            else:
                for c in range(n_clusters):
                    least[c] = products[c, q] - error
                gaps[p] = 0
                label = _settle(data[p], centers, least, high)
            if label != labels[p]:
                _move(data[p], weight[p], labels[p], label, sums, mass)
                labels[p] = label
                n_changed += 1
    return n_changed


@compiled
def assign_by_way(points, index, change, coordinates, way, book, state):
    """Assign points by what their scores can have changed; what that leaves open, by products.

    Parameters
    ----------
    points : Points
    index : ndarray of shape (m,), intp
        Which of the points.
    change : ndarray of shape (n_clusters, m), fast dtype
        What scores have changed by at least; overwritten.
    coordinates : ndarray of shape (m, n_directions + 2), fast dtype
        Of these points: see `Projection`.
    way : Way
    book : Centroids
    state : State

    Returns
    -------
    n_computed : int
        Number of points for which all features were read.
    n_changed : int
        Number of points whose label changed.
    """
    n_clusters, m = change.shape
    scores, missed = way.scores, way.missed
    centers, near, offsets = book.centers, book.near, book.offsets
    data, origin, weight = points.data, points.origin, points.weight
    norms, reach = points.norms, points.reach
    labels, gaps, sums, mass = state.labels, state.gaps, state.sums, state.mass
    for c in range(n_clusters):
        _add_some(scores[c], index, change[c])
    size = POINTS_AT_A_TIME
    found = np.empty(3 * size, change.dtype)
    highest, rest = np.empty(size, change.dtype), np.empty(size, change.dtype)
    least, which = np.empty(n_clusters), np.empty(n_clusters, np.intp)
    x, product = np.empty_like(origin), np.empty_like(offsets)
    n_computed, n_changed = 0, 0
    for start in range(0, m, size):
        n = min(size, m - start)
        for i in range(n):
            rest[i] = coordinates[start + i, -2]
        _lowest_two(change, start, n, found)
        _lowest_above(change, start, n, missed, rest, highest)
        for i in range(n):
            q = start + i
            p = index[q]
            tie = book.tie * reach[p] * reach[p]
            error = way.slack_per_norm * reach[p] + way.slack + tie
            low, high = found[size + i] - error, highest[i] + error
            is_certain = found[2 * size + i] == 0 and low > high
            label = _row_of(change, q, found[i], labels[p])
            if not is_certain:
                n_computed += 1
                for c in range(n_clusters):
                    least[c] = change[c, q] - error
                _subtract(data[p], origin, x)
                error = book.slack_per_norm * reach[p] + book.slack + tie
                high = _compute(x, near, offsets, error, label, least, which, product)
                label, low, is_certain = _lowest_of(least, high)
            if is_certain:
                gaps[p] = _gap(high, low, norms[p])
            else:
                gaps[p] = 0
                label = _settle(data[p], centers, least, high)
            if label != labels[p]:
                _move(data[p], weight[p], labels[p], label, sums, mass)
                labels[p] = label
                n_changed += 1
    return n_computed, n_changed


@compiled
def drift(labels, own, others, ways, way_of_others):
    """Let distances grow and shrink by the ways of centroids, and return which points are open.

    Parameters
    ----------
    labels, own, others
        As in `Known`.
    ways : ndarray of shape (n_clusters,), float64
    way_of_others : float
        The longest way of those centroids that `others` shall stand for.
    """
    n_open = 0
    index = np.empty(len(own), np.intp)
    for p in range(len(own)):
        own[p] = (own[p] + ways[labels[p]]) * ABOVE
        others[p] = (others[p] - way_of_others) * BELOW
        index[n_open] = p
        n_open += not own[p] < others[p]
    return index[:n_open]


@compiled
def margins(labels, own, others, ways, step):
    """Return by how much the others are farther than the own centroid, for some of the points."""
    found = np.empty(len(range(0, len(own), step)))
    for i in range(len(found)):
        p = i * step
        found[i] = others[p] - own[p] - ways[labels[p]]
    return found


@compiled
def measure_own(points, index, book, known):
    """Measure the distances of points to their own centroids, and return which are still open.

    Parameters
    ----------
    points : Points
    index : ndarray of shape (m,), intp
    book : Centroids
    known : Known
    """
    data, origin, norms, reach = points.data, points.origin, points.norms, points.reach
    near, offsets = book.near, book.offsets
    slack_per_norm, slack, tie = book.slack_per_norm, book.slack, book.tie
    labels, own, others = known.labels, known.own, known.others
    x = np.empty_like(origin)
    left = np.empty_like(index)
    n_left = 0
    for q in range(len(index)):
        p = index[q]
        error = slack_per_norm * reach[p] + slack + tie * reach[p] * reach[p]
        _subtract(data[p], origin, x)
        score = offsets[labels[p]] - _whole_product(x, near[labels[p]])
        own[p] = _distance(score + error, norms[p]) * ABOVE
        left[n_left] = p
        n_left += not own[p] < others[p]
    return left[:n_left]


@compiled
def look_at_some(points, products, start, place, survey, known):
    """Bound the distances of points to some centroids that `others` does not stand for.

    Parameters
    ----------
    points : Points
    products : ndarray of shape (m, n_some), fast dtype
    start : int
        Of which point the first row is.
    place : ndarray of shape (n_clusters,), intp
        In which column each centroid is; -1 if in none.
    survey : Survey
        Its offsets are those of these centroids.
    known : Known

    Returns
    -------
    ndarray of intp
        The points that are open.
    """
    norms, reach = points.norms, points.reach
    offsets, slack_per_norm, slack = survey.offsets, survey.slack_per_norm, survey.slack
    tie = survey.tie
    labels, own, others = known.labels, known.own, known.others
    lanes = np.empty(LANES, products.dtype)
    index = np.empty(len(products), np.intp)
    n_open = 0
    for q in range(len(products)):
        p = start + q
        if place[labels[p]] >= 0:
            products[q, place[labels[p]]] = FAR
        _lowest_in_lanes(products[q], offsets, lanes)
        error = slack_per_norm * reach[p] + slack + tie * reach[p] * reach[p]
        far = _distance(_lowest_lane(lanes) - error, norms[p]) * BELOW
        others[p] = min(far if reach[p] < survey.limit else 0.0, others[p])
        index[n_open] = p
        n_open += not own[p] < others[p]
    return index[:n_open]


@compiled
def assign_by_survey(points, index, products, survey, book, known):
    """Assign points of which a survey tells how near the centroids are at least.

    Parameters
    ----------
    points : Points
    index : ndarray of shape (m,), intp
        Which of the points.
    products : ndarray of shape (m, n_clusters), fast dtype
        ``survey.offsets - products`` are the scores of the survey.
    survey : Survey
    book : Centroids
    known : Known

    Returns
    -------
    n_measured : int
        Number of distances for which all features were read.
    n_changed : int
        Number of points whose label changed.
    """
    n_clusters = products.shape[1]
    centers, near, offsets = book.centers, book.near, book.offsets
    slack_per_norm, slack, tie = book.slack_per_norm, book.slack, book.tie
    data, origin, weight = points.data, points.origin, points.weight
    norms, reach = points.norms, points.reach
    labels, own, others = known.labels, known.own, known.others
    sums, mass = known.sums, known.mass
    of_survey, is_whole = survey.offsets, survey.is_whole
    lanes, seconds = np.empty(LANES, products.dtype), np.empty(LANES, products.dtype)
    x, least = np.empty_like(origin), np.empty(n_clusters)
    which, scores = np.empty(n_clusters, np.intp), np.empty(n_clusters)
    limit, n_lanes = survey.limit, min(LANES, n_clusters)
    n_measured, n_changed = 0, 0
    for q in range(len(index)):
        p = index[q]
        tied = tie * reach[p] * reach[p]
        error = slack_per_norm * reach[p] + slack + tied
        unsure = survey.slack_per_norm * reach[p] + survey.slack + tied
        row = products[q]
        is_sound = reach[p] < limit
        n, label = 0, 0
        low, high, second = np.inf, np.inf, np.inf
        if is_sound and is_whole:
            _lowest_two_in_lanes(row, of_survey, lanes, seconds)
            lowest = _lowest_lane(lanes)
            label = _place_of(row, of_survey, lanes, lowest, labels[p])
            high = lowest + error
            second = _second_lane(lanes, seconds) - error
        elif is_sound:
            _lowest_in_lanes(row, of_survey, lanes)
            first = _place_of(row, of_survey, lanes, _lowest_lane(lanes), labels[p])
            _subtract(data[p], origin, x)
            if labels[p] >= 0:
                which[0], n = labels[p], 1
                scores[0] = offsets[labels[p]] - _whole_product(x, near[labels[p]])
                high = scores[0] + error
            if first != labels[p]:
                which[n] = first
                scores[n] = offsets[first] - _whole_product(x, near[first])
                high = min(high, scores[n] + error)
                n += 1
            one, other = which[0], which[n - 1]
            for i in range(n_lanes):
                if lanes[i] - unsure > high:
                    second = min(second, lanes[i] - unsure)
                    continue
                for c in range(i, n_clusters, LANES):
                    if c in (one, other):
                        continue
                    value = np.float64(of_survey[c] - row[c]) - unsure
                    if value > high:
                        second = min(second, value)
                        continue
                    which[n] = c
                    scores[n] = offsets[c] - _whole_product(x, near[c])
                    high = min(high, scores[n] + error)
                    n += 1
            n_measured += n
            label = which[0]
            for i in range(n):
                if scores[i] < low:
                    low, label = scores[i], which[i]
            for i in range(n):
                if which[i] != label:
                    second = min(second, scores[i] - error)
            high = low + error
        if is_sound and second > high:
            own[p] = _distance(high, norms[p]) * ABOVE
            others[p] = _distance(second, norms[p]) * BELOW
        else:
            own[p], others[p] = np.inf, 0.0
            for c in range(n_clusters):
                least[c] = np.inf if is_sound else -np.inf
            if not is_sound:
                high = np.inf
            elif is_whole:
                for c in range(n_clusters):
                    least[c] = of_survey[c] - row[c] - error
            else:
                for i in range(n):
                    least[which[i]] = scores[i] - error
            label = _settle(data[p], centers, least, high)
        if label != labels[p]:
            _move(data[p], weight[p], labels[p], label, sums, mass)
            labels[p] = label
            n_changed += 1
    return n_measured, n_changed


@compiled
def assign_by_groups(points, groups, ways, book, known):
    """Assign points after centroids moved, looking at those groups that may hold the nearest.

    Parameters
    ----------
    points : Points
    groups : Groups
    ways : ndarray of shape (n_clusters,), float64
        How far the centroids moved.
    book : Centroids
    known : Known
        Its `others` are of shape (n_groups, n) and in the fast dtype: how far any centroid of a
        group, but the own one, is at least.

    Returns
    -------
    n_measured : int
        Number of points for which groups were looked at.
    n_changed : int
        Number of points whose label changed.
    """
    near, offsets = book.near, book.offsets
    slack_per_norm, slack, tie = book.slack_per_norm, book.slack, book.tie
    data, origin, weight = points.data, points.origin, points.weight
    norms, reach = points.norms, points.reach
    labels, own, others, sums, mass = known.labels, known.own, known.others, known.sums, known.mass
    members, places, factors = groups.members, groups.places, groups.factors
    group_offsets, group_ways, limit = groups.offsets, groups.ways, groups.limit
    kind, eps = origin.dtype.type, np.finfo(origin.dtype).eps
    above, below = kind(1) + 8 * eps, kind(1) - 8 * eps
    n_groups = len(group_ways)
    n, n_features = data.shape
    padded, size = len(factors) // len(members), POINTS_AT_A_TIME
    # Of the points of a block.
    where = np.empty(size, np.intp)
    points_near = np.zeros(size * padded, origin.dtype)
    best, squares = np.empty(size, origin.dtype), np.empty(size, origin.dtype)
    reached, nearest = np.empty(size, origin.dtype), np.empty(size, origin.dtype)
    errors = np.empty(size)
    # Of those among them for which a group is open.
    some, starts = np.empty(size, np.intp), np.empty(size + TILE_POINTS, np.intp)
    own_lanes = np.empty(size + TILE_POINTS, np.intp)
    found = np.empty(size + TILE_POINTS, origin.dtype)
    of_some = np.empty(size, origin.dtype)
    scores = np.empty(TILE_POINTS * GROUP, origin.dtype)
    n_measured, n_changed = 0, 0
    for start in range(0, n, size):
        m = min(size, n - start)
        for i in range(m):
            nearest[i] = np.inf
        for g in range(n_groups):
            _drift_apart(others[g, start : start + m], group_ways[g], below, nearest)
        # One row at a time is waited for where a branch hangs on it, so first things come first.
        n_open = 0
        for i in range(m):
            p = start + i
            own[p] = (own[p] + ways[labels[p]]) * ABOVE
            reached[i] = -1
            some[n_open] = i
            n_open += not own[p] < nearest[i]
        for q in range(n_open):
            i = some[q]
            p = start + i
            x = points_near[i * padded : i * padded + n_features]
            _subtract(data[p], origin, x)
            best[i], where[i] = np.inf, -1
            if labels[p] >= 0:
                best[i] = offsets[labels[p]] - _whole_product(x, near[labels[p]])
                where[i] = places[labels[p]]
            errors[i] = slack_per_norm * reach[p] + slack + tie * reach[p] * reach[p]
            about = np.float64(norms[p]) * norms[p]
            # Less by more than rounding may add here, and to twice the lowest score.
            squares[i] = kind(about - 2 * errors[i] - 4 * eps * about)
        n_candidates, n_open = n_open, 0
        for q in range(n_candidates):
            i = some[q]
            p = start + i
            own[p] = _distance(best[i] + errors[i], norms[p]) * ABOVE
            is_open = not own[p] < nearest[i]
            reached[i] = kind(own[p]) * above if is_open else kind(-1)
            n_open += is_open
            if not reach[p] < limit:
                reached[i] = -1
                n_changed += _settle_alone(p, points, book, known)
        if n_open == 0:
            continue
        n_measured += n_open
        for i in range(m):
            nearest[i] = np.inf
        for g in range(n_groups):
            of_group = others[g, start : start + m]
            n_some = 0
            for i in range(m):
                some[n_some] = i
                n_some += reached[i] >= of_group[i]
            if n_some == 0:
                continue
            first = g * GROUP
            for q in range(n_some):
                i = some[q]
                starts[q], own_lanes[q], of_some[q] = i * padded, where[i] - first, squares[i]
            for q in range(n_some, n_some + TILE_POINTS):
                starts[q] = starts[n_some - 1]
            for q in range(0, n_some, TILE_POINTS):
                score_tile(
                    points_near, starts, own_lanes, q, factors, first * padded, padded,
                    group_offsets, first, scores, found,
                )  # fmt: skip
                for r in range(min(TILE_POINTS, n_some - q)):
                    i = some[q + r]
                    if not found[q + r] < best[i]:
                        continue
                    begin, norm = r * GROUP, norms[start + i]
                    lane, second = _lowest_lane_and_second(scores[begin : begin + GROUP])
                    lowest, found[q + r] = found[q + r], second
                    before = where[i] // GROUP
                    if before == g:
                        found[q + r] = min(second, best[i])
                    elif before >= 0:
                        far = kind(_distance(best[i] - errors[i], norm)) * below
                        others[before, start + i] = min(far, others[before, start + i])
                    best[i], where[i] = lowest, first + lane
                    reached[i] = kind(_distance(lowest + errors[i], norm)) * above
            _least_distances(found[:n_some], of_some[:n_some], below)
            for q in range(n_some):
                of_group[some[q]] = found[q]
        for g in range(n_groups):
            _lower(others[g, start : start + m], nearest)
        for i in range(m):
            if reached[i] < 0:
                continue
            p, label = start + i, members[where[i]]
            own[p] = _distance(best[i] + errors[i], norms[p]) * ABOVE
            if not own[p] < nearest[i]:
                label = _settle_by_groups(
                    points_near, i * padded, p, where[i], best[i], errors[i],
                    points, groups, book, known,
                )  # fmt: skip
            if label != labels[p]:
                _move(data[p], weight[p], labels[p], label, sums, mass)
                labels[p] = label
                n_changed += 1
    return n_measured, n_changed


@compiled
def join(data, weight, labels, sums, mass):
    """Add weighted rows to the sums of their clusters, and the weights to the clusters' mass."""
    for p in range(len(labels)):
        _move(data[p], weight[p], -1, labels[p], sums, mass)


@compiled
def add_changes(sums, changes, first, stop):
    """Add what a worker found to the sums of some clusters, and leave zeros in its place."""
    for c in range(first, stop):
        _take(sums[c], changes[c])


@compiled
def norms_of_sums(sums, norms, first, stop):
    """Write the norms of the sums of some clusters."""
    for c in range(first, stop):
        norms[c] = np.sqrt(_one_product(sums[c], sums[c]))


@compiled
def move_to_means(sums, mass, centers, ways, first, stop):
    """Move some centroids to the means of their clusters, and write how far they moved."""
    for c in range(first, stop):
        ways[c] = np.sqrt(_way_to(sums[c], mass[c], centers[c]))


@compiled
def closer(data, start, first, of_rows, targets, values, is_bound, closest, found, gains):
    """Compute the squared distances to the closest seed if a target were one.

    Parameters
    ----------
    data : ndarray of shape (m, n_features)
    start : int
        Where these rows stand among all.
    first : int
        Where they stand in `found`.
    of_rows : RowsNear
    targets : Targets
    values : ndarray of shape (n_targets, m), fast dtype
        Of targets and rows what the squared distance is at least, or ``factors . row``.
    is_bound : bool
        Which of them.
    closest : ndarray of shape (n_restarts, n_samples), fast dtype
        Squared distances to the closest seed so far.
    found : ndarray of shape (n_targets, n), fast dtype
        Takes what they would be.
    gains : ndarray of shape (n_targets,), float64
        To which is added by how much their weighted sums would be less.
    """
    n_targets, m = values.shape
    n_trials = n_targets // len(closest)
    origin, factors, constants = of_rows.origin, targets.factors, targets.constants
    norms_sq, weight = of_rows.norms_sq[start : start + m], of_rows.weight[start : start + m]
    reach_sq, exact = of_rows.reach_sq[start : start + m], targets.exact
    x = np.empty_like(origin)
    for t in range(n_targets):
        least = closest[t // n_trials, start : start + m]
        would_be = found[t, first : first + m]
        doubtful = targets.doubtful[t]
        if is_bound:
            _copy(least, would_be)
        for begin in range(0, m, LANES):
            end = min(begin + LANES, m)
            if is_bound:
                n_open = _n_below(values[t, begin:end], least[begin:end])
            else:
                n_open = _complete(
                    values[t, begin:end], constants[t], norms_sq[begin:end],
                    targets.relative, reach_sq[begin:end], doubtful,
                    least[begin:end], would_be[begin:end],
                )  # fmt: skip
            if n_open == 0:
                continue
            for q in range(begin, end):
                if is_bound and values[t, q] >= least[q]:
                    continue
                product = values[t, q]
                if is_bound:
                    _subtract(data[q], origin, x)
                    product = _whole_product(x, factors[t])
                distance = product + constants[t] + norms_sq[q]
                # Below this, rounding may be more than a hundredth of the distance.
                if not distance > targets.relative * reach_sq[q] + doubtful:
                    distance = x.dtype.type(_distance_sq(data[q], exact[t]))
                would_be[q] = min(distance, least[q])
                if is_bound and weight[q] > 0:  # else 0 times infinity
                    gains[t] += weight[q] * (np.float64(least[q]) - np.float64(would_be[q]))
        if not is_bound:
            gains[t] += _gain(weight, least, would_be)


# --- parts ---


@compiled
def _copy(values, to):
    # To assign a slice takes a second longer to compile.
    for q in range(len(values)):
        to[q] = values[q]


@compiled
def _n_below(values, least):
    """Return how many values may be below others."""
    total = values.dtype.type(0)
    for q in range(len(values)):
        total += values.dtype.type(0) if values[q] >= least[q] else values.dtype.type(1)
    return total


@compiled
def _complete(products, constant, norms_sq, relative, reach_sq, doubtful, least, would_be):
    """Write the squared distances that products give, and return how many of them are doubtful."""
    total = products.dtype.type(0)
    for q in range(len(products)):
        distance = products[q] + constant + norms_sq[q]
        is_good = distance > relative * reach_sq[q] + doubtful
        total += products.dtype.type(0) if is_good else products.dtype.type(1)
        would_be[q] = distance if distance < least[q] else least[q]
    return total


@compiled
def _gain(weight, least, would_be):
    total = 0.0
    for q in range(len(weight)):
        gain = np.float64(least[q]) - np.float64(would_be[q])
        total += weight[q] * gain if weight[q] > 0 else 0.0
    return total


@compiled
def _distance(score, norm):
    """Return the distance of a score, which is 0 where rounding made a square negative."""
    norm = np.float64(norm)
    return np.sqrt(max(2 * score + norm * norm, 0.0))


@compiled
def _whole_product(x, vector):
    """Return a product, off by no more than `rounding_in_parts`."""
    total = x.dtype.type(0)
    for start in range(0, len(x), MAX_TERMS):
        stop = start + MAX_TERMS
        total += _one_product(x[start:stop], vector[start:stop])
    return total


@compiled
def _lowest_in_lanes(row, offsets, lanes):
    """Write the lowest of every so many ``offsets - row`` to as many lanes."""
    whole = len(row) // LANES * LANES
    for i in range(LANES):
        lanes[i] = np.inf
    for start in range(0, whole, LANES):
        for i in range(LANES):
            value = offsets[start + i] - row[start + i]
            lanes[i] = value if value < lanes[i] else lanes[i]
    for i in range(len(row) - whole):
        value = offsets[whole + i] - row[whole + i]
        lanes[i] = value if value < lanes[i] else lanes[i]


@compiled
def _lowest_two_in_lanes(row, offsets, lanes, seconds):
    """Write the lowest two of every so many ``offsets - row`` to as many lanes."""
    whole = len(row) // LANES * LANES
    for i in range(LANES):
        lanes[i] = np.inf
        seconds[i] = np.inf
    for start in range(0, whole, LANES):
        for i in range(LANES):
            value, lowest, second = offsets[start + i] - row[start + i], lanes[i], seconds[i]
            larger = lowest if lowest > value else value
            seconds[i] = larger if larger < second else second
            lanes[i] = value if value < lowest else lowest
    for i in range(len(row) - whole):
        value, lowest, second = offsets[whole + i] - row[whole + i], lanes[i], seconds[i]
        larger = lowest if lowest > value else value
        seconds[i] = larger if larger < second else second
        lanes[i] = value if value < lowest else lowest


@compiled
def _second_lane(lanes, seconds):
    """Return the second lowest of all."""
    lowest, second = lanes[0], seconds[0]
    for i in range(1, LANES):
        value = lanes[i]
        larger = lowest if lowest > value else value
        second = larger if larger < second else second
        second = seconds[i] if seconds[i] < second else second
        lowest = value if value < lowest else lowest
    return second


@compiled
def _lowest_lane(lanes):
    a, b, c, d = lanes[0], lanes[1], lanes[2], lanes[3]
    for i in range(4, LANES, 4):
        a = lanes[i] if lanes[i] < a else a
        b = lanes[i + 1] if lanes[i + 1] < b else b
        c = lanes[i + 2] if lanes[i + 2] < c else c
        d = lanes[i + 3] if lanes[i + 3] < d else d
    return min(min(a, b), min(c, d))


@compiled
def _place_of(row, offsets, lanes, lowest, likely):
    """Return where the lowest score is."""
    if likely >= 0 and offsets[likely] - row[likely] == lowest:
        return likely
    for i in range(min(LANES, len(row))):
        if lanes[i] == lowest:
            for c in range(i, len(row), LANES):
                if offsets[c] - row[c] == lowest:
                    return c
    return 0


def _score_tile_plain(
    points, starts, out, at, factors, first, n_features, offsets, first_offset, scores, lowest
):
    of_group = factors[first : first + n_features * GROUP].reshape(n_features, -1)
    for r in range(TILE_POINTS):
        point = points[starts[at + r] : starts[at + r] + n_features]
        of_point = scores[r * GROUP : (r + 1) * GROUP]
        of_point[:] = offsets[first_offset : first_offset + GROUP] - point @ of_group
        of_point[np.arange(GROUP) == out[at + r]] = np.inf
        lowest[at + r] = of_point.min()


@intrinsic
def score_tile(
    context, points, starts, out, at,
    factors, first, n_features, offsets, first_offset, scores, lowest,
):  # fmt: skip
    """Compute the scores of some points and a group, off by no more than `rounding`.

    The sums have to stay in registers, where Numba puts no array: so this is written in the
    instructions of LLVM, for vectors of as many numbers as a group has centroids. At 64 features it
    takes half of the time of a product by OpenBLAS and a search in that.

    Parameters
    ----------
    points : ndarray, fast dtype
        One point after the other.
    starts : ndarray of intp
        At which of its elements points begin.
    out : ndarray of intp
        Which lane of each point to leave out; none if there is no such.
    at : int
        Which are meant: `TILE_POINTS` from this on.
    factors, first
        As in `Groups`, and where the group begins in it.
    n_features : int
        A multiple of `TILE_FEATURES`.
    offsets, first_offset
        The same of the offsets.
    scores : ndarray of shape (TILE_POINTS * GROUP,), fast dtype
        Takes ``offsets - products``.
    lowest : ndarray, fast dtype
        Takes the lowest one of each point, from `at` on.
    """
    signature = types.void(
        points, starts, out, at,
        factors, first, n_features, offsets, first_offset, scores, lowest,
    )  # fmt: skip

    def generate(context, builder, signature, arguments):
        number = context.get_value_type(points.dtype)
        vector, index = ir.VectorType(number, GROUP), ir.IntType(64)
        lane = ir.IntType(32)

        def begin_of(i):
            array = context.make_array(signature.args[i])
            return array(context, builder, arguments[i]).data

        def vector_at(begin, place):
            return builder.bitcast(builder.gep(begin, [place]), vector.as_pointer())

        def shuffled(values, lanes):
            nothing = ir.Constant(values.type, ir.Undefined)
            places = ir.Constant(ir.VectorType(lane, len(lanes)), lanes)
            return builder.shuffle_vector(values, nothing, places)

        def in_all_lanes(value):
            nothing = ir.Constant(ir.VectorType(value.type, GROUP), ir.Undefined)
            alone = builder.insert_element(nothing, value, lane(0))
            return shuffled(alone, [0] * GROUP)

        def lowest_of(values):
            n = GROUP
            while n > 1:
                n //= 2
                low = shuffled(values, list(range(n)))
                high = shuffled(values, list(range(n, 2 * n)))
                values = builder.select(builder.fcmp_ordered("<", low, high), low, high)
            return builder.extract_element(values, lane(0))

        all_points, all_starts, left_out, all_factors, all_offsets, to_scores, to_lowest = map(
            begin_of, (0, 1, 2, 4, 7, 9, 10)
        )
        at, first, n_features, first_offset = (arguments[i] for i in (3, 5, 6, 8))
        align = context.get_abi_sizeof(number)
        places = [builder.add(at, index(r)) for r in range(TILE_POINTS)]
        rows = [
            builder.gep(all_points, [builder.load(builder.gep(all_starts, [place]))])
            for place in places
        ]
        group = builder.gep(all_factors, [first])
        before = builder.block
        loop, after = builder.append_basic_block("features"), builder.append_basic_block("scores")
        builder.branch(loop)
        builder.position_at_end(loop)
        j = builder.phi(index)
        j.add_incoming(index(0), before)
        sums = [builder.phi(vector) for _ in rows]
        totals = list(sums)
        for step in range(TILE_FEATURES):
            feature = builder.add(j, index(step))
            place = builder.mul(feature, index(GROUP))
            factor = builder.load(vector_at(group, place), align=align)
            for r, row in enumerate(rows):
                value = in_all_lanes(builder.load(builder.gep(row, [feature])))
                product = builder.fmul(value, factor, flags=("contract",))
                totals[r] = builder.fadd(totals[r], product, flags=("contract",))
        following = builder.add(j, index(TILE_FEATURES))
        j.add_incoming(following, loop)
        for one, total in zip(sums, totals, strict=True):
            one.add_incoming(ir.Constant(vector, [0.0] * GROUP), before)
            one.add_incoming(total, loop)
        builder.cbranch(builder.icmp_signed("<", following, n_features), loop, after)
        builder.position_at_end(after)
        offset = builder.load(vector_at(all_offsets, first_offset), align=align)
        lanes = ir.Constant(ir.VectorType(lane, GROUP), list(range(GROUP)))
        beyond = ir.Constant(vector, [float("inf")] * GROUP)
        for r, place in enumerate(places):
            own = builder.trunc(builder.load(builder.gep(left_out, [place])), lane)
            is_own = builder.icmp_signed("==", lanes, in_all_lanes(own))
            score = builder.select(is_own, beyond, builder.fsub(offset, totals[r]))
            to = vector_at(to_scores, index(r * GROUP))
            builder.store(score, to, align=align)
            builder.store(lowest_of(score), builder.gep(to_lowest, [place]))
        return context.get_dummy_value()

    return signature, generate


if config.DISABLE_JIT:
    score_tile = _score_tile_plain


@compiled
def _drift_apart(bounds, way, below, nearest):
    for i in range(len(bounds)):
        value = (bounds[i] - way) * below
        bounds[i] = value
        nearest[i] = value if value < nearest[i] else nearest[i]


@compiled
def _lower(values, lowest):
    for i in range(len(values)):
        lowest[i] = values[i] if values[i] < lowest[i] else lowest[i]


@compiled
def _least_distances(scores, squares, below):
    """Replace scores by what the distances are at least."""
    zero = scores.dtype.type(0)
    for i in range(len(scores)):
        square = scores[i] + scores[i] + squares[i]
        scores[i] = np.sqrt(square if square > zero else zero) * below


@compiled
def _lowest_lane_and_second(scores):
    """Return where the lowest score is, and the second lowest."""
    lane, lowest, second = 0, scores[0], scores.dtype.type(np.inf)
    for t in range(1, GROUP):
        value = scores[t]
        larger = lowest if lowest > value else value
        second = larger if larger < second else second
        lane = t if value < lowest else lane
        lowest = value if value < lowest else lowest
    return lane, second


@compiled
def _settle_alone(p, points, book, known):
    """Assign a point of which products leave the range, and return whether its label changed."""
    least = np.full(len(book.centers), -np.inf)
    label, before = _settle(points.data[p], book.centers, least, np.inf), known.labels[p]
    known.own[p] = np.inf
    for g in range(len(known.others)):
        known.others[g, p] = 0
    if label != before:
        _move(points.data[p], points.weight[p], before, label, known.sums, known.mass)
        known.labels[p] = label
    return label != before


@compiled
def _settle_by_groups(points_near, at, p, where, best, error, points, groups, book, known):
    """Return the nearest centroid of a point of those that rounding leaves open.

    Parameters
    ----------
    points_near, at
        The point is one of these; at which element it begins.
    p : int
        Which point it is.
    where : int
        The place of the lowest score.
    best, error : float
        That score, and how far scores may be off.
    """
    n_groups, padded = len(groups.ways), len(groups.factors) // len(groups.members)
    scores = np.empty(TILE_POINTS * GROUP, points_near.dtype)
    lowest = np.empty(TILE_POINTS, points_near.dtype)
    starts, none = np.full(TILE_POINTS, at), np.full(TILE_POINTS, -1)
    least = np.full(len(book.centers), np.inf)
    for g in range(n_groups):
        if known.own[p] < known.others[g, p]:
            continue
        first = g * GROUP
        score_tile(
            points_near, starts, none, 0, groups.factors, first * padded, padded,
            groups.offsets, first, scores, lowest,
        )  # fmt: skip
        for t in range(GROUP):
            if groups.members[first + t] >= 0:
                least[groups.members[first + t]] = np.float64(scores[t]) - error
    least[groups.members[where]] = np.float64(best) - error
    label = _settle(points.data[p], book.centers, least, best + error)
    if label != groups.members[where]:
        known.others[where // GROUP, p] = 0
    known.own[p] = np.inf
    return label


@compiled
def _subtract_from(offset, values):
    for q in range(len(values)):
        values[q] = offset - values[q]


@compiled
def _add_some(values, index, total):
    for q in range(len(index)):
        total[q] += values[index[q]]


@compiled
def _lowest_two(values, start, n, found):
    """Find the lowest two of some columns, and whether all are finite.

    Parameters
    ----------
    values : ndarray of shape (n_rows, m)
    start, n : int
        Which columns, `POINTS_AT_A_TIME` at most.
    found : ndarray of shape (3 * POINTS_AT_A_TIME,)
        Takes the lowest ones, then the second lowest, then what is not 0 where not all are finite:
        in one array, as the compiler must know how far apart they are.
    """
    size = POINTS_AT_A_TIME
    for i in range(n):
        found[i] = np.inf
        found[size + i] = np.inf
        found[2 * size + i] = 0
    whole, stop = len(values) // 4 * 4, start + n
    for c in range(0, whole, 4):
        # So what was found so far is read and written less often.
        _lower_of_four(
            values[c, start:stop],
            values[c + 1, start:stop],
            values[c + 2, start:stop],
            values[c + 3, start:stop],
            found,
        )
    for c in range(whole, len(values)):
        _lower_of_one(values[c, start:stop], found)


@compiled
def _lower_of_four(a, b, c, d, found):
    size = POINTS_AT_A_TIME
    for i in range(len(a)):
        lowest, second = found[i], found[size + i]
        for value in (a[i], b[i], c[i], d[i]):
            larger = lowest if lowest > value else value
            second = larger if larger < second else second
            lowest = value if value < lowest else lowest
        found[i], found[size + i] = lowest, second
        found[2 * size + i] += (a[i] + b[i] + c[i] + d[i]) * a.dtype.type(0)


@compiled
def _lower_of_one(a, found):
    size = POINTS_AT_A_TIME
    for i in range(len(a)):
        value, lowest, second = a[i], found[i], found[size + i]
        larger = lowest if lowest > value else value
        found[size + i] = larger if larger < second else second
        found[i] = value if value < lowest else lowest
        found[2 * size + i] += value * a.dtype.type(0)


@compiled
def _row_of(values, q, lowest, likely):
    """Return the row in which a column has its lowest value."""
    if likely >= 0 and values[likely, q] == lowest:
        return likely
    for c in range(len(values)):
        if values[c, q] == lowest:
            return c
    return 0


@compiled
def _lowest_above(values, start, n, missed, rest, highest):
    """Find the lowest of the upper bounds of some columns."""
    for i in range(n):
        highest[i] = np.inf
    for c in range(len(values)):
        _lower_above(values[c, start : start + n], missed[c], rest, highest)


@compiled
def _lower_above(values, missed, rest, highest):
    for i in range(len(values)):
        value = values[i] + missed * rest[i]
        highest[i] = value if value < highest[i] else highest[i]


@compiled
def _lowest_of(least, high):
    """Return which is the lowest, the second lowest, and whether the first is certain."""
    first, lowest, second = 0, np.inf, np.inf
    is_sound = high < np.inf
    for c in range(len(least)):
        value = least[c]
        is_sound &= value == value
        if value < lowest:
            second = lowest
            lowest = value
            first = c
        elif value < second:
            second = value
    return first, second, is_sound and second > high


@compiled
def _gap(high, low, norm):
    """Return by how much the second nearest centroid is farther than the nearest at least.

    D - d = (D^2 - d^2) / (D + d), where the numerator is known better than the distances.
    """
    low = min(low, NO_SCORE)
    about = np.float64(norm) ** 2
    both = np.sqrt(max(2 * low + about, 0.0)) + np.sqrt(max(2 * high + about, 0.0))
    return SHRUNK * 2 * (low - high) / both if both > 0 else 0.0


@compiled
def _subtract(row, origin, x):
    for j in range(len(x)):
        x[j] = x.dtype.type(row[j]) - origin[j]


@compiled
def _compute(x, near, offsets, error, likely, least, which, product):
    """Compute those scores of a point that may be the lowest, and put what they are at least.

    Returns what the lowest is at most.
    """
    n = 1
    which[0] = likely
    _multiply(x, near, which, n, product)
    high = np.float64(offsets[likely] - product[0]) + error
    n = 0
    for c in range(len(least)):
        if not least[c] > high and c != likely:
            which[n] = c
            n += 1
    least[likely] = high - 2 * error
    _multiply(x, near, which, n, product)
    for i in range(n):
        score = np.float64(offsets[which[i]] - product[i])
        least[which[i]] = score - error
        high = min(high, score + error)
    return high


@compiled
def _multiply(x, vectors, which, n, product):
    """Write the products of `x` with some vectors, off by no more than `rounding_in_parts`."""
    for i in range(n):
        product[i] = 0
        for start in range(0, len(x), MAX_TERMS):
            stop = start + MAX_TERMS
            product[i] += _one_product(x[start:stop], vectors[which[i], start:stop])


@compiled
def _one_product(x, a):
    total = x.dtype.type(0)
    for j in range(len(x)):
        total += x[j] * a[j]
    return total


@compiled
def _settle(row, centers, least, high):
    """Return the nearest centroid in float64 of those that may be it; of equal ones the first.

    Overwrites the bounds by squared distances.
    """
    lowest, n_tiny = np.inf, 0
    for c in range(len(centers)):
        if least[c] > high:
            least[c] = np.nan
        else:
            least[c] = _distance_sq(row, centers[c])
            lowest = min(lowest, least[c])
            n_tiny += least[c] < TINY_SQUARE
    if n_tiny > 1 or lowest == np.inf:
        lowest = _measure_anew(row, centers, least)
    lowest *= 1 + equal_within(len(row))
    for c in range(len(centers)):
        if least[c] <= lowest:
            return c
    return 0


@compiled
def _measure_anew(row, centers, least):
    """Replace squared distances, but NaN, by such as neither overflow nor underflow.

    They are multiplied by a power of two with which the least one, but 0, is about 1. Returns it,
    or 0.
    """
    unit = np.inf
    for c in range(len(centers)):
        if least[c] == least[c]:
            least[c] = _largest_difference(row, centers[c])
            if least[c] > 0:
                unit = min(unit, least[c])
    exponent = -math.frexp(unit)[1] if unit < np.inf else 0
    lowest = np.inf
    for c in range(len(centers)):
        if least[c] > 0:
            least[c] = _scaled_distance_sq(row, centers[c], exponent)
        if least[c] == least[c]:
            lowest = min(lowest, least[c])
    return lowest


@compiled
def _largest_difference(row, other):
    largest = 0.0
    for j in range(len(row)):
        largest = max(largest, abs(np.float64(row[j]) / 2 - other[j] / 2))
    return largest


@compiled
def _scaled_distance_sq(row, other, exponent):
    total = 0.0
    for j in range(len(row)):
        difference = math.ldexp(np.float64(row[j]) / 2 - other[j] / 2, exponent)
        total += difference * difference
    return total


@compiled
def _distance_sq(row, other):
    total = 0.0
    for j in range(len(row)):
        difference = np.float64(row[j]) - other[j]
        total += difference * difference
    return total


@compiled
def _move(row, weight, old, new, sums, mass):
    """Move a row from the sums of a cluster, if it has one, to those of another."""
    mass[new] += weight
    if old < 0:
        _add(row, weight, sums[new])
    else:
        mass[old] -= weight
        _add(row, weight, sums[new])
        _add(row, -weight, sums[old])


@compiled
def _add(row, weight, total):
    for j in range(len(row)):
        total[j] += weight * np.float64(row[j])


@compiled
def _take(total, part):
    for j in range(len(total)):
        total[j] += part[j]
        part[j] = 0


@compiled
def _way_to(total, mass, center):
    way_sq = 0.0
    for j in range(len(total)):
        mean = total[j] / mass
        difference = mean - center[j]
        way_sq += difference * difference
        center[j] = mean
    return way_sq


def load(data, fast_dtype, assigned_by):
    """Compile, or load, what fits of such rows call; workers that are forked then need not each.

    Parameters
    ----------
    data : ndarray of shape (n_samples, n_features)
        One row is looked at.
    fast_dtype : dtype
    assigned_by : {"products", "survey", "groups"}
        How points are.
    """
    row, weight = data[:1], np.ones(1)
    labels, gaps, index = np.zeros(1, np.intp), np.zeros(1), np.zeros(1, np.intp)
    vector, number = np.zeros(data.shape[1], fast_dtype), np.zeros(1, fast_dtype)
    vectors, numbers = vector[None], number[None]
    exact = vectors.astype(np.float64)
    survey(
        row, weight, vector, vector, exact[0],
        vectors.copy(), number.copy(), number.copy(), number.copy(), np.zeros(len(vector) + 1),
    )  # fmt: skip
    of_rows = RowsNear(vector, weight, number, number)
    targets = Targets(exact, vectors, number, number, fast_dtype.type(0))
    closer(row, 0, 0, of_rows, targets, numbers, True, numbers, numbers.copy(), np.zeros(1))
    join(row, weight, labels, exact.copy(), np.zeros(1))
    add_changes(exact.copy(), exact.copy(), 0, 1)
    norms_of_sums(exact, np.zeros(1), 0, 1)
    move_to_means(exact, np.ones(1), exact.copy(), np.zeros(1), 0, 1)
    points = Points(row, vector, weight, number, number)
    book = Centroids(exact, vectors, number, 0.0, 0.0, 0.0)
    if assigned_by == "groups":
        places, padded = np.zeros(GROUP, np.intp), -(-len(vector) // TILE_FEATURES) * TILE_FEATURES
        factors, offsets = np.zeros(GROUP * padded, fast_dtype), np.zeros(GROUP, fast_dtype)
        groups = Groups(places, places[:1], factors, offsets, number, 0.0)
        known = Known(labels, np.zeros(1), numbers.copy(), exact.copy(), np.zeros(1))
        assign_by_groups(points, groups, np.zeros(1), book, known)
    elif assigned_by == "survey":
        some = Survey(number, 0.0, 0.0, 0.0, True, 0.0)
        known = Known(labels, np.zeros(1), np.ones(1), exact.copy(), np.zeros(1))
        drift(labels, known.own, known.others, np.zeros(1), 0.0)
        margins(labels, known.own, known.others, np.zeros(1), 1)
        measure_own(points, index, book, known)
        look_at_some(points, numbers.copy(), 0, index, some, known)
        assign_by_survey(points, index, numbers.copy(), some, book, known)
    else:
        state = State(labels, gaps, exact.copy(), np.zeros(1))
        narrow(labels, gaps, np.zeros(1))
        assign_by_products(points, index, numbers.copy(), book, state)
        way = Way(numbers, number, 0.0, 0.0)
        near = np.zeros((1, 3), fast_dtype)
        assign_by_way(points, index, numbers.copy(), near, way, book, state)
