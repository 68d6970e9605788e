"""Names and paths of what an experiment makes."""

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


def store_in(representation, wildcards):
    """Return the store of a representation: one for all seeds of the pixels, else one a seed."""
    folder = "" if representation == "pixels" else f"s{wildcards.seed}/"
    return f"results/{wildcards.dataset}/{representation}/{folder}store.h5"


def bases_of(wildcards):
    """Return the stores of the representations that another is made of."""
    return [
        store_in(name, wildcards)
        for name in experiment.bases_of(wildcards.representation)
    ]


def store_of(wildcards):
    """Return the store that is clustered."""
    return store_in(wildcards.representation, wildcards)


def spaces_of(wildcards):
    """Return the stores of the spaces in which a clustering is scored beside its own."""
    return [store_in(name, wildcards) for name in config["evaluation"]["spaces"]]


def of_seeds(names, *files):
    """Return what is made of some representations for every seed."""
    return expand(
        "results/{dataset}/{representation}/s{seed}/{file}",
        dataset=DATASETS,
        representation=names,
        seed=config["seeds"],
        file=files,
    )


def clusterings(*suffixes):
    """Return what is made of every variant."""
    return of_splits(config["clustering"]["k"], config["seeds"], suffixes)


def of_splits(ks, seeds, suffixes):
    """Return what is made of the clusterings of every data set and representation."""
    return [
        path
        for dataset in DATASETS
        for path in expand(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}{suffix}",
            dataset=dataset,
            representation=config["representations"],
            split=SPLITS[dataset],
            k=ks,
            seed=seeds,
            suffix=suffixes,
        )
    ]


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


def shown(*suffixes):
    """Return what is drawn: of every representation the first k and the first seed."""
    return of_splits(config["clustering"]["k"][0], config["seeds"][0], suffixes)


def training_pictures():
    """Return the pictures of how representations came about."""
    return [
        path
        for picture in pictures_of(*PICTURED)
        for path in of_seeds(PICTURED[picture.of], f"{picture.name}.png")
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


def computed_records():
    """Return the records of all computing steps."""
    return [
        *expand("results/{dataset}/pixels/store.json", dataset=DATASETS),
        *of_seeds(TRAINED, "model.json"),
        *of_seeds(MADE, "store.json"),
        *clusterings(".json", ".scores.json"),
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
        f"results/{experiment.experiment}/{name}.json"
        for name in ("scores", "summary", "scores.figures", "report")
    ]


def targets():
    """Return every output of the experiment, so that a lost one is made again."""
    return [
        *expand("results/{dataset}/pixels/store.h5", dataset=DATASETS),
        *of_seeds(TRAINED, "model.keras"),
        *of_seeds(REBUILT, "reconstructions.h5"),
        *of_seeds(MADE, "store.h5"),
        *clusterings(".h5", ".silhouettes.h5"),
        *training_pictures(),
        *shown(*(f".{picture.name}.png" for picture in pictures_of("clustering"))),
        *computed_records(),
        *figure_records(),
        *table_records(),
        f"results/{experiment.experiment}/scores.csv",
        f"results/{experiment.experiment}/controls.csv",
        f"results/{experiment.experiment}/summary.csv",
        f"results/{experiment.experiment}/differences.csv",
        f"results/{experiment.experiment}/summary.tex",
        f"results/{experiment.experiment}/scores.png",
        f"results/{experiment.experiment}/report.html",
        f"results/{experiment.experiment}/tracked.json",
    ]
