"""Draw a clustering: its images, centres, silhouettes, classes, and a map."""

from typing import TYPE_CHECKING

from aecluster.clustering_figures import draw_clustering
from aecluster.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    draw_clustering(
        dict(snakemake.output.items()), snakemake.wildcards.split, **dict(snakemake.input.items())
    )
    job.record()
