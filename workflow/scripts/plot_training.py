"""Draw a network, its training by epoch and, of an autoencoder, what it makes of some images."""

from typing import TYPE_CHECKING

from aecluster.steps.plot_training import plot_training
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    pictures, files = dict(snakemake.output.items()), dict(snakemake.input.items())
    plot_training(pictures, **files, **snakemake.params.step["options"])
    job.record()
