"""
Pictures, drawn from records and stores: none of them repeats a computation.

INPUTS
    pixels          = results/{dataset}/pixels/store.h5
    model_record    = results/{dataset}/{representation}/s{seed}/model.json
    reconstructions = results/{dataset}/{representation}/s{seed}/reconstructions.h5
    store           = as for K-Means
    clustering      = results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5
    silhouettes     = results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.h5
OUTPUTS
    architecture, reconstructions, curves, atoms
                                          = results/{dataset}/{representation}/s{seed}/*.png
    clusters, centroids, nearest, silhouettes, confusion, map
                                          = results/{dataset}/{representation}/{split}/k{k}-s{seed}.*.png
"""


rule plot_training:
    input:
        model_record="results/{dataset}/{representation}/s{seed}/model.json",
        reconstructions="results/{dataset}/{representation}/s{seed}/reconstructions.h5",
    output:
        architecture=report(
            "results/{dataset}/{representation}/s{seed}/architecture.png",
            caption="../report/architecture.rst",
            category="Training",
            labels=labels_of_training("architecture"),
        ),
        reconstructions=report(
            "results/{dataset}/{representation}/s{seed}/reconstructions.png",
            caption="../report/reconstructions.rst",
            category="Training",
            labels=labels_of_training("reconstructions"),
        ),
        curves=report(
            "results/{dataset}/{representation}/s{seed}/curves.png",
            caption="../report/curves.rst",
            category="Training",
            labels=labels_of_training("curves"),
        ),
        record="results/{dataset}/{representation}/s{seed}/figures.json",
    log:
        "logs/plot_training/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/plot_training/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(REBUILT),
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        step=params.plot_training,
        code=code("plot_training", params.plot_training),
    message:
        "Drawing the training of {wildcards.representation} on {wildcards.dataset}, seed={wildcards.seed}"
    script:
        "../scripts/plot_training.py"


use rule plot_training as plot_encoder with:
    input:
        model_record="results/{dataset}/{representation}/s{seed}/model.json",
    output:
        architecture=report(
            "results/{dataset}/{representation}/s{seed}/architecture.png",
            caption="../report/architecture.rst",
            category="Training",
            labels=labels_of_training("architecture"),
        ),
        curves=report(
            "results/{dataset}/{representation}/s{seed}/curves.png",
            caption="../report/curves.rst",
            category="Training",
            labels=labels_of_training("curves"),
        ),
        record="results/{dataset}/{representation}/s{seed}/figures.json",
    log:
        "logs/plot_encoder/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/plot_encoder/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(ENCODED),


rule plot_atoms:
    input:
        store="results/{dataset}/{representation}/s{seed}/store.h5",
    output:
        atoms=report(
            "results/{dataset}/{representation}/s{seed}/atoms.png",
            caption="../report/atoms.rst",
            category="Training",
            labels=labels_of_training("atoms"),
        ),
        record="results/{dataset}/{representation}/s{seed}/atoms.json",
    log:
        "logs/plot_atoms/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/plot_atoms/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(WITH_ATOMS),
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        step=params.plot_atoms,
        code=code("plot_atoms", params.plot_atoms),
    message:
        "Drawing the atoms of {wildcards.representation} on {wildcards.dataset}, seed={wildcards.seed}"
    script:
        "../scripts/plot_atoms.py"


rule plot_clusters:
    input:
        pixels="results/{dataset}/pixels/store.h5",
        store=store_of,
        silhouettes="results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.h5",
        clustering="results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5",
    output:
        clusters=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.clusters.png",
            caption="../report/clusters.rst",
            category="Clusterings",
            labels=labels_of_clustering("clusters"),
        ),
        centroids=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.centroids.png",
            caption="../report/centroids.rst",
            category="Clusterings",
            labels=labels_of_clustering("centroids"),
        ),
        nearest=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.nearest.png",
            caption="../report/nearest.rst",
            category="Clusterings",
            labels=labels_of_clustering("nearest"),
        ),
        silhouettes=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.png",
            caption="../report/silhouettes.rst",
            category="Clusterings",
            labels=labels_of_clustering("silhouettes"),
        ),
        confusion=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.confusion.png",
            caption="../report/confusion.rst",
            category="Clusterings",
            labels=labels_of_clustering("confusion"),
        ),
        map=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.map.png",
            caption="../report/map.rst",
            category="Clusterings",
            labels=labels_of_clustering("map"),
        ),
        record="results/{dataset}/{representation}/{split}/k{k}-s{seed}.figures.json",
    log:
        "logs/plot_clusters/{dataset}.{representation}.{split}.k{k}-s{seed}.log",
    benchmark:
        "results/benchmarks/plot_clusters/{dataset}.{representation}.{split}.k{k}-s{seed}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=plot_clusters_mb,
        runtime=10,
    params:
        step=plot_clusters_params,
        code=code("plot_clusters", plot_clusters_params),
    message:
        "Drawing the clusters of {wildcards.representation} of {wildcards.dataset}, k={wildcards.k}, seed={wildcards.seed}"
    script:
        "../scripts/plot_clusters.py"
