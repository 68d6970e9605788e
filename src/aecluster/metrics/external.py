"""Agreement of a clustering with known classes."""

from numpy.typing import ArrayLike

from aecluster.metrics import _counts


def clustering_accuracy(y_true: ArrayLike, labels: ArrayLike) -> float:
    """Compute the share of points that the best matching of clusters to classes gets right.

    Each cluster is matched to at most one class and each class to at most one cluster; among all
    such matchings the best is taken, so that the numbering of the clusters does not matter. With
    more clusters than classes the surplus clusters count as wrong, which tells this score from
    *purity*, where several clusters may stand for one class and k = n is always perfect.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Class of each point; numbers or strings.
    labels : array-like of shape (n_samples,)
        Cluster of each point. Numbers need not be consecutive, nor as many as there are classes.

    Returns
    -------
    accuracy : float
        Between 0 and 1; higher is better. Labels drawn at random from k clusters score a little
        over 1 / k on k classes of equal size, since the best matching fits the chance as well.

    Raises
    ------
    ValueError
        If the two differ in length, are empty or not one-dimensional, or if values are missing.

    References
    ----------
    Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2
    (1955), 83-97: the matching. Yang, Xu, Nie, Yan and Zhuang, "Image clustering using local
    discriminant models and global integration", IEEE Transactions on Image Processing 19 (2010),
    2761-2773: the score.

    Examples
    --------
    >>> clustering_accuracy(["cat", "cat", "dog", "dog"], [7, 7, 3, 7])
    0.75
    """
    return _counts.accuracy(_counts.count(y_true, labels))


def purity(y_true: ArrayLike, labels: ArrayLike) -> float:
    """Compute the share of points that belong to the most frequent class of their cluster.

    Several clusters may stand for one class, so that more clusters never lower it, and n clusters
    of n points score 1: compare it at equal k only.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Class of each point; numbers or strings.
    labels : array-like of shape (n_samples,)
        Cluster of each point.

    Returns
    -------
    purity : float
        Between 0 and 1; higher is better.

    Raises
    ------
    ValueError
        If the two differ in length, are empty or not one-dimensional, or if values are missing.

    References
    ----------
    Manning, Raghavan and Schuetze, "Introduction to Information Retrieval" (2008), section 16.3.

    Examples
    --------
    >>> purity(["cat", "cat", "dog", "dog"], [0, 1, 2, 2])
    1.0
    """
    return _counts.purity(_counts.count(y_true, labels))


def adjusted_rand_index(y_true: ArrayLike, labels: ArrayLike) -> float:
    """Compute the share of point pairs on which two partitions agree, corrected for chance.

    Parameters
    ----------
    y_true, labels : array-like of shape (n_samples,)
        Class or cluster of each point; the order of the two does not matter.

    Returns
    -------
    ari : float
        At most 1, which is the same partition; 0 on average for random labels.

    Raises
    ------
    ValueError
        If the two differ in length, are empty or not one-dimensional, or if values are missing.

    References
    ----------
    Hubert and Arabie, "Comparing partitions", Journal of Classification 2 (1985), 193-218.

    Examples
    --------
    >>> adjusted_rand_index([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    return _counts.adjusted_rand_index(_counts.count(y_true, labels))
