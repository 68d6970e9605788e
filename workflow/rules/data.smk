"""
Images from their source into the one store that everything else starts from.

INPUTS
    resources/<archive>                    downloaded once, verified, kept by every rerun
    the dataset's path                     instead of a download
OUTPUTS
    store = results/{dataset}/pixels/store.h5
"""


rule download:
    output:
        # The archive outlives every rerun: `update` keeps Snakemake from deleting it first.
        archive=update("resources/{archive}"),
    log:
        "logs/download/{archive}.log",
    wildcard_constraints:
        archive="|".join(params.ARCHIVES),
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    resources:
        mem_mb=500,
        runtime=120,
    params:
        step=lambda wildcards: params.download(wildcards.archive),
    message:
        "Downloading {wildcards.archive}"
    script:
        "../scripts/download.py"


rule preprocess:
    input:
        source=source_file,
    output:
        store="results/{dataset}/pixels/store.h5",
        record="results/{dataset}/pixels/store.json",
    log:
        "logs/preprocess/{dataset}.log",
    benchmark:
        "results/benchmarks/preprocess/{dataset}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: preprocess_threads
    resources:
        mem_mb=preprocess_mb,
        runtime=30,
    params:
        step=pixels_params,
        code=code("preprocess", pixels_params),
    message:
        "Reading the images of {wildcards.dataset} into a store"
    script:
        "../scripts/preprocess.py"
