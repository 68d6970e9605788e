"""Cluster one split of a representation by K-Means."""

from typing import TYPE_CHECKING

from aecluster.steps.kmeans import cluster
from aecluster.store import write_clustering
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    found = cluster(
        snakemake.input.store, snakemake.wildcards.split, **snakemake.params.step["options"]
    )
    write_clustering(
        snakemake.output.clustering, found.labels, found.centroids, found.of, scale=found.scale
    )
    job.record(
        metrics={"inertia": found.inertia, "n_iter": found.n_iter},
        details={"cluster_sizes": found.sizes},
    )
