"""How good vectors are before anything clusters them: neighbours, a linear model, rank, likeness.

Rows are vectors, float32 or float64, as they come: what a score needs, unit length or a standard
deviation of 1, it makes itself.
"""

import warnings

import numpy as np

from aecluster.metrics.points import Points

# Of fewer vectors, centred without bias, the products of all pairs are 0 or not defined.
LEAST_COMPARED = 4
# Test vectors that are compared at a time, and the similarities that are held: 64 MiB of float32.
_TEST_VALUES, _SIMILARITIES = 2**24, 2**24


def knn_accuracy(
    train: Points,
    train_y: np.ndarray,
    test: Points,
    test_y: np.ndarray,
    n_neighbors: int = 30,
    temperature: float = 0.03,
) -> float:
    """Return the share of test vectors whose nearest train vectors vote for their class.

    The nearest by cosine vote with the weight ``exp(cosine / temperature)``. Memory does not grow
    with the number of vectors.

    Parameters
    ----------
    train, test : Points
        In blocks of float rows of one length.
    train_y, test_y : ndarray of shape (n,), int
        Classes; vectors with a negative one have none and are left out.
    n_neighbors : int, default=30
        All there are, if they are fewer.
    temperature : float, default=0.03
        The smaller, the more the very nearest decide; infinite for one vote each. Of classes with
        as many votes the lowest wins.

    Returns
    -------
    float
        In 0..1, higher is better; chance is the share of the largest class.

    Raises
    ------
    ValueError
        If no train or no test vector has a class.

    References
    ----------
    Wu et al., CVPR 2018, arXiv 1805.01978, section 3.4; 30 neighbours and the temperature as in
    arXiv 2209.15261.
    """
    has_class = train_y >= 0
    if not has_class.any() or not (test_y >= 0).any():
        raise ValueError("y: found no class, expected some in train and in test")
    classes = np.unique(train_y[has_class])
    n_test = max(1, min(_TEST_VALUES // test.n_features, 4096))
    n_right = start = 0
    for block in test.blocks(n_test):
        expected = test_y[start : start + len(block)]
        start += len(block)
        found = _votes(
            _unit(block), train, train_y, has_class, classes, n_neighbors, temperature
        ).argmax(axis=1)
        n_right += int(np.sum((expected >= 0) & (classes[found] == expected)))
    return n_right / int(np.sum(test_y >= 0))


def linear_probe_accuracy(
    train: np.ndarray, train_y: np.ndarray, test: Points, test_y: np.ndarray, max_iter: int = 100
) -> float:
    """Return the share of test vectors that a linear model of the train vectors gets right.

    It is scikit-learn's logistic regression with its default penalty, on values that are brought
    to mean 0 and standard deviation 1 by those of train.

    Parameters
    ----------
    train : ndarray of shape (n, d)
    train_y, test_y : ndarray of shape (n,), int
        Classes; vectors with a negative one have none and are left out.
    test : Points
    max_iter : int, default=100
        Iterations of L-BFGS. A model that has not converged by then counts as it is, since it
        hardly gets better; iterations are what a probe costs.

    Returns
    -------
    float
        In 0..1, higher is better; chance is the share of the largest class.

    Raises
    ------
    ValueError
        If no test vector has a class, or train has fewer than two classes.

    References
    ----------
    Alain and Bengio, arXiv 1610.01644.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    has_class = train_y >= 0
    if len(np.unique(train_y[has_class])) < 2 or not (test_y >= 0).any():
        raise ValueError("y: found too few classes, expected two in train and one in test")
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=max_iter))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(train if has_class.all() else train[has_class], train_y[has_class])
    n_right = start = 0
    for block in test.blocks(max(1, _TEST_VALUES // test.n_features)):
        expected = test_y[start : start + len(block)]
        start += len(block)
        n_right += int(np.sum(model.predict(block) == expected))
    return n_right / int(np.sum(test_y >= 0))


def rankme(X: np.ndarray) -> float:
    """Return how many directions vectors fill: the exponential of the entropy of singular values.

    The singular values are those of the vectors as they are, without their mean taken off, and are
    divided by their sum.

    Parameters
    ----------
    X : ndarray of shape (n, d)

    Returns
    -------
    float
        From 1, all on one line, to the lesser of n and d, all directions alike. 0 if all vectors
        are 0.

    References
    ----------
    Garrido et al., ICML 2023, arXiv 2210.02885, equation 1; without its 1e-7, it is the effective
    rank of Roy and Vetterli, EUSIPCO 2007.
    """
    X = X.astype(np.float64)
    variances = np.linalg.eigvalsh(X.T @ X if X.shape[1] <= X.shape[0] else X @ X.T)
    values = np.sqrt(np.maximum(variances, 0))
    # What rounding leaves of a variance of 0 would count as a direction by its root.
    values = values[variances > variances[-1] * len(variances) * np.finfo(np.float64).eps]
    if len(values) == 0:
        return 0.0
    shares = values / values.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))


def uniformity(X: np.ndarray, t: float = 2.0) -> float:
    """Return how evenly directions fill the sphere: the log of the mean Gaussian potential.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        At least two vectors; they are brought to length 1.
    t : float, default=2.0
        The potential of two vectors is ``exp(-t * squared distance)``.

    Returns
    -------
    float
        From -4t to 0, lower is more even; 0 if all directions are the same, about -2t if they are
        independent in many dimensions.

    Raises
    ------
    ValueError
        If there are fewer than two vectors.

    References
    ----------
    Wang and Isola, ICML 2020, arXiv 2005.10242, section 4.1.2: all pairs of different vectors.
    """
    n = len(X)
    if n < 2:
        raise ValueError(f"X: found {n} vectors, expected at least two")
    unit = _unit(X)
    step = max(1, _SIMILARITIES // n)
    total = 0.0
    for start in range(0, n, step):
        block = unit[start : start + step]
        # |a - b|^2 = 2 - 2 a.b; each pair once: what lies right of the diagonal.
        potentials = np.exp(2 * t * (block @ unit[start:].T - 1), dtype=np.float64)
        total += float(np.triu(potentials, 1).sum())
    return float(np.log(total / (n * (n - 1) / 2)))


def centred_gram(X: np.ndarray) -> np.ndarray:
    """Return the products of all pairs of vectors, centred such that chance makes no likeness.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        At least four vectors.

    Returns
    -------
    ndarray of shape (n, n), float64
        The U-centred matrix of Szekely and Rizzo, Annals of Statistics 42 (2014), 2382-2412: the
        products of its entries with those of another one sum to n (n - 3) times the unbiased HSIC.

    Raises
    ------
    ValueError
        If there are fewer than four vectors.
    """
    n = len(X)
    if n < LEAST_COMPARED:
        raise ValueError(f"X: found {n} vectors, expected at least {LEAST_COMPARED}")
    centred = X - X.mean(axis=0, dtype=np.float64)
    gram = centred @ centred.T
    np.fill_diagonal(gram, 0)
    sums = gram.sum(axis=0) / (n - 2)
    gram -= sums
    gram -= sums[:, None]
    gram += sums.sum() / (n - 1)
    np.fill_diagonal(gram, 0)
    return gram


def linear_cka(gram: np.ndarray, other: np.ndarray) -> float:
    """Return how alike two spaces are in which the same images lie: linear CKA, without its bias.

    Turning a space or scaling it as a whole changes nothing. The usual estimate is above 0 for
    unrelated spaces of many dimensions, by about d / (n + d); this one is not.

    Parameters
    ----------
    gram, other : ndarray of shape (n, n)
        Of `centred_gram`, of the same images in the same order.

    Returns
    -------
    float
        1 for the same space, about 0 for unrelated ones, by chance below it; 0 if one of the
        spaces has no extent.

    References
    ----------
    Kornblith et al., ICML 2019, arXiv 1905.00414; with the unbiased HSIC of Song et al., JMLR 13
    (2012), 1393-1434, as by Nguyen, Raghu and Kornblith, ICLR 2021, arXiv 2010.15327.
    """
    norms = np.vdot(gram, gram) * np.vdot(other, other)
    return float(np.vdot(gram, other) / np.sqrt(norms)) if norms > 0 else 0.0


def _votes(
    test: np.ndarray,
    train: Points,
    train_y: np.ndarray,
    has_class: np.ndarray,
    classes: np.ndarray,
    n_neighbors: int,
    temperature: float,
) -> np.ndarray:
    """Return the weight of each class for each test vector of length 1."""
    best = np.empty((len(test), 0), np.float32)
    best_y = np.empty((len(test), 0), train_y.dtype)
    start = 0
    for block in train.blocks(max(1, min(_TEST_VALUES // train.n_features, _SIMILARITIES // 4096))):
        rows = slice(start, start + len(block))
        start += len(block)
        block, y = block[has_class[rows]], train_y[rows][has_class[rows]]
        if not len(y):
            continue
        cosines = test @ _unit(block).T
        k = min(n_neighbors, len(y))
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        best = np.hstack([best, np.take_along_axis(cosines, near, axis=1)])
        best_y = np.hstack([best_y, y[near]])
        order = np.argsort(-best, axis=1, kind="stable")[:, :n_neighbors]
        best, best_y = (np.take_along_axis(found, order, axis=1) for found in (best, best_y))
    weights = np.exp((best - best[:, :1]) / np.float32(temperature), dtype=np.float64)
    return np.stack([(weights * (best_y == c)).sum(axis=1) for c in classes], axis=1)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, np.finfo(np.float32).tiny)
