"""
Scores of every clustering, and all of them in one table.

INPUTS
    store       = as for K-Means
    clustering  = results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5
                  the same of a clusterer, whose name and a hyphen stand before
    spaces      = stores of further representations
OUTPUTS
    silhouettes = results/{dataset}/{representation}/{split}/k{k}-s{seed}.silhouettes.h5
    points      = results/{dataset}/{representation}/{split}/k{k}-s{seed}.csv   one row per image
    record      = results/{dataset}/{representation}/{split}/k{k}-s{seed}.scores.json
                  results/{dataset}/{representation}/s{seed}/probe.json             of the space itself
    scores      = results/{experiment}/scores.csv
    controls    = results/{experiment}/controls.csv                  random labels, and the classes
    table       = results/{dataset}/{representation}/{split}/gap.csv          numbers of clusters
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


rule evaluate_clusterer:
    input:
        store=store_of,
        clustering="results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.h5",
        spaces=spaces(),
    output:
        silhouettes="results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.silhouettes.h5",
        points=points_tables("{clusterer}-"),
        record="results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.scores.json",
    log:
        # The step of K-Means' scores, to whom all read them.
        "logs/evaluate/{dataset}.{representation}.{split}.{clusterer}-k{k}-s{seed}.log",
    benchmark:
        "results/benchmarks/evaluate/{dataset}.{representation}.{split}.{clusterer}-k{k}-s{seed}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: clustering_threads()
    resources:
        mem_mb=evaluate_mb,
        runtime=60,
    params:
        step=lambda wildcards: params.evaluate_clusterer(experiment, wildcards),
        code=code("evaluate_clusterer"),
    message:
        "Scoring {wildcards.clusterer}, k={wildcards.k}, seed={wildcards.seed} on {wildcards.representation} of {wildcards.dataset}"
    script:
        "../scripts/evaluate_clusterer.py"


rule probe:
    input:
        store=store_of,
    output:
        record="results/{dataset}/{representation}/s{seed}/probe.json",
    log:
        "logs/probe/{dataset}.{representation}.s{seed}.log",
    benchmark:
        "results/benchmarks/probe/{dataset}.{representation}.s{seed}.tsv"
    wildcard_constraints:
        representation=pattern(MADE),
    conda:
        "../../envs/cpu.yaml"
    threads: clustering_threads()
    resources:
        mem_mb=probe_mb,
        runtime=60,
    params:
        step=params.probe,
        code=code("probe"),
    message:
        "Scoring the space of {wildcards.representation} of {wildcards.dataset}, seed={wildcards.seed}"
    script:
        "../scripts/probe.py"


use rule probe as probe_pixels with:
    input:
        store="results/{dataset}/{representation}/store.h5",
    output:
        record="results/{dataset}/{representation}/probe.json",
    log:
        "logs/probe/{dataset}.{representation}.log",
    benchmark:
        "results/benchmarks/probe/{dataset}.{representation}.tsv"
    wildcard_constraints:
        representation="pixels",
    message:
        "Scoring the space of the pixels of {wildcards.dataset}"


rule gap:
    input:
        store=first_store_of,
    output:
        table="results/{dataset}/{representation}/{split}/gap.csv",
        record="results/{dataset}/{representation}/{split}/gap.json",
    log:
        "logs/gap/{dataset}.{representation}.{split}.log",
    benchmark:
        "results/benchmarks/gap/{dataset}.{representation}.{split}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 2
    resources:
        mem_mb=gap_mb,
        runtime=120,
    params:
        step=lambda wildcards: params.gap(experiment, wildcards),
        code=code("gap"),
    message:
        "Counting the clusters of {wildcards.representation} of {wildcards.dataset}"
    script:
        "../scripts/gap.py"


rule collect_scores:
    input:
        # One that is missing has to be made anew, though its store may be there.
        stores=store_records(),
        clusterings=clusterings(".json"),
        scores=clusterings(".scores.json"),
        probes=probes(),
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
