"""
K-Means on one split of any representation; the raw pixels are no special case. Beside it the
clusterers that the experiment names.

INPUTS
    store = results/{dataset}/pixels/store.h5                        for pixels
            results/{dataset}/{representation}/s{seed}/store.h5      for what is trained
OUTPUTS
    clustering = results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5
                 results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.h5
"""


rule kmeans:
    input:
        store=store_of,
    output:
        clustering="results/{dataset}/{representation}/{split}/k{k}-s{seed}.h5",
        record="results/{dataset}/{representation}/{split}/k{k}-s{seed}.json",
    log:
        "logs/kmeans/{dataset}.{representation}.{split}.k{k}-s{seed}.log",
    benchmark:
        "results/benchmarks/kmeans/{dataset}.{representation}.{split}.k{k}-s{seed}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: clustering_threads()
    resources:
        mem_mb=kmeans_mb,
        runtime=60,
    params:
        step=lambda wildcards: params.kmeans(experiment, wildcards),
        code=code("kmeans"),
    message:
        "K-Means on {wildcards.representation} of {wildcards.dataset}, k={wildcards.k}, seed={wildcards.seed}"
    script:
        "../scripts/kmeans.py"


rule cluster:
    input:
        store=store_of,
    output:
        clustering="results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.h5",
        record="results/{dataset}/{representation}/{split}/{clusterer}-k{k}-s{seed}.json",
    log:
        "logs/cluster/{dataset}.{representation}.{split}.{clusterer}-k{k}-s{seed}.log",
    benchmark:
        "results/benchmarks/cluster/{dataset}.{representation}.{split}.{clusterer}-k{k}-s{seed}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: clustering_threads()
    resources:
        mem_mb=cluster_mb,
        runtime=240,
    params:
        step=cluster_params,
        code=code("cluster", cluster_params),
    message:
        "{wildcards.clusterer} on {wildcards.representation} of {wildcards.dataset}, k={wildcards.k}, seed={wildcards.seed}"
    script:
        "../scripts/cluster.py"
