"""Make the vectors of a representation from the pixels in one go."""

from typing import TYPE_CHECKING

from aecluster.job import Job
from aecluster.representations import transform

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    options = {name: value for name, value in snakemake.params.step.items() if name != "digest"}
    name = snakemake.wildcards.representation
    transform(snakemake.input.pixels, snakemake.output.store, representation=name, **options)
    job.record()
