"""
Spaces that are made of the pixels, or of each other, by what the train images teach, one a seed.

INPUTS
    pixels = results/{dataset}/pixels/store.h5
    bases  = the same, or results/{dataset}/{of}/s{seed}/store.h5, one or several
OUTPUTS
    model           = results/{dataset}/{representation}/s{seed}/model.keras
    store           = results/{dataset}/{representation}/s{seed}/store.h5
    reconstructions = results/{dataset}/{representation}/s{seed}/reconstructions.h5

`embed` is for autoencoders, `encode` for networks that rebuild no image.
The checkpoint beside a model is no output, since Snakemake deletes outputs before a rerun: a killed
training goes on from it, and so do more epochs.
"""


rule train:
    input:
        pixels="results/{dataset}/pixels/store.h5",
    output:
        model="results/{dataset}/{representation}/s{seed}/model.keras",
        record="results/{dataset}/{representation}/s{seed}/model.json",
    log:
        "logs/train/{dataset}.{representation}.s{seed}.log",
        progress="logs/train/{dataset}.{representation}.s{seed}.progress.jsonl",
    benchmark:
        "results/benchmarks/train/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(TRAINED),
    conda:
        "../../envs/cpu.yaml"
    threads: 2
    resources:
        mem_mb=representation_mb,
        runtime=120,
        gpu=0,
    params:
        step=lambda wildcards: params.train(experiment, wildcards),
        code=code_of_method("train"),
    message:
        "Training {wildcards.representation} on {wildcards.dataset}, seed={wildcards.seed}"
    script:
        "../scripts/train.py"


rule embed:
    input:
        pixels="results/{dataset}/pixels/store.h5",
        model="results/{dataset}/{representation}/s{seed}/model.keras",
    output:
        store="results/{dataset}/{representation}/s{seed}/store.h5",
        reconstructions="results/{dataset}/{representation}/s{seed}/reconstructions.h5",
        record="results/{dataset}/{representation}/s{seed}/store.json",
    log:
        "logs/embed/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/embed/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(REBUILT),
    conda:
        "../../envs/cpu.yaml"
    threads: 2
    resources:
        mem_mb=embed_mb,
        runtime=30,
        gpu=0,
    params:
        step=lambda wildcards: params.embed(experiment, wildcards),
        code=code("embed"),
    message:
        "Embedding {wildcards.dataset} with {wildcards.representation}, seed={wildcards.seed}"
    script:
        "../scripts/embed.py"


use rule embed as encode with:
    output:
        store="results/{dataset}/{representation}/s{seed}/store.h5",
        record="results/{dataset}/{representation}/s{seed}/store.json",
    log:
        "logs/encode/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/encode/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(ENCODED),
    message:
        "Encoding {wildcards.dataset} with {wildcards.representation}, seed={wildcards.seed}"


rule transform:
    input:
        bases=bases_of,
    output:
        store="results/{dataset}/{representation}/s{seed}/store.h5",
        record="results/{dataset}/{representation}/s{seed}/store.json",
    log:
        "logs/transform/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/transform/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(TRANSFORMED),
    conda:
        "../../envs/cpu.yaml"
    threads: transform_threads
    resources:
        mem_mb=representation_mb,
        runtime=120,
    params:
        step=lambda wildcards: checked(params.transform, experiment, wildcards),
        code=code_of_method("transform"),
    message:
        "Making {wildcards.representation} of {wildcards.dataset}, seed={wildcards.seed}"
    script:
        "../scripts/transform.py"
