"""Cluster one split of a representation by a method beside K-Means."""

from typing import TYPE_CHECKING

from aecluster.steps.cluster import cluster, write
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    found = cluster(
        snakemake.input.store, snakemake.wildcards.split, **snakemake.params.step["options"]
    )
    write(snakemake.output.clustering, found)
    job.record(metrics=found.metrics, details={"cluster_sizes": found.sizes})
