"""The checked experiment, the fingerprints of code, and what goes before and after the jobs."""

import os
import shlex
import sys
from pathlib import Path

from aecluster import tracking
from aecluster.config import METHODS, load_experiment
from aecluster.data import SOURCES
from aecluster.errors import AeclusterError
from aecluster.records import damage
from aecluster.workflow import console, lock, params
from aecluster.workflow.fingerprint import fingerprint
from aecluster.workflow.job import COMMAND_VARIABLE

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"


def checked(function, *arguments):
    """Return what the function returns; an error that the user can mend is all that is said."""
    try:
        return function(*arguments)
    except AeclusterError as error:
        sys.exit(str(error))


experiment = checked(
    load_experiment,
    config,
    ", ".join(map(str, workflow.configfiles)) or "no --configfile",
)
config = experiment.model_dump(mode="json") | {"mirrors": params.mirrors(experiment)}

# Before anything runs, so that a folder or file that is not there is told then.
PIXELS = {
    name: checked(params.preprocess, dataset)
    for name, dataset in experiment.datasets.items()
}


def code(script):
    """Return the fingerprint of all code that a rule's script reaches."""
    return fingerprint(SCRIPTS / f"{script}.py")


def source_file(wildcards):
    """Return the file that the images are read from, for Snakemake to watch, if it is one."""
    path = params.source_path(experiment.datasets[wildcards.dataset])
    return [] if path is None or Path(path).is_dir() else path


def code_of_method(script):
    """Return the fingerprint of all code that a script reaches for a representation's method."""

    def code_of(wildcards):
        method = method_of(wildcards)
        return fingerprint(SCRIPTS / f"{script}.py", METHODS[method].module)

    return code_of


def code_of_source(script):
    """Return the fingerprint of all code that a script reaches to read a data set's source."""

    def code_of(wildcards):
        source = experiment.datasets[wildcards.dataset].source
        return fingerprint(SCRIPTS / f"{script}.py", SOURCES[source].module)

    return code_of


include: "paths.smk"


def track_finished():
    """Track the steps that finished before one failed; return what came of it in one line."""
    records = [*computed_records(), *figure_records()]
    return tracking.track_finished(
        experiment.experiment, records, uri=experiment.tracking.uri
    )


if workflow.is_main_process:
    # Four lines a job about how TensorFlow was built.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    command = shlex.join(["snakemake", *sys.argv[1:]])
    # A password may stand in it, records are for others to read.
    os.environ[COMMAND_VARIABLE] = tracking.public_uri(command)
    for line in (
        *checked(lock.release_stale),
        *damage.set_aside([*computed_records(), *figure_records()]),
        *tracking.discard_if_store_is_lost(
            f"results/{experiment.experiment}/tracked.json"
        ),
    ):
        print(line, file=sys.stderr)
