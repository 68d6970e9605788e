"""Make the vectors of a representation from those of others in one go."""

from typing import TYPE_CHECKING

from aecluster.steps.transform import transform
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    transform(
        snakemake.input.bases,
        snakemake.output.store,
        representation=snakemake.wildcards.representation,
        **snakemake.params.step["options"],
    )
    job.record()
