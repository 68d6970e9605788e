"""Say how many clusters a representation has."""

from typing import TYPE_CHECKING

from aecluster.steps.gap import count_clusters, write_counted
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    found = count_clusters(
        snakemake.input.store, snakemake.wildcards.split, **snakemake.params.step["options"]
    )
    write_counted(snakemake.output.table, found)
    job.record(metrics=found.metrics, details={"n_rows": found.n})
