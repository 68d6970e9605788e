"""What an experiment is: models that check an experiment file and fill in its defaults.

Values may come as strings, since `snakemake --config` hands them over so; they are converted, and
`"null"` means null. Unknown keys are errors. The models carry what the JSON schema and the manual
of the configuration are made from: each key's meaning, its range, and how to choose it.
"""

from aecluster.config.clusterers import CLUSTERERS, Clusterer
from aecluster.config.clustering import Clustering
from aecluster.config.dataset import Dataset
from aecluster.config.evaluation import Evaluation
from aecluster.config.experiment import Experiment
from aecluster.config.loading import blamed, load_experiment
from aecluster.config.methods import METHODS, Method
from aecluster.config.tracking import Tracking

__all__ = [
    "CLUSTERERS",
    "METHODS",
    "Clusterer",
    "Clustering",
    "Dataset",
    "Evaluation",
    "Experiment",
    "Method",
    "Tracking",
    "blamed",
    "load_experiment",
]
