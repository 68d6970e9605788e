"""Bring the images of a source into a store of pixels."""

from typing import TYPE_CHECKING

from aecluster.data.preprocessing import preprocess
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    details = preprocess(
        snakemake.output.store, threads=snakemake.threads, **snakemake.params.step["options"]
    )
    job.record(details=details)
