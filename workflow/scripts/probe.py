"""Score one representation itself, without clusters."""

from typing import TYPE_CHECKING

from aecluster.steps.probe import probe
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    scores, details = probe(snakemake.input.store)
    job.record(metrics=scores, details=details)
