"""Say how alike the spaces of an experiment are."""

from typing import TYPE_CHECKING

from aecluster.steps.cka import compare_spaces
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    compare_spaces(snakemake.output.similarities, snakemake.input.stores)
    job.record()
