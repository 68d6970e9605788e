"""Draw images of every cluster, and every cluster's centre as an image."""

from typing import TYPE_CHECKING

from aecluster.figures import draw_centroids, draw_clusters
from aecluster.job import Job
from aecluster.store import Store, read_clustering

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    name = snakemake.wildcards.representation
    labels, centroids = read_clustering(snakemake.input.clustering)
    with Store(snakemake.input.pixels) as store:
        pixels = store[snakemake.wildcards.split]
        draw_clusters(snakemake.output.clusters, pixels, labels, representation=name)
        draw_centroids(snakemake.output.centroids, pixels, labels, centroids, representation=name)
    job.record()
