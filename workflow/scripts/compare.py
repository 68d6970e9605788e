"""Compare the representations over seeds."""

from typing import TYPE_CHECKING

from aecluster.comparison.tables import compare
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    compare(
        snakemake.input.scores,
        snakemake.input.clusterings,
        summary=snakemake.output.summary,
        differences_table=snakemake.output.differences,
        latex=snakemake.output.latex,
    )
    job.record()
