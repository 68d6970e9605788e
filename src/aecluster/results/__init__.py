"""Results in Python: what a run left, by names, without paths to remember.

`aecluster.load_experiment` and `aecluster.load_clustering` are those of this package;
`aecluster.load` is whichever of them the argument is for.
"""

from aecluster.results.clustering import ClusteringResult, Point, load_clustering
from aecluster.results.experiment import ExperimentResults, load, load_experiment

__all__ = [
    "ClusteringResult",
    "ExperimentResults",
    "Point",
    "load",
    "load_clustering",
    "load_experiment",
]
