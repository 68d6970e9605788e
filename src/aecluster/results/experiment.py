"""The results of an experiment in Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aecluster.comparison.competitors import KMEANS, stem_of
from aecluster.comparison.scores import read_scores
from aecluster.errors import AeclusterError
from aecluster.records.record import SUBJECT
from aecluster.results.clustering import ClusteringResult, load_clustering

# Columns of a table of scores that are whole numbers, and those that are words.
_WHOLE = {"k", "seed", "n", "d", "n_iter", "n_sampled", "n_clusters", "n_noise"}
_WORDS = {"dataset", "representation", "split", "control", "clusterer"}


def load(
    what: str | os.PathLike[str], results: str | os.PathLike[str] = "results"
) -> ExperimentResults | ClusteringResult:
    """Return the results of an experiment, or of one clustering.

    Type checkers know which of them it is from `load_experiment` and `load_clustering`.

    Parameters
    ----------
    what : path-like
        Name of an experiment, its folder ``results/<experiment>``, or the file of a clustering,
        ``results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5``.
    results : path-like, default="results"
        Folder of the results, for the name of an experiment.

    Returns
    -------
    ExperimentResults or ClusteringResult

    Raises
    ------
    AeclusterError
        If there are no such results.

    Examples
    --------
    >>> load("nothing")
    Traceback (most recent call last):
        ...
    aecluster.errors.AeclusterError: nothing: no results, expected the name of an experiment with \
results/nothing/scores.csv, its folder, or the .h5 file of a clustering
    """
    if Path(what).suffix == ".h5":
        return load_clustering(what)
    folder = _folder_of(what, results)
    if folder is None:
        raise AeclusterError(
            f"{what}: no results, expected the name of an experiment with "
            f"{Path(results) / what}/scores.csv, its folder, or the .h5 file of a clustering"
        )
    return ExperimentResults(folder)


def load_experiment(
    what: str | os.PathLike[str], results: str | os.PathLike[str] = "results"
) -> ExperimentResults:
    """Return the results of an experiment.

    Parameters
    ----------
    what : path-like
        Its name, or its folder ``results/<experiment>``.
    results : path-like, default="results"
        Folder of the results, for the name.

    Returns
    -------
    ExperimentResults

    Raises
    ------
    AeclusterError
        If there are no such results.
    """
    folder = _folder_of(what, results)
    if folder is None:
        raise AeclusterError(
            f"{what}: no results, expected the name of an experiment with "
            f"{Path(results) / what}/scores.csv, or its folder"
        )
    return ExperimentResults(folder)


def _folder_of(what: str | os.PathLike[str], results: str | os.PathLike[str]) -> Path | None:
    """Return the folder of an experiment, or None where there is none."""
    folders = (Path(results) / what, Path(what))
    return next((folder for folder in folders if (folder / "scores.csv").is_file()), None)


class ExperimentResults:
    """What an experiment found.

    Parameters
    ----------
    folder : path-like
        ``results/<experiment>``.

    Attributes
    ----------
    name : str
        Of the experiment.
    scores : list of dict
        One row per variant: the columns of ``scores.csv`` with numbers as numbers, and None where
        there is no score. ``pandas.DataFrame(scores)`` makes a table of it.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self._folder = Path(folder).absolute()
        self.name = self._folder.name
        self.scores = [_typed(row) for row in read_scores(self._folder / "scores.csv")]

    def __repr__(self) -> str:
        return f"<experiment {self.name}: {len(self.scores)} variants>"

    @property
    def clusterings(self) -> list[ClusteringResult]:
        """Every clustering, in the order of the scores."""
        return [self._clustering(row) for row in self.scores]

    def clustering(self, representation: str, **subject: Any) -> ClusteringResult:
        """Return one clustering.

        Parameters
        ----------
        representation : str
            Its name in the experiment file.
        **subject
            As many of `k`, `seed`, `dataset` and `split` as tell it apart, and `clusterer` if it
            is not K-Means.

        Raises
        ------
        AeclusterError
            If none of the clusterings is meant, or several are.
        """
        known = (*SUBJECT, "clusterer")
        wanted = {"representation": representation, **subject}
        if unknown := sorted(wanted.keys() - set(known)):
            raise AeclusterError(f"{unknown[0]}: unknown, expected one of {', '.join(known)}")
        found = [
            row
            for row in self.scores
            if ({"clusterer": KMEANS} | wanted).items() <= ({"clusterer": KMEANS} | row).items()
        ]
        if len(found) != 1:
            words = ", ".join(f"{name}={value}" for name, value in wanted.items())
            known = ", ".join(dict.fromkeys(row["representation"] for row in self.scores))
            raise AeclusterError(
                f"{self.name}: {len(found)} clusterings with {words}, expected one; "
                f"representations are {known}"
            )
        return self._clustering(found[0])

    def _clustering(self, row: Mapping[str, Any]) -> ClusteringResult:
        place = f"{row['dataset']}/{row['representation']}/{row['split']}"
        return ClusteringResult(self._folder.parent / place / f"{stem_of(row)}.h5")


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    return {name: _value(name, text) for name, text in row.items()}


def _value(name: str, text: str) -> Any:
    if name in _WORDS:
        return text
    if not text:
        return None
    return int(text) if name in _WHOLE else float(text)
