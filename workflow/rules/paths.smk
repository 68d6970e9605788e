"""Names and paths of what an experiment makes.

In a sweep these are thousands of files, and each input of a job costs Snakemake time and memory. So
lists are made once, `targets` names no more than leads to everything, and jobs find the records
behind a table by that table's own.
"""

import functools
import re

from aecluster.figures.registry import PICTURES, pictures_of


def made_in(stage):
    """Return the names of the representations that are made in a stage."""
    return [
        name
        for name, representation in experiment.representations.items()
        if METHODS[representation.method].stage == stage
    ]


DATASETS = list(experiment.datasets)
TRAINED = made_in("train")
REBUILT = [
    name
    for name in TRAINED
    if METHODS[experiment.representations[name].method].rebuilds
]
ENCODED = [name for name in TRAINED if name not in REBUILT]
TRANSFORMED = made_in("transform")
MADE = [*TRAINED, *TRANSFORMED]
WITH_ATOMS = [
    name
    for name in TRANSFORMED
    if METHODS[experiment.representations[name].method].has_atoms
]

# The representations of which there are pictures, by what these are of.
PICTURED = {"training": TRAINED, "autoencoder": REBUILT, "dictionary": WITH_ATOMS}

# Read by the captions of Snakemake's report, which are templates.
config["captions"] = {name: picture.caption for name, picture in PICTURES.items()}


def pattern(names):
    """Return the pattern of some names; it matches nothing if there is none."""
    return "|".join(map(re.escape, names)) or "(?!)"


def store_in(representation):
    """Return the pattern of a store: one for all seeds of the pixels, else one per seed."""
    folder = "" if representation == "pixels" else "s{seed}/"
    return f"results/{{dataset}}/{representation}/{folder}store.h5"


def filled(store, wildcards):
    """Return the path of a store."""
    return store.format(dataset=wildcards.dataset, seed=wildcards.seed)


def bases_of(wildcards):
    """Return the stores of the representations that another is made of."""
    return [
        filled(store_in(name), wildcards)
        for name in experiment.bases_of(wildcards.representation)
    ]


def store_of(wildcards):
    """Return the store that is clustered."""
    return filled(store_in(wildcards.representation), wildcards)


def spaces():
    """Return the patterns of the spaces in which a clustering is scored beside its own."""
    return [store_in(name) for name in config["evaluation"]["spaces"]]


def of_seeds(names, *files):
    """Return what is made of some representations for every seed."""
    return [
        f"results/{dataset}/{name}/s{seed}/{file}"
        for dataset in DATASETS
        for name in names
        for seed in config["seeds"]
        for file in files
    ]


@functools.cache
def clusterings(*suffixes):
    """Return what is made of every variant."""
    return [
        f"results/{dataset}/{name}/{SPLITS[dataset]}/{stem}{suffix}"
        for dataset in DATASETS
        for name in config["representations"]
        for stem in variants.stems(
            experiment, name, config["clustering"]["k"], config["seeds"]
        )
        for suffix in suffixes
    ]


def probes():
    """Return the records of the scores of every representation itself, if they are wanted."""
    if not experiment.evaluation.probe:
        return []
    return [
        f"results/{dataset}/{name}/{folder}probe.json"
        for dataset in DATASETS
        for name in config["representations"]
        for folder in (
            [""] if name == "pixels" else [f"s{seed}/" for seed in config["seeds"]]
        )
    ]


def first_store_of(wildcards):
    """Return the store of a representation with the first seed."""
    seed = config["seeds"][0]
    return store_in(wildcards.representation).format(
        dataset=wildcards.dataset, seed=seed
    )


def gaps():
    """Return the records of what says how many clusters there are, if it is wanted."""
    if not experiment.evaluation.gap or len(experiment.clustering.k) < 2:
        return []
    return [
        f"results/{dataset}/{name}/{SPLITS[dataset]}/gap.json"
        for dataset in DATASETS
        for name in config["representations"]
    ]


def compared_spaces():
    """Return the stores of the first seed of every data set and representation."""
    return [
        store_in(name).format(dataset=dataset, seed=config["seeds"][0])
        for dataset in DATASETS
        for name in config["representations"]
    ]


def cka(suffix):
    """Return what is made of the likeness of the spaces, alone in a list, if it is wanted."""
    return [
        f"results/{experiment.experiment}/cka{suffix}"
    ] * experiment.evaluation.probe


def method_of(wildcards):
    """Return the name of a representation's method."""
    return config["representations"][wildcards.representation]["method"]


def preprocess_threads(wildcards):
    """Return 4 for image files, which several processes decode; 1 for all that is no work."""
    return 4 if experiment.datasets[wildcards.dataset].source == "images" else 1


def transform_threads(wildcards):
    """Return what the method of a transformation uses."""
    return METHODS[method_of(wildcards)].n_threads


def clustering_threads():
    """Return 2; 1 in a sweep, where starts take time and jobs side by side use the cores better."""
    return 1 if len(clusterings(".h5")) >= 4 else 2


def points_tables(clusterer=""):
    """Return the pattern of the table beside a clustering, alone in a list, if it is wanted."""
    wanted = config["evaluation"]["points"]
    return [
        f"results/{{dataset}}/{{representation}}/{{split}}/{clusterer}k{{k}}-s{{seed}}.csv"
    ] * wanted


def shown(*suffixes):
    """Return what is drawn: of every representation K-Means with the first k and the first seed."""
    k, seed = config["clustering"]["k"][0], config["seeds"][0]
    return [
        f"results/{dataset}/{name}/{SPLITS[dataset]}/k{k}-s{seed}{suffix}"
        for dataset in DATASETS
        for name in config["representations"]
        for suffix in suffixes
    ]


def training_records(seeds):
    """Return the records of the pictures of how representations came about, each once."""
    paths = (
        f"results/{dataset}/{name}/s{seed}/{picture.record}.json"
        for dataset in DATASETS
        for subject, names in PICTURED.items()
        for name in names
        for seed in seeds
        for picture in pictures_of(subject)
    )
    return list(dict.fromkeys(paths))


def labels_of_training(figure):
    """Return what Snakemake's report says of a picture of how a representation came about."""
    return {
        "data set": "{dataset}",
        "representation": "{representation}",
        "seed": "{seed}",
        "figure": PICTURES[figure].label,
    }


def labels_of_clustering(figure):
    """Return what Snakemake's report says of a picture of a clustering."""
    return {
        "data set": "{dataset}",
        "representation": "{representation}",
        "k": "{k}",
        "seed": "{seed}",
        "figure": PICTURES[figure].label,
    }


def clustering_records():
    """Return the records of the pictures of clusterings, each once."""
    names = dict.fromkeys(picture.record for picture in pictures_of("clustering"))
    return shown(*(f".{name}.json" for name in names))


def store_records():
    """Return the records of what is clustered, and of what that is made of."""
    return [
        *expand("results/{dataset}/pixels/store.json", dataset=DATASETS),
        *of_seeds(TRAINED, "model.json"),
        *of_seeds(MADE, "store.json"),
    ]


@functools.cache
def computed_records():
    """Return the records of all computing steps."""
    return [
        *store_records(),
        *clusterings(".json", ".scores.json"),
        *probes(),
        *gaps(),
    ]


def figure_records():
    """Return the records of all figures."""
    return [
        *training_records(config["seeds"]),
        *clustering_records(),
    ]


def table_records():
    """Return the records of what all variants say together."""
    return [
        *(
            f"results/{experiment.experiment}/{name}.json"
            for name in ("scores", "summary", "scores.figures", "report")
        ),
        *cka(".json"),
        *cka(".figures.json"),
    ]


def targets():
    """Return what leads to every output of the experiment.

    The tables read the record of every computation. A record whose output is lost, or whose own
    inputs are, is set aside before anything runs (`start.smk`), and the tables' with it.
    """
    return [
        *(clusterings(".csv") if points_tables() else []),
        *figure_records(),
        *table_records(),
        f"results/{experiment.experiment}/tracked.json",
    ]
