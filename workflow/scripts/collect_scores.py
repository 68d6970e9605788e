"""Collect the scores of all variants in one table, and those of their controls in another."""

from typing import TYPE_CHECKING

from aecluster.comparison.scores import write_controls, write_scores
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    write_scores(
        snakemake.output.scores,
        clusterings=snakemake.input.clusterings,
        scores=snakemake.input.scores,
        probes=snakemake.input.probes,
    )
    write_controls(snakemake.output.controls, snakemake.input.scores)
    job.record()
