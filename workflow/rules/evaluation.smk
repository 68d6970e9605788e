"""
Scores of every clustering, and all of them in one table.

INPUTS
    store       = as for K-Means
    clustering  = results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5
    spaces      = stores of further representations
OUTPUTS
    silhouettes = results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.h5
    points      = results/{dataset}/{representation}/{split}/k{k}-s{seed}.csv   one row per image
    record      = results/{dataset}/{representation}/{split}/k{k}-s{seed}.scores.json
    scores      = results/{experiment}/scores.csv
    controls    = results/{experiment}/controls.csv                  random labels, and the classes
"""


rule evaluate:
    input:
        store=store_of,
        clustering="results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5",
        spaces=spaces(),
    output:
        silhouettes="results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.h5",
        points=points_tables(),
        record="results/{dataset}/{representation}/{split}/k{k}-s{seed}.scores.json",
    log:
        "logs/evaluate/{dataset}.{representation}.{split}.k{k}-s{seed}.log",
    benchmark:
        "results/benchmarks/evaluate/{dataset}.{representation}.{split}.k{k}-s{seed}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: clustering_threads()
    resources:
        mem_mb=evaluate_mb,
        runtime=60,
    params:
        step=lambda wildcards: params.evaluate(experiment, wildcards),
        code=code("evaluate"),
    message:
        "Scoring k={wildcards.k}, seed={wildcards.seed} on {wildcards.representation} of {wildcards.dataset}"
    script:
        "../scripts/evaluate.py"


rule collect_scores:
    input:
        clusterings=clusterings(".json"),
        scores=clusterings(".scores.json"),
    output:
        scores="results/{experiment}/scores.csv",
        controls="results/{experiment}/controls.csv",
        record="results/{experiment}/scores.json",
    log:
        "logs/collect_scores/{experiment}.log",
    benchmark:
        "results/benchmarks/collect_scores/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        step=params.collect_scores(experiment),
        code=code("collect_scores"),
    message:
        "Collecting the scores of {wildcards.experiment}"
    script:
        "../scripts/collect_scores.py"
