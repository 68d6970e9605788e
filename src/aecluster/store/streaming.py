"""Rows of an HDF5 dataset for who takes them in random order, as training does.

HDF5 reads consecutive rows fast and single ones slowly. So an order of all rows is shuffled in two
steps: runs of neighbours are shuffled, and then the rows of some runs among each other::

    rows    | run 0 | run 1 | run 2 | run 3 | ...
    order   |  rows of runs 7, 2, 9, 4 mixed  |  rows of runs 1, 8, 3, 5 mixed  | ...
"""

import h5py
import numpy as np

# Read together: of CIFAR's images 32 or 96 KiB.
_RUN = 32
# Mixed together; a batch is drawn from so many places at least.
_RUNS_AT_A_TIME = 128


class StreamedRows:
    """An HDF5 dataset that is indexed as an array is, by rows: a slice, or numbers in any order.

    Parameters
    ----------
    dataset : h5py.Dataset of shape (n, ...)

    Attributes
    ----------
    shape, dtype, size
        As those of an array.
    """

    def __init__(self, dataset: h5py.Dataset):
        self._dataset = dataset
        self.shape, self.dtype, self.size = dataset.shape, dataset.dtype, dataset.size

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        if isinstance(rows, slice):
            return self._dataset[rows]
        runs, place = np.unique(rows // _RUN, return_inverse=True)
        read = np.empty((len(runs), _RUN, *self.shape[1:]), self.dtype)
        for run, block in zip(runs, read, strict=True):
            found = self._dataset[run * _RUN : (run + 1) * _RUN]
            block[: len(found)] = found
        return read[place, rows % _RUN]


def shuffled(rows: np.ndarray | StreamedRows, random: np.random.Generator) -> np.ndarray:
    """Return the numbers of all rows in random order, such that they can be read in it.

    Parameters
    ----------
    rows : ndarray or StreamedRows
    random : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n,), int
        Of an array any permutation; of streamed rows one of those that leave runs together.

    Examples
    --------
    >>> shuffled(np.zeros((4, 2)), np.random.default_rng(0)).tolist()
    [2, 0, 1, 3]
    """
    if isinstance(rows, np.ndarray):
        return random.permutation(len(rows))
    runs = random.permutation(-(-len(rows) // _RUN))
    order = (runs[:, np.newaxis] * _RUN + np.arange(_RUN)).ravel()
    order = order[order < len(rows)]
    n = _RUN * _RUNS_AT_A_TIME
    parts = [random.permutation(order[start : start + n]) for start in range(0, len(order), n)]
    return np.concatenate(parts)
