"""The checked experiment, and what the rules ask of it: names, paths, variants."""

import os
import shlex
import sys
from pathlib import Path

from aecluster import console, damage, steps, tracking
from aecluster.config import load_experiment
from aecluster.errors import AeclusterError
from aecluster.fingerprint import fingerprint
from aecluster.job import COMMAND_VARIABLE

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
config = experiment.model_dump(mode="json")
dataset = config["dataset"]["name"]


def code(script):
    """Return the fingerprint of all code that a rule's script reaches."""
    return fingerprint(SCRIPTS / f"{script}.py")


def source_file():
    """Return the file that the images are read from, for Snakemake to watch, if it is one."""
    path = steps.source_path(experiment)
    return [] if path is None or Path(path).is_dir() else path


def trained():
    """Return the names of the representations that are trained."""
    return [
        name
        for name, representation in experiment.representations.items()
        if representation.method == "autoencoder"
    ]


def trained_pattern():
    """Return the pattern of the names of `trained`; it matches nothing if there is none."""
    return "|".join(trained()) or "(?!)"


def store_of(wildcards):
    """Return the store of a representation: one a seed if it is trained, else one for all."""
    folder = f"s{wildcards.seed}/" if wildcards.representation in trained() else ""
    return f"results/{wildcards.dataset}/{wildcards.representation}/{folder}store.h5"


def trainings(*files):
    """Return what is made of every trained representation and seed."""
    return expand(
        "results/{dataset}/{representation}/s{seed}/{file}",
        dataset=dataset,
        representation=trained(),
        seed=config["seeds"],
        file=files,
    )


def clusterings(*suffixes):
    """Return what is made of every variant."""
    return expand(
        "results/{dataset}/{representation}/{split}/k{k}-s{seed}{suffix}",
        dataset=dataset,
        representation=config["representations"],
        split=config["clustering"]["split"],
        k=config["clustering"]["k"],
        seed=config["seeds"],
        suffix=suffixes,
    )


def computed_records():
    """Return the records of all computing steps."""
    return [
        f"results/{dataset}/pixels/store.json",
        *trainings("model.json", "store.json"),
        *clusterings(".json", ".scores.json"),
    ]


def figure_records():
    """Return the records of all figures."""
    return [*trainings("figures.json"), *clusterings(".figures.json")]


def track_finished():
    """Track the steps that finished before one failed; return what came of it in one line."""
    records = [*computed_records(), *figure_records()]
    return tracking.track_finished(
        experiment.experiment, records, uri=experiment.tracking.uri
    )


def targets():
    """Return every output of the experiment, so that a lost one is made again."""
    return [
        f"results/{dataset}/pixels/store.h5",
        *trainings("model.keras", "store.h5", "reconstructions.h5"),
        *trainings("architecture.png", "reconstructions.png", "curves.png"),
        *clusterings(".h5", ".clusters.png", ".centroids.png"),
        *computed_records(),
        *figure_records(),
        f"results/{experiment.experiment}/scores.csv",
        f"results/{experiment.experiment}/tracked.json",
    ]


if workflow.is_main_process:
    # Four lines a job about how TensorFlow was built.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    os.environ[COMMAND_VARIABLE] = shlex.join(["snakemake", *sys.argv[1:]])
    for line in (
        *damage.set_aside([*computed_records(), *figure_records()]),
        *tracking.discard_if_store_is_lost(
            f"results/{experiment.experiment}/tracked.json"
        ),
    ):
        print(line, file=sys.stderr)
