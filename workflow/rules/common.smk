"""The checked experiment, and the fingerprints of code."""

import functools
import os
import shlex
import sys
from pathlib import Path

from snakemake.iocontainers import Wildcards
from snakemake.logging import logger

from aecluster import tracking
from aecluster.comparison.scores import check_same_data
from aecluster.config import METHODS, blamed, load_experiment
from aecluster.errors import AeclusterError
from aecluster.records import damage, outdated, versions
from aecluster.records.record import flat_params, own_name
from aecluster.workflow import (
    choices,
    console,
    holder,
    lock,
    params,
    sources,
    times,
    variants,
)
from aecluster.workflow.environment import shield_jobs
from aecluster.workflow.fingerprint import fingerprint, modules_named
from aecluster.workflow.job import COMMAND_VARIABLE


include: "places.smk"


if workflow.is_main_process:
    sources.announce(Path(own("workflow/scripts/kmeans.py")).parent)


def checked(function, *arguments):
    """Return what the function returns; an error that the user can mend is all that is said."""
    try:
        return function(*arguments)
    except AeclusterError as error:
        sys.exit(str(error))


def tell(text, **more):
    """Say something to the user, in the order of what else is said; see `--logger aecluster`."""
    logger.info(text, extra={"for_the_user": True, **more})


FILE = origin()
experiment = checked(load_experiment, config, FILE, given())
config = experiment.model_dump(mode="json") | {"mirrors": params.mirrors(experiment)}

if workflow.is_main_process:
    choices.announce_choices(config)
else:
    checked(choices.check_choices, config, FILE)

# Before anything runs, so that a folder or file that is not there is told then.
PIXELS = {
    name: checked(params.preprocess, dataset, placed("resources/"))
    for name, dataset in experiment.datasets.items()
}

checked(params.check_probed, experiment, placed("results/"))
checked(variants.check_clusterers, experiment)

# The split of each data set that is clustered.
SPLITS = {
    name: params.clustered_split(experiment, dataset)
    for name, dataset in experiment.datasets.items()
}


def known_sizes():
    """Return the numbers of images by data set and split, as far as they are known."""
    return {
        name: params.known_sizes(dataset, placed("results/"))
        for name, dataset in experiment.datasets.items()
    }


def code(script, params_of=None):
    """Return the fingerprint of all code that a rule's script reaches.

    Where the step names further modules, as a representation's method, a function of wildcards.
    """
    path = own(f"workflow/scripts/{script}.py")
    if params_of is None:
        return fingerprint(path)
    # Of thousands of jobs most name the same modules.
    taken = functools.cache(lambda *modules: fingerprint(path, *modules))
    return lambda wildcards: taken(*sorted(modules_named(params_of(wildcards))))


def pixels_params(wildcards):
    return PIXELS[wildcards.dataset]


def train_params(wildcards):
    return params.train(experiment, wildcards)


def transform_params(wildcards):
    return checked(params.transform, experiment, wildcards)


def cluster_params(wildcards):
    return checked(params.cluster, experiment, wildcards)


def plot_clusters_params(wildcards):
    return checked(params.plot_clusters, experiment, wildcards)


def source_file(wildcards):
    """Return the file that the images are read from, for Snakemake to watch, if it is one."""
    dataset = experiment.datasets[wildcards.dataset]
    path = params.source_path(dataset)
    if path is None or Path(path).is_dir():
        return []
    # What the user names is where the user says.
    return local(path) if dataset.path else path


include: "paths.smk"


def track_finished():
    """Track the steps that finished before one failed; return what came of it in one line."""
    records = map(placed, [*computed_records(), *figure_records()])
    return tracking.track_finished(experiment.experiment, records, **config["tracking"])
