"""Draw a clustering: its images, centres, silhouettes, classes, and a map."""

from typing import TYPE_CHECKING

from aecluster.steps.plot_clusters import plot_clusters
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    pictures, files = dict(snakemake.output.items()), dict(snakemake.input.items())
    options = snakemake.params.step["options"]
    plot_clusters(pictures, snakemake.wildcards.split, **files, **options)
    job.record()
