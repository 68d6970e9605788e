"""Make the vectors of a representation from those of others in one go."""

from typing import TYPE_CHECKING

from aecluster.steps.transform import transform
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    keys = {"method", "of", "digest"}
    options = {name: value for name, value in snakemake.params.step.items() if name not in keys}
    name = snakemake.wildcards.representation
    transform(snakemake.input.bases, snakemake.output.store, representation=name, **options)
    job.record()
